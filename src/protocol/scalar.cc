#include "src/protocol/scalar.h"

#include "src/base/clock.h"
#include "src/http/message.h"

#include <charconv>
#include <cmath>
#include <limits>

namespace fogbank::protocol {
namespace {

using model::Kind;
using model::TimestampFormat;

template <class T>
bool parse_number(std::string_view text, T& out) {
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, out);
    return error == std::errc() && stop == end;
}

bool parse_boolean(std::string_view text, bool& out) {
    out = http::equal_ignoring_case(text, "true");
    return out || http::equal_ignoring_case(text, "false");
}

bool parse_double(std::string_view text, double& out) {
    if (parse_special_floating(text, out)) return true;
    return parse_number(text, out) && std::isfinite(out);
}

template <class T>
void append_finite(std::string& out, T value) {
    if (std::isnan(value)) {
        out += "NaN";
    } else if (std::isinf(value)) {
        out += value > 0 ? "Infinity" : "-Infinity";
    } else {
        char text[40];
        const auto end = std::to_chars(text, text + sizeof text, value).ptr;
        out.append(text, end);
    }
}

void append_unix(std::string& out, Timestamp time) {
    std::int64_t millis = unix_millis(time);
    if (millis < 0) {
        out += '-';
        millis = -millis;
    }
    out += std::to_string(millis / 1000);
    if (const int fraction = static_cast<int>(millis % 1000); fraction != 0) {
        const char digits[] = {'.', static_cast<char>('0' + fraction / 100),
                               static_cast<char>('0' + fraction / 10 % 10),
                               static_cast<char>('0' + fraction % 10)};
        out.append(digits, sizeof digits);
        while (out.back() == '0') out.pop_back();
    }
}

}  // namespace

bool is_scalar(const model::Shape& shape) {
    return shape.kind <= Kind::timestamp;
}

bool parse_special_floating(std::string_view text, double& out) {
    if (text == "NaN") {
        out = std::numeric_limits<double>::quiet_NaN();
    } else if (text == "Infinity") {
        out = std::numeric_limits<double>::infinity();
    } else if (text == "-Infinity") {
        out = -std::numeric_limits<double>::infinity();
    } else {
        return false;
    }
    return true;
}

bool timestamp_from_seconds(double seconds, Timestamp& out) {
    // A Timestamp counts nanoseconds in 63 bits: the years 1678 to 2261.
    constexpr double kLimit = 9'200'000'000.0;
    if (!(seconds > -kLimit && seconds < kLimit)) return false;
    out = from_unix_seconds(seconds);
    return true;
}

bool parse_timestamp(std::string_view text, TimestampFormat format, Timestamp& out) {
    std::optional<Timestamp> time;
    switch (format) {
        case TimestampFormat::rfc822:
            time = parse_http_date(text);
            break;
        case TimestampFormat::unix_timestamp:
            break;
        case TimestampFormat::iso8601:
        case TimestampFormat::unspecified:
            time = parse_iso8601(text);
            break;
    }
    if (!time) {
        // aws: front ends read any of the three forms wherever a time is expected, so a wrong guess of an
        // older client is no error.
        double seconds = 0;
        if (parse_number(text, seconds)) return timestamp_from_seconds(seconds, out);
        time = format == TimestampFormat::rfc822 ? parse_iso8601(text) : parse_http_date(text);
        if (!time && format == TimestampFormat::unix_timestamp) time = parse_iso8601(text);
    }
    if (time) out = *time;
    return time.has_value();
}

void append_timestamp(std::string& out, Timestamp time, TimestampFormat format, IsoFraction fraction) {
    switch (format) {
        case TimestampFormat::rfc822:
            out += format_http_date(time);
            break;
        case TimestampFormat::unix_timestamp:
            append_unix(out, time);
            break;
        case TimestampFormat::iso8601:
        case TimestampFormat::unspecified:
            out += fraction == IsoFraction::millis ? format_iso8601_millis(time) : format_iso8601(time);
            break;
    }
}

TimestampFormat timestamp_format(const model::Shape& shape, TimestampFormat otherwise) {
    return shape.timestamp_format == TimestampFormat::unspecified ? otherwise : shape.timestamp_format;
}

TimestampFormat timestamp_format(const model::Member& member, TimestampFormat otherwise) {
    if (member.timestamp_format != TimestampFormat::unspecified) return member.timestamp_format;
    return timestamp_format(*member.shape, otherwise);
}

void append_floating(std::string& out, double value) {
    append_finite(out, value);
}
void append_floating(std::string& out, float value) {
    append_finite(out, value);
}

bool parse_scalar(const model::Shape& shape, TimestampFormat format, std::string_view text, void* out) {
    switch (shape.kind) {
        case Kind::boolean:
            return parse_boolean(text, *static_cast<bool*>(out));
        case Kind::integer:
            return parse_number(text, *static_cast<std::int32_t*>(out));
        case Kind::long_integer:
            return parse_number(text, *static_cast<std::int64_t*>(out));
        case Kind::double_number:
            return parse_double(text, *static_cast<double*>(out));
        case Kind::float_number: {
            double value = 0;
            if (!parse_double(text, value)) return false;
            if (std::isfinite(value) && std::fabs(value) > std::numeric_limits<float>::max()) return false;
            *static_cast<float*>(out) = static_cast<float>(value);
            return true;
        }
        case Kind::string:
            static_cast<std::string*>(out)->assign(text);
            return true;
        case Kind::blob: {
            std::optional<std::string> bytes = base64_decode(text);
            if (bytes) static_cast<Bytes*>(out)->data = std::move(*bytes);
            return bytes.has_value();
        }
        case Kind::timestamp:
            return parse_timestamp(text, timestamp_format(shape, format), *static_cast<Timestamp*>(out));
        default:
            return false;
    }
}

void append_scalar(std::string& out, const model::Shape& shape, TimestampFormat format, const void* value,
                   IsoFraction fraction) {
    switch (shape.kind) {
        case Kind::boolean:
            out += *static_cast<const bool*>(value) ? "true" : "false";
            break;
        case Kind::integer:
            out += std::to_string(*static_cast<const std::int32_t*>(value));
            break;
        case Kind::long_integer:
            out += std::to_string(*static_cast<const std::int64_t*>(value));
            break;
        case Kind::float_number:
            append_floating(out, *static_cast<const float*>(value));
            break;
        case Kind::double_number:
            append_floating(out, *static_cast<const double*>(value));
            break;
        case Kind::string:
            out += *static_cast<const std::string*>(value);
            break;
        case Kind::blob:
            out += base64_encode(static_cast<const Bytes*>(value)->data);
            break;
        case Kind::timestamp:
            append_timestamp(out, *static_cast<const Timestamp*>(value), format, fraction);
            break;
        default:
            break;
    }
}

}  // namespace fogbank::protocol
