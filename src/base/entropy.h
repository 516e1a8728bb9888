// Where randomness comes from: the system's for users, a seed for tests and simulations. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace fogbank {

class Entropy {
public:
    virtual ~Entropy() = default;
    virtual std::uint64_t next() = 0;

    std::string uuid();                                // 8-4-4-4-12, version 4
    std::string hex(std::size_t digits);               // lower case
    std::string base32(std::size_t characters);        // 0-9 A-V, upper case: DynamoDB's and S3's request ids
    std::string alphanumeric(std::size_t characters);  // a-z 0-9
    double fraction();                                 // [0, 1)
};

std::unique_ptr<Entropy> make_system_entropy();
std::unique_ptr<Entropy> make_seeded_entropy(std::uint64_t seed);

}  // namespace fogbank
