// What lists share: pages, how they say keys, and the tokens that name where the next page begins.
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
    std::string operator()(std::string&& key) const;

private:
    bool encode_;
};

// A page's NextContinuationToken, and the position that such a token was made of. Throws InvalidArgument for
// a text that is none.
std::string continuation_token(std::string_view position);
std::string position_of_token(const std::string& token);

}  // namespace fogbank::s3
