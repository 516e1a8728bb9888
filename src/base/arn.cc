#include "src/base/arn.h"

namespace fogbank {

Arn::Arn(std::string_view partition, std::string_view service, std::string_view region,
         std::string_view account, std::string_view resource) {
    text_.reserve(partition.size() + service.size() + region.size() + account.size() + resource.size() + 8);
    text_.append("arn:").append(partition).append(":").append(service).append(":").append(region);
    text_.append(":").append(account).append(":").append(resource);
}

std::optional<Arn> Arn::parse(std::string_view text) {
    if (!text.starts_with("arn:")) return std::nullopt;
    Arn arn;
    arn.text_ = text;
    std::size_t at = 0;
    for (int colons = 0; colons < 5; ++colons) {
        at = text.find(':', at);
        if (at == std::string_view::npos) return std::nullopt;
        ++at;
    }
    if (arn.partition().empty() || arn.service().empty() || arn.resource().empty()) return std::nullopt;
    return arn;
}

std::string_view Arn::part(int index) const {
    std::string_view rest = text_;
    for (int i = 0; i < index; ++i) {
        std::size_t colon = rest.find(':');
        if (colon == std::string_view::npos) return {};
        rest.remove_prefix(colon + 1);
    }
    return index < 5 ? rest.substr(0, rest.find(':')) : rest;
}

std::string_view Arn::partition() const {
    return part(1);
}
std::string_view Arn::service() const {
    return part(2);
}
std::string_view Arn::region() const {
    return part(3);
}
std::string_view Arn::account() const {
    return part(4);
}
std::string_view Arn::resource() const {
    return part(5);
}

}  // namespace fogbank
