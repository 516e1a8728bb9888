#include "services/kinesis/tags.h"

#include "services/kinesis/model/errors.h"

namespace fogbank::kinesis {

namespace {

// The code point at `at`, which moves behind it. Precondition: valid UTF-8.
char32_t next_code_point(std::string_view text, std::size_t& at) {
    const auto lead = static_cast<unsigned char>(text[at++]);
    if (lead < 0x80) return lead;
    const int more = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    char32_t code = lead & (0x3FU >> more);
    for (int i = 0; i < more && at < text.size(); ++i)
        code = (code << 6) | (static_cast<unsigned char>(text[at++]) & 0x3FU);
    return code;
}

// aws: kinesalite's suite; '%' passes this check and fails the next one.
bool is_tag_character(char32_t c) {
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
    if ((c >= 0xC0 && c <= 0x1FFF) || (c >= 0x2C00 && c <= 0xD7FF)) return true;
    return c < 0x80 && std::string_view("_./-=+ @%").find(static_cast<char>(c)) != std::string_view::npos;
}

void check_characters(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        if (is_tag_character(next_code_point(text, at))) continue;
        throw errors::InvalidArgumentException(
            "Some tags contain invalid characters. Valid characters: "
            "Unicode letters, digits, white space, _ . / = + - % @.");
    }
}

void check_no_percent(const gateway::RequestContext& context, std::string_view what, std::string_view stream,
                      std::string_view text) {
    if (text.find('%') == std::string_view::npos) return;
    throw errors::InvalidArgumentException(
        "Failed to " + std::string(what) + " stream " + std::string(stream) + " under account " +
        context.account +
        " because some tags contained illegal characters. The allowed characters "
        "are Unicode letters, white-spaces, '_',',','/','=','+','-','@'.");
}

}  // namespace

void check_tags(const gateway::RequestContext& context, std::string_view stream,
                const model::Map<std::string>& tags) {
    for (const auto& [name, value] : tags) {
        check_characters(name);
        check_characters(value);
    }
    for (const auto& [name, value] : tags) {
        check_no_percent(context, "add tags to", stream, name);
        check_no_percent(context, "add tags to", stream, value);
    }
    if (tags.size() > kTagLimit) throw_too_many_tags(context, stream);
}

void check_tag_keys(const gateway::RequestContext& context, std::string_view stream,
                    const std::vector<std::string>& keys) {
    for (const std::string& key : keys) check_characters(key);
    for (const std::string& key : keys) check_no_percent(context, "remove tags from", stream, key);
}

void throw_too_many_tags(const gateway::RequestContext& context, std::string_view stream) {
    throw errors::InvalidArgumentException("Failed to add tags to stream " + std::string(stream) +
                                           " under account " + context.account +
                                           " because a given stream cannot have more than " +
                                           std::to_string(kTagLimit) + " tags associated with it.");
}

}  // namespace fogbank::kinesis
