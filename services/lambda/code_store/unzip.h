// Unpacks a deployment package into a folder, and nowhere else.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fogbank::lambda {

// The archive is none, is damaged, or has an entry that would leave the folder.
class BadArchive : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// The archive unpacks to more than the limit.
class ArchiveTooLarge : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

struct Unpacked {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
};

// Writes the entries of `zip` below `folder`, which exists and is empty. Blocks: for a pool. Permissions are
// restored, without set-user-id; symbolic links are kept where they stay inside; devices are refused.
Unpacked unzip(std::string_view zip, const std::string& folder, std::uint64_t byte_limit);

}  // namespace fogbank::lambda
