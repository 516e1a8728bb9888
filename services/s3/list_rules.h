// What the lists of objects and of versions share: pages and how they say keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank::s3 {

// At most 1,000. Throws InvalidArgument for a negative one.
std::int32_t keys_of_page(const std::optional<std::int32_t>& max_keys);

// Says keys as they are, or encoded as in a form (a slash stays), which XML needs for control characters.
class KeyText {
public:
    // Throws InvalidArgument for an encoding that is not "url".
    explicit KeyText(const std::optional<std::string>& encoding_type);
    std::string operator()(std::string_view key) const;

private:
    bool encode_;
};

}  // namespace fogbank::s3
