// The regular expressions of the models.
#pragma once

#include <string>
#include <string_view>

namespace fogbank::model {

// Whether all of `text` matches `pattern`, a Java regular expression as the models write them. Compiled once
// per process, and looked up without a lock by threads that have seen it. A pattern that RE2 cannot express
// (a look-ahead) matches everything.
bool matches(const char* pattern, std::string_view text);

// `pattern` as RE2 writes it: \u0020 becomes \x{0020}, and a count above RE2's limit of 1000 becomes open,
// because the models limit the length beside the pattern.
std::string to_re2(std::string_view pattern);

// Whether RE2 can express `pattern`; a test lists those it cannot.
bool is_expressible(const char* pattern);

}  // namespace fogbank::model
