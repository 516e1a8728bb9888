#include "services/kinesis/shard_iterator.h"

#include "src/base/bytes.h"
#include "src/base/digest.h"

namespace fogbank::kinesis {

namespace {

// aws: an iterator decodes to 8 bytes that make the number 1, and 152 + (name length + 2) / 16 * 16 bytes in
// all (kinesalite's suite). Some clients size their columns by that.
constexpr std::size_t kMarkBytes = 8;
constexpr std::size_t kFixedBytes = 152;
constexpr std::size_t kSealBytes = 16;
constexpr std::size_t kNumberBytes = 8;
constexpr std::size_t kNumbers = 4;
constexpr std::size_t kNameAt = kMarkBytes + kNumbers * kNumberBytes;

void append_number(std::string& out, std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8)
        out += static_cast<char>(static_cast<unsigned char>(value >> shift));
}

std::int64_t read_number(std::string_view bytes, std::size_t index) {
    std::uint64_t value = 0;
    for (const char c : bytes.substr(kMarkBytes + index * kNumberBytes, kNumberBytes)) {
        value = (value << 8) | static_cast<unsigned char>(c);
    }
    return static_cast<std::int64_t>(value);
}

std::string seal(std::string_view bytes, std::string_view scope) {
    return hmac_sha256(scope, bytes).substr(0, kSealBytes);
}

}  // namespace

std::string encode_iterator(const ShardIterator& iterator, std::string_view scope) {
    const std::string& name = iterator.stream_name;
    std::string bytes;
    append_number(bytes, 1);
    append_number(bytes, static_cast<std::uint64_t>(iterator.made_ms));
    append_number(bytes, static_cast<std::uint64_t>(iterator.stream_id));
    append_number(bytes, static_cast<std::uint64_t>(iterator.shard));
    append_number(bytes, static_cast<std::uint64_t>(iterator.position));
    bytes += name;
    bytes.resize(kFixedBytes + (name.size() + 2) / 16 * 16 - kSealBytes);
    bytes += seal(bytes, scope);
    return base64_encode(bytes);
}

std::optional<ShardIterator> decode_iterator(std::string_view token, std::string_view scope) {
    const std::optional<std::string> decoded = base64_decode(token);
    if (!decoded || decoded->size() < kFixedBytes) return std::nullopt;
    const std::string_view bytes = std::string_view(*decoded).substr(0, decoded->size() - kSealBytes);
    if (!equal_in_constant_time(seal(bytes, scope), std::string_view(*decoded).substr(bytes.size()))) {
        return std::nullopt;
    }
    const std::string_view name = bytes.substr(kNameAt);
    ShardIterator iterator;
    iterator.made_ms = read_number(bytes, 0);
    iterator.stream_id = read_number(bytes, 1);
    iterator.shard = read_number(bytes, 2);
    iterator.position = read_number(bytes, 3);
    iterator.stream_name = name.substr(0, name.find('\0'));
    return iterator;
}

std::string format_message_time(std::int64_t ms) {
    // From "Mon, 23 Nov 2026 15:27:00 GMT".
    const std::string date = format_http_date(from_unix_millis(ms));
    return date.substr(0, 3) + " " + date.substr(8, 3) + " " + date.substr(5, 2) + " " + date.substr(17, 8) +
           " UTC " + date.substr(12, 4);
}

}  // namespace fogbank::kinesis
