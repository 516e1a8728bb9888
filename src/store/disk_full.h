// Thrown where the disk that holds the state has no room left: the one failure that its user can mend at
// once.
#pragma once

#include <stdexcept>

namespace fogbank::store {

class DiskFull : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

}  // namespace fogbank::store
