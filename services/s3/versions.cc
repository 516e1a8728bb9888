#include "services/s3/versions.h"

#include "services/s3/errors.h"
#include "src/base/digest.h"

namespace fogbank::s3 {

namespace {

constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::size_t kRandomLength = 24;
constexpr std::size_t kOrdinalLength = 8;

}  // namespace

std::string make_version_id(std::string_view seed, std::string_view key, std::int64_t ordinal) {
    std::string material(seed);
    material += '/';
    material += std::to_string(ordinal);
    material += '/';
    material += key;
    const std::string hash = digest(DigestKind::sha256, material);
    std::string out(kRandomLength + kOrdinalLength, '0');
    for (std::size_t at = 0; at < kRandomLength; ++at) {
        out[at] = kDigits[static_cast<unsigned char>(hash[at]) % kDigits.size()];
    }
    auto rest = static_cast<std::uint64_t>(ordinal);
    for (std::size_t at = out.size(); at-- > kRandomLength; rest /= kDigits.size()) {
        out[at] = kDigits[rest % kDigits.size()];
    }
    return out;
}

std::optional<std::int64_t> ordinal_of(std::string_view version) {
    if (version.size() != kRandomLength + kOrdinalLength) return std::nullopt;
    if (version.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
    std::int64_t ordinal = 0;
    for (const char c : version.substr(kRandomLength)) {
        ordinal =
            ordinal * static_cast<std::int64_t>(kDigits.size()) + static_cast<std::int64_t>(kDigits.find(c));
    }
    return ordinal;
}

bool is_version_id(std::string_view version) {
    return version == kNullVersion || ordinal_of(version).has_value();
}

void check_version_id(const std::optional<std::string>& version) {
    if (!version || is_version_id(*version)) return;
    if (version->empty()) {
        throw invalid_argument("Version id cannot be the empty string", "versionId", *version);
    }
    throw invalid_argument("Invalid version id specified", "versionId", *version);
}

Error no_such_version(std::string_view key, std::string_view version) {
    return Error("NoSuchVersion", 404, "The specified version does not exist.")
        .with("Key", std::string(key))
        .with("VersionId", std::string(version));
}

}  // namespace fogbank::s3
