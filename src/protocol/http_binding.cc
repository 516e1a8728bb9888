#include "src/protocol/http_binding.h"

#include "src/base/bytes.h"
#include "src/base/text.h"
#include "src/base/url.h"
#include "src/protocol/json_body.h"
#include "src/protocol/request_errors.h"
#include "src/protocol/scalar.h"
#include "src/protocol/service_traits.h"

#include <cstring>
#include <optional>

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::Location;
using model::Member;
using model::TimestampFormat;

// aws: times are RFC 822 in headers, ISO 8601 in labels and query strings (Smithy: "timestampFormat trait").
TimestampFormat default_format(Location location) {
    return location == Location::header ? TimestampFormat::rfc822 : TimestampFormat::iso8601;
}

bool starts_with_ignoring_case(std::string_view text, std::string_view prefix) {
    return text.size() >= prefix.size() && http::equal_ignoring_case(text.substr(0, prefix.size()), prefix);
}

// The values of a list in one header: separated by commas, in quotes where they hold commas or quotes. HTTP
// dates hold one comma each.
std::vector<std::string> split_header(std::string_view text, bool dates) {
    std::vector<std::string> out;
    std::string current;
    bool quoted = false;
    int commas = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' && (quoted || trimmed(current).empty())) {
            quoted = !quoted;
            if (quoted) current.clear();
        } else if (quoted && c == '\\' && i + 1 < text.size()) {
            current += text[++i];
        } else if (!quoted && c == ',' && !(dates && commas++ % 2 == 0)) {
            out.emplace_back(trimmed(current));
            current.clear();
        } else {
            current += c;
        }
    }
    if (!text.empty()) out.emplace_back(trimmed(current));
    return out;
}

class Decoding {
public:
    Decoding(const model::Operation& operation, const WireRequest& request, void* input)
        : service_(*operation.service), operation_(operation), request_(request), input_(input) {
        for (const auto& [name, value] : request.headers) header_lengths_ |= bit(name.size());
        // aws: S3 reads signed x-amz-* headers of presigned URLs from the query too; SDKs put them there
        // ("hoisting").
        const std::string_view query = request.query;
        hoists_ = is_s3(service_) && (query.find("x-amz-") != std::string_view::npos ||
                                      query.find("X-Amz-") != std::string_view::npos);
    }

    void run() {
        for (const Member& member : operation_.input->members) {
            switch (member.location) {
                case Location::header:
                    header(member);
                    break;
                case Location::headers:
                    prefix_headers(member);
                    break;
                case Location::uri:
                    label(member);
                    break;
                case Location::querystring:
                    query(member);
                    break;
                default:
                    break;
            }
        }
    }

private:
    const QueryParameters& parameters() {
        if (!parameters_) {
            parameters_ = parse_query(request_.query);
            for (const auto& [name, value] : *parameters_) {
                if (!is_valid_utf8(name) || !is_valid_utf8(value)) throw invalid_text(service_);
            }
        }
        return *parameters_;
    }

    void scalar(const model::Shape& shape, TimestampFormat format, std::string_view name,
                std::string_view text, void* out) const {
        if (!parse_scalar(shape, format, text, out)) throw bad_parameter(service_, shape, name, text);
    }

    // RFC 9110, 13.1.3 and 13.1.4: a condition whose value is no date is ignored.
    static bool is_ignorable(const Member& member, std::string_view text) {
        const std::string_view name = member.wire;
        if (name != "If-Modified-Since" && name != "If-Unmodified-Since") return false;
        Timestamp ignored;
        return !parse_scalar(*member.shape, TimestampFormat::rfc822, text, &ignored);
    }

    static std::uint64_t bit(std::size_t length) { return std::uint64_t{1} << (length % 64); }

    const std::string* hoisted(std::string_view name) {
        if (!hoists_ || !name.starts_with("x-amz-")) return nullptr;
        for (const auto& [key, value] : parameters()) {
            if (http::equal_ignoring_case(key, name)) return &value;
        }
        return nullptr;
    }

    void header(const Member& member) {
        // Most of an operation's many headers are absent, and most of these by their length alone.
        const std::string_view name = member.wire;
        const std::string* text =
            (header_lengths_ & bit(name.size())) == 0 ? nullptr : request_.headers.find(name);
        if (text == nullptr) text = hoisted(name);
        if (text == nullptr || is_ignorable(member, *text)) return;
        // aws: S3 keeps what stands in an object's headers byte by byte.
        if (!is_s3(service_) && !is_valid_utf8(*text)) throw invalid_text(service_);
        if (member.json_value) {
            std::optional<std::string> decoded = base64_decode(*text);
            if (!decoded || !json::parse(*decoded)) {
                throw bad_parameter(service_, *member.shape, member.wire, *text);
            }
            *static_cast<std::string*>(emplace_field(member, input_)) = std::move(*decoded);
            return;
        }
        const TimestampFormat format = timestamp_format(member, default_format(Location::header));
        if (member.shape->kind == Kind::list) {
            header_list(member, *text);
        } else if (!text->empty() || member.shape->kind == Kind::string) {
            scalar(*member.shape, format, member.wire, *text, emplace_field(member, input_));
        }
    }

    void header_list(const Member& member, std::string_view text) {
        const model::Shape& element = *member.shape->element;
        const TimestampFormat format = timestamp_format(element, default_format(Location::header));
        const bool dates = element.kind == Kind::timestamp && format == TimestampFormat::rfc822;
        void* list = emplace_field(member, input_);
        for (const std::string& part : split_header(text, dates)) {
            scalar(element, format, member.wire, part, member.shape->list->append(list));
        }
    }

