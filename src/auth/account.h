// Which account an access key means, without asking anyone.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::auth {

inline constexpr std::string_view kDefaultAccount = "000000000000";

// 12 digits are that account; LKIA.../LSIA... carry theirs (AWS's encoding: the five bytes after the prefix
// in base32, shifted by one bit); everything else, AWS's own AKIA.../ASIA... too, is the default account.
std::string account_of_access_key(std::string_view access_key);

// Whether everybody knows the key and its secret, which is "test": `test`, and 12 digits.
bool is_test_key(std::string_view access_key);

}  // namespace fogbank::auth
