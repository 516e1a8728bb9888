// Amazon Resource Names: arn:partition:service:region:account:resource. A value; the text is the truth.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace fogbank {

class Arn {
public:
    Arn() = default;
    Arn(std::string_view partition, std::string_view service, std::string_view region,
        std::string_view account, std::string_view resource);
    static std::optional<Arn> parse(std::string_view text);

    const std::string& text() const { return text_; }
    std::string_view partition() const;
    std::string_view service() const;
    std::string_view region() const;
    std::string_view account() const;
    std::string_view resource() const;  // all after the fifth colon
    bool empty() const { return text_.empty(); }
    auto operator<=>(const Arn&) const = default;

private:
    std::string_view part(int index) const;
    std::string text_;
};

}  // namespace fogbank
