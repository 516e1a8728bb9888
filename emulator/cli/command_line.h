// The `fogbank` command line.
#pragma once

namespace fogbank::emulator {

// Returns the exit code: 0 done, 1 the daemon refused or the answer is "no", 2 the command line is wrong.
int run_command_line(int argc, char** argv);

}  // namespace fogbank::emulator
