// The memory of what only starting, or the first round of background work, needs.
#pragma once

namespace fogbank::emulator {

// Gives the pages of code and constants back that are mapped now, this program's and its libraries': most
// were used once, at the start. What is used again comes back from the page cache, 64 KiB at a time, without
// reading the disk.
void release_start_up_code();

}  // namespace fogbank::emulator
