// Prints the name of every fault point, one a line.
#include "src/base/faults.h"

#include <cstdio>

int main() {
    for (int i = 1; i <= static_cast<int>(fogbank::FaultPoint::last); ++i) {
        std::string_view name = fogbank::Faults::name(static_cast<fogbank::FaultPoint>(i));
        std::printf("%.*s\n", static_cast<int>(name.size()), name.data());
    }
    return 0;
}
