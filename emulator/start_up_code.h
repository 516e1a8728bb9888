// The memory of what only starting needs.
#pragma once

namespace fogbank::emulator {

// Gives the pages of code back that are mapped now, this program's and its libraries': most ran once, at the
// start. What runs again comes back from the page cache, 64 KiB at a time, without reading the disk.
void release_start_up_code();

}  // namespace fogbank::emulator
