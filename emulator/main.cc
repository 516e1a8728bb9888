#include "emulator/cli/command_line.h"

int main(int argc, char** argv) {
    return fogbank::emulator::run_command_line(argc, argv);
}
