#include "src/model/pattern.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <cctype>
#include <charconv>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace fogbank::model {
namespace {

constexpr std::size_t kMaxRepeat = 1000;  // RE2's own limit

// A pattern, taken apart where Java knows more than RE2: a look-ahead that opens it and a look-behind that
// ends it.
class Compiled {
public:
    explicit Compiled(std::string_view pattern) {
        std::string_view rest = unwrapped(pattern);
        if (rest.starts_with("(?!")) {
            const std::size_t end = group_end(rest, 0);
            not_prefix_ = compile("^(?:" + to_re2(rest.substr(3, end - 3)) + ")");
            rest.remove_prefix(end + 1);
        }
        const std::size_t last = rest.rfind("(?<!");
        if (last != std::string_view::npos && group_end(rest, last) + 1 == rest.size()) {
            not_suffix_ = compile("(?:" + to_re2(rest.substr(last + 4, rest.size() - last - 5)) + ")$");
            rest = rest.substr(0, last);
        }
        whole_ = compile(to_re2(rest));
    }

    bool ok() const {
        return whole_->ok() && (!not_prefix_ || not_prefix_->ok()) && (!not_suffix_ || not_suffix_->ok());
    }

    bool matches(std::string_view text) const {
        if (!ok()) return true;
        const re2::StringPiece piece(text.data(), text.size());
        return re2::RE2::FullMatch(piece, *whole_) &&
               !(not_prefix_ && re2::RE2::PartialMatch(piece, *not_prefix_)) &&
               !(not_suffix_ && re2::RE2::PartialMatch(piece, *not_suffix_));
    }

private:
    static std::unique_ptr<re2::RE2> compile(const std::string& pattern) {
        re2::RE2::Options options;
        options.set_log_errors(false);
        options.set_never_capture(true);
        // Java's \w and \s are ASCII as RE2's are, and `.` leaves out line breaks in both.
        return std::make_unique<re2::RE2>(pattern, options);
    }

    // Where the group that opens at `open` closes; npos where it does not.
    static std::size_t group_end(std::string_view pattern, std::size_t open) {
        int depth = 0;
        bool in_class = false;
        for (std::size_t i = open; i < pattern.size(); ++i) {
            if (pattern[i] == '\\') {
                ++i;
            } else if (pattern[i] == '[' || pattern[i] == ']') {
                in_class = pattern[i] == '[';
            } else if (!in_class && pattern[i] == '(') {
                ++depth;
            } else if (!in_class && pattern[i] == ')' && --depth == 0) {
                return i;
            }
        }
        return std::string_view::npos;
    }

    // "((?!a)b)" without the group around all of it.
    static std::string_view unwrapped(std::string_view pattern) {
        const bool wrapped = pattern.starts_with("((?!") && group_end(pattern, 0) + 1 == pattern.size();
        return wrapped ? pattern.substr(1, pattern.size() - 2) : pattern;
    }

    std::unique_ptr<re2::RE2> whole_;
    std::unique_ptr<re2::RE2> not_prefix_;
    std::unique_ptr<re2::RE2> not_suffix_;
};

// All patterns of the process; entries stay for good, so that pointers to them can be kept.
class Patterns {
public:
    const Compiled& get(const std::string& pattern) {
        const std::lock_guard lock(mutex_);
        return compiled_.try_emplace(pattern, pattern).first->second;
    }

private:
    std::mutex mutex_;
    std::map<std::string, Compiled> compiled_;
};

const Compiled& compiled(const char* pattern) {
    static Patterns all;
    // By address, so that the usual look-up hashes a pointer; the text guards against a reused address.
    struct Entry {
        std::string text;
        const Compiled* regex = nullptr;
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

// The \u escape at `at`, two of them where they are a surrogate pair; moves past it.
std::string code_point(std::string_view pattern, std::size_t& at) {
    const auto unit = [&pattern](std::size_t from) {
        std::uint32_t value = 0;
        const std::string_view hex = pattern.substr(from, 4);
        std::from_chars(hex.data(), hex.data() + hex.size(), value, 16);
        return value;
    };
    const std::uint32_t first = unit(at + 2);
    at += 6;
    const bool high = first >= 0xd800 && first < 0xdc00;
    if (!high || !pattern.substr(at).starts_with("\\u") || pattern.size() < at + 6) {
        return fmt::format("\\x{{{:x}}}", first);
    }
    const std::uint32_t second = unit(at + 2);
    at += 6;
    return fmt::format("\\x{{{:x}}}", 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
}

}  // namespace

std::string to_re2(std::string_view pattern) {
    std::string out;
    bool in_class = false;
    for (std::size_t i = 0; i < pattern.size();) {
        const char c = pattern[i];
        if (c == '\\' && i + 1 < pattern.size()) {
            if (pattern[i + 1] == 'u' && i + 6 <= pattern.size()) {
                out += code_point(pattern, i);
            } else if (pattern.substr(i).starts_with("\\p{Print}")) {
                out += in_class ? "[:print:]" : "[[:print:]]";  // RE2 has POSIX classes in brackets only
                i += 9;
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
    return compiled(pattern).matches(text);
}

bool is_expressible(const char* pattern) {
    return compiled(pattern).ok();
}

}  // namespace fogbank::model
