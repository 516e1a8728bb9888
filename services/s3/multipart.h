// Rules of multipart uploads. Pure.
// docs: S3 User Guide, "Amazon S3 multipart upload limits", "Checking object integrity in Amazon S3".
#pragma once

#include "services/s3/checksum.h"
#include "services/s3/model/types/completed_part.h"
#include "services/s3/store/upload_store.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

inline constexpr std::int32_t kPartLimit = 10'000;
inline constexpr std::int64_t kSmallestPart = 5LL << 20;    // every part but the last
inline constexpr std::uint64_t kObjectLimit = 50ULL << 40;  // docs: 50 TB since December 2025

// The type of an upload's checksum: what the request says, or the algorithm's default. Throws InvalidRequest
// where the algorithm has no such type.
std::string checksum_type_of(const std::optional<std::string>& algorithm,
                             const std::optional<std::string>& type);

void check_part_number(std::int64_t number);

// Throws MalformedXML, InvalidPartOrder.
void check_part_list(const std::vector<api::CompletedPart>& parts);

// The uploaded parts that `wanted` names, in order. Throws InvalidPart, EntityTooSmall, InvalidRequest.
std::vector<PartRow> choose_parts(const std::vector<api::CompletedPart>& wanted,
                                  const std::vector<PartRow>& uploaded, const UploadRow& upload);

// "d41d...-3": the digest of the parts' digests and their number.
std::string multipart_etag(const std::vector<PartRow>& parts);
// The same of the parts that a request names.
std::string multipart_etag(const std::vector<api::CompletedPart>& parts);

// The checksum of the parts' checksums.
Checksum composite_checksum(const std::vector<PartRow>& parts, const std::string& algorithm);

}  // namespace fogbank::s3
