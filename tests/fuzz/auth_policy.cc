// Policies: no document may crash the parser, nor what it made the evaluator; and a statement that denies
// everything is never outvoted.
#include "src/auth/policy_decision.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace fogbank::auth;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input(reinterpret_cast<const char*>(data), size);
    // The document, then after a line feed of its own the resource and the value of every condition key.
    const std::size_t line = input.find('\n');
    const std::string_view value = line == std::string_view::npos ? "" : input.substr(line + 1);
    auto parsed = parse_policy(input.substr(0, line));
    auto* policy = std::get_if<Policy>(&parsed);
    if (policy == nullptr) return 0;
    Principal principal;
    principal.account = "111122223333";
    principal.arn = "arn:aws:iam::111122223333:user/fog";
    const RequestValues values = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
        if (key.size() % 3 == 0) return std::nullopt;
        return std::vector<std::string>{std::string(value), "x"};
    };
    const PolicyRequest request{principal, "canonical", "s3:GetObject", value, values};
    evaluate(*policy, request);
    policy->statements.emplace_back().actions = {"*"};
    if (evaluate(*policy, request) != Decision::deny) std::abort();
    return 0;
}