    // aws: S3 answers with the names of x-amz-meta-* in lower case and joins the values of one name by
    // commas.
    void prefix_entry(const Member& member, void*& map, std::string_view name, std::string_view value) {
        if (map == nullptr) map = emplace_field(member, input_);
        std::string& entry = *static_cast<std::string*>(
            member.shape->map->insert(map, lower_case(name.substr(std::strlen(member.wire)))));
        if (!entry.empty()) entry += ',';
        entry += value;
    }

    void prefix_headers(const Member& member) {
        void* map = nullptr;
        const std::string_view prefix = member.wire;
        for (const auto& [name, value] : request_.headers) {
            if (starts_with_ignoring_case(name, prefix)) prefix_entry(member, map, name, value);
        }
        if (map != nullptr || !hoists_) return;
        for (const auto& [name, value] : parameters()) {
            if (starts_with_ignoring_case(name, prefix)) prefix_entry(member, map, name, value);
        }
    }

    void label(const Member& member) {
        if (request_.labels == nullptr) return;
        for (const auto& [name, value] : *request_.labels) {
            if (name != member.wire) continue;
            if (!is_valid_utf8(value)) throw invalid_text(service_);
            const TimestampFormat format = timestamp_format(member, default_format(Location::uri));
            scalar(*member.shape, format, member.wire, value, emplace_field(member, input_));
        }
    }

    void query(const Member& member) {
        if (request_.query.empty()) return;
        const TimestampFormat format = timestamp_format(member, default_format(Location::querystring));
        if (member.shape->kind == Kind::map) return query_map(member);
        if (member.shape->kind == Kind::list) {
            const model::Shape& element = *member.shape->element;
            for (const auto& [name, value] : parameters()) {
                if (name != member.wire) continue;
                void* list = field_of(member, input_) == nullptr
                                 ? emplace_field(member, input_)
                                 : const_cast<void*>(field_of(member, input_));
                scalar(element, timestamp_format(element, format), name, value,
                       member.shape->list->append(list));
            }
            return;
        }
        const std::string* value = find_parameter(parameters(), member.wire);
        if (value == nullptr) return;
        // aws: a parameter without a value ("?max-keys=") counts as absent, but an empty text is a text.
        if (value->empty() && member.shape->kind != Kind::string) return;
        scalar(*member.shape, format, member.wire, *value, emplace_field(member, input_));
    }

    bool is_bound(std::string_view name) const {
        for (const Member& other : operation_.input->members) {
            if (other.location == Location::querystring && other.shape->kind != Kind::map &&
                name == other.wire) {
                return true;
            }
        }
        return false;
    }

    // Every parameter that no other member takes.
    void query_map(const Member& member) {
        const model::Shape& shape = *member.shape;
        void* map = nullptr;
        for (const auto& [name, value] : parameters()) {
            if (is_bound(name)) continue;
            if (map == nullptr) map = emplace_field(member, input_);
            void* entry = shape.map->insert(map, name);
            const model::Shape& element = *shape.element;
            if (element.kind == Kind::list) {
                scalar(*element.element, TimestampFormat::iso8601, name, value, element.list->append(entry));
            } else {
                scalar(element, TimestampFormat::iso8601, name, value, entry);
            }
        }
    }

    const model::Service& service_;
    const model::Operation& operation_;
    const WireRequest& request_;
    void* input_;
    std::uint64_t header_lengths_ = 0;
    bool hoists_ = false;
    std::optional<QueryParameters> parameters_;
};

// A value that came from a user may hold a line end, and would then end the header.
std::string header_safe(std::string value) {
    for (char& c : value) {
        if (c == '\r' || c == '\n' || c == '\0') c = ' ';
    }
    return value;
}

std::string header_list_text(const Member& member, const void* list) {
    const model::Shape& shape = *member.shape;
    const TimestampFormat format = timestamp_format(*shape.element, default_format(Location::header));
    std::string out;
    const std::size_t count = shape.list->size(list);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0) out += ", ";
        std::string part;
        append_scalar(part, *shape.element, format, shape.list->at(list, i));
        const bool quote =
            shape.element->kind == Kind::string && part.find_first_of(",\"") != std::string::npos;
        if (!quote) {
            out += part;
            continue;
        }
        out += '"';
        for (const char c : part) {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
        out += '"';
    }
    return out;
}

void encode_header(const Member& member, const void* field, http::Response& out) {
    std::string text;
    if (member.json_value) {
        text = base64_encode(*static_cast<const std::string*>(field));
    } else if (member.shape->kind == Kind::list) {
        if (member.shape->list->size(field) == 0) return;
        text = header_list_text(member, field);
    } else {
        append_scalar(text, *member.shape, timestamp_format(member, default_format(Location::header)), field);
    }
    out.headers.add(member.wire, header_safe(std::move(text)));
}

}  // namespace

void decode_http_members(const model::Operation& operation, const WireRequest& request, void* input) {
    Decoding(operation, request, input).run();
}

void encode_http_members(const model::Operation& operation, const void* output, http::Response& out) {
    for (const Member& member : operation.output->members) {
        if (member.location == Location::body || member.location == Location::payload) continue;
        const void* field = field_of(member, output);
        if (field == nullptr) continue;
        if (member.location == Location::status_code) {
            out.status = *static_cast<const std::int32_t*>(field);
        } else if (member.location == Location::headers) {
            each_entry(*member.shape, field, [&](std::string_view key, const void* value) {
                out.headers.add(member.wire + std::string(key),
                                header_safe(*static_cast<const std::string*>(value)));
            });
        } else if (member.location == Location::header) {
            encode_header(member, field, out);
        }
    }
}

}  // namespace fogbank::protocol
