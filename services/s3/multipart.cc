#include "services/s3/multipart.h"

#include "services/s3/errors.h"
#include "src/base/bytes.h"
#include "src/base/text.h"

#include <algorithm>

namespace fogbank::s3 {

namespace {

std::string_view without_quotes(std::string_view etag) {
    if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') return etag.substr(1, etag.size() - 2);
    return etag;
}

Error invalid_part(const UploadRow& upload, const api::CompletedPart& part) {
    return Error("InvalidPart", 400,
                 "One or more of the specified parts could not be found.  The part may not have been "
                 "uploaded, or the "
                 "specified entity tag may not match the part's entity tag.")
        .with("UploadId", upload.upload)
        .with("PartNumber", std::to_string(*part.PartNumber))
        .with("ETag", std::string(without_quotes(part.ETag.value_or(""))));
}

// The checksum that a completed part declares for the upload's algorithm.
std::optional<std::string> declared_part_checksum(const api::CompletedPart& part,
                                                  const std::string& algorithm) {
    for (const auto& [name, member] : checksum_members(part)) {
        if (algorithm == name) return *member;
    }
    return std::nullopt;
}

void check_part_checksum(const api::CompletedPart& wanted, const PartRow& part, const UploadRow& upload) {
    if (upload.checksum_algorithm.empty()) return;
    const auto declared = declared_part_checksum(wanted, upload.checksum_algorithm);
    if (declared && *declared != part.checksum) throw invalid_part(upload, wanted);
    if (!declared && upload.checksum_type == kComposite) {
        throw invalid_request(
            "The upload was created using a " + lower_case(upload.checksum_algorithm) +
            " checksum. The complete request must include the checksum for each part. It was missing "
            "for part " +
            std::to_string(*wanted.PartNumber) + " in the request.");
    }
}

}  // namespace

std::string checksum_type_of(const std::optional<std::string>& algorithm,
                             const std::optional<std::string>& type) {
    if (!algorithm) {
        if (!type) return {};
        throw invalid_request(
            "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    }
    static_cast<void>(digest_kind(*algorithm, "x-amz-checksum-algorithm"));
    const bool full_only = *algorithm == "CRC64NVME";
    // docs: "Checking object integrity in Amazon S3": only the CRCs of parts tell the CRC of the whole.
    const bool composite_only = !full_only && *algorithm != "CRC32" && *algorithm != "CRC32C";
    if (!type) return std::string(full_only ? kFullObject : kComposite);
    if (*type != kFullObject && *type != kComposite) {
        throw invalid_request("Value for x-amz-checksum-type header is invalid.");
    }
    if ((full_only && *type == kComposite) || (composite_only && *type == kFullObject)) {
        throw invalid_request("The " + *type + " checksum type cannot be used with the " +
                              lower_case(*algorithm) + " checksum algorithm.");
    }
    return *type;
}

void check_part_number(std::int64_t number) {
    if (number >= 1 && number <= kPartLimit) return;
    throw invalid_argument("Part number must be an integer between 1 and 10000, inclusive", "partNumber",
                           std::to_string(number));
}

void check_part_list(const std::vector<api::CompletedPart>& parts) {
    if (parts.empty() || parts.size() > static_cast<std::size_t>(kPartLimit)) throw malformed_xml();
    std::int32_t last = 0;
    for (const api::CompletedPart& part : parts) {
        if (!part.PartNumber || !part.ETag) throw malformed_xml();
        check_part_number(*part.PartNumber);
        if (*part.PartNumber <= last) {
            throw Error(
                "InvalidPartOrder", 400,
                "The list of parts was not in ascending order. The parts list must be specified in order by "
                "part number.");
        }
        last = *part.PartNumber;
    }
}

std::vector<PartRow> choose_parts(const std::vector<api::CompletedPart>& wanted,
                                  const std::vector<PartRow>& uploaded, const UploadRow& upload) {
    std::vector<PartRow> chosen;
    chosen.reserve(wanted.size());
    for (const api::CompletedPart& part : wanted) {
        const auto found = std::find_if(uploaded.begin(), uploaded.end(),
                                        [&](const PartRow& row) { return row.number == *part.PartNumber; });
        if (found == uploaded.end() || found->etag != without_quotes(*part.ETag))
            throw invalid_part(upload, part);
        check_part_checksum(part, *found, upload);
        chosen.push_back(*found);
    }
    for (std::size_t at = 0; at + 1 < chosen.size(); ++at) {
        if (chosen[at].size >= kSmallestPart) continue;
        throw Error("EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size")
            .with("ProposedSize", std::to_string(chosen[at].size))
            .with("MinSizeAllowed", std::to_string(kSmallestPart))
            .with("PartNumber", std::to_string(chosen[at].number))
            .with("ETag", chosen[at].etag);
    }
    return chosen;
}

std::string multipart_etag(const std::vector<PartRow>& parts) {
    Digest all(DigestKind::md5);
    for (const PartRow& part : parts) all.update(hex_decode(part.etag).value_or(""));
    return hex_encode(all.finish()) + "-" + std::to_string(parts.size());
}

std::string multipart_etag(const std::vector<api::CompletedPart>& parts) {
    Digest all(DigestKind::md5);
    for (const api::CompletedPart& part : parts) {
        all.update(hex_decode(without_quotes(*part.ETag)).value_or(""));
    }
    return hex_encode(all.finish()) + "-" + std::to_string(parts.size());
}

Checksum composite_checksum(const std::vector<PartRow>& parts, const std::string& algorithm) {
    Digest all(digest_kind(algorithm, "x-amz-checksum-algorithm"));
    for (const PartRow& part : parts) all.update(base64_decode(part.checksum).value_or(""));
    return {algorithm, base64_encode(all.finish()) + "-" + std::to_string(parts.size()),
            std::string(kComposite)};
}

}  // namespace fogbank::s3
