#include "src/model/pattern.h"

#include <re2/re2.h>

#include <cctype>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace fogbank::model {
namespace {

constexpr std::size_t kMaxRepeat = 1000;  // RE2's own limit

// All patterns of the process; entries stay for good, so that pointers to them can be kept.
class Patterns {
public:
    const re2::RE2& get(const std::string& pattern) {
        const std::lock_guard lock(mutex_);
        std::unique_ptr<re2::RE2>& entry = compiled_[pattern];
        if (!entry) {
            re2::RE2::Options options;
            options.set_log_errors(false);
            options.set_never_capture(true);
            // Java's \w and \s are ASCII as RE2's are, and `.` leaves out line breaks in both.
            entry = std::make_unique<re2::RE2>(to_re2(pattern), options);
        }
        return *entry;
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::unique_ptr<re2::RE2>> compiled_;
};

const re2::RE2& compiled(const char* pattern) {
    static Patterns all;
    // By address, so that the usual look-up hashes a pointer; the text guards against a reused address.
    struct Entry {
        std::string text;
        const re2::RE2* regex = nullptr;
    };
    thread_local std::unordered_map<const char*, Entry> seen;
    Entry& entry = seen[pattern];
    if (entry.regex == nullptr || entry.text != pattern) {
        entry.text = pattern;
        entry.regex = &all.get(entry.text);
    }
    return *entry.regex;
}

// Reads the digits at `at` and moves past them.
std::optional<std::size_t> digits(std::string_view text, std::size_t& at) {
    std::size_t value = 0;
    const std::size_t start = at;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) != 0) {
        if (value < 1'000'000) value = value * 10 + static_cast<std::size_t>(text[at] - '0');
        ++at;
    }
    if (at == start) return std::nullopt;
    return value;
}

// A repetition {n}, {n,} or {n,m} at `at`, made expressible; empty where there is none.
std::string repetition(std::string_view text, std::size_t& at) {
    std::size_t next = at + 1;
    const std::optional<std::size_t> least = digits(text, next);
    if (!least || next >= text.size()) return "";
    std::optional<std::size_t> most = least;
    if (text[next] == ',') {
        ++next;
        most = digits(text, next);
    }
    if (next >= text.size() || text[next] != '}') return "";
    const std::string whole(text.substr(at, next + 1 - at));
    at = next + 1;
    if (*least > kMaxRepeat) return "{" + std::to_string(kMaxRepeat) + ",}";
    if (most && *most > kMaxRepeat) return "{" + std::to_string(*least) + ",}";
    return whole;
}

}  // namespace

std::string to_re2(std::string_view pattern) {
    std::string out;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size();) {
        const char c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            if (pattern[i + 1] == 'u' && i + 6 <= pattern.size()) {
                out.append("\\x{").append(pattern.substr(i + 2, 4)).append("}");
                i += 6;
            } else {
                out.append(pattern.substr(i, 2));
                i += 2;
            }
            continue;
        }
        if (c == '[') in_class = true;
        if (c == ']') in_class = false;
        std::size_t after = i;
        const std::string repeat = c == '{' && !in_class ? repetition(pattern, after) : "";
        if (!repeat.empty()) {
            out += repeat;
            i = after;
            continue;
        }
        out += c;
        ++i;
    }
    return out;
}

bool matches(const char* pattern, std::string_view text) {
    const re2::RE2& regex = compiled(pattern);
    return !regex.ok() || re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), regex);
}

bool is_expressible(const char* pattern) {
    return compiled(pattern).ok();
}

}  // namespace fogbank::model
