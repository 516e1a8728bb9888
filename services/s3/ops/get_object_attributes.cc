#include "services/s3/model/get_object_attributes.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/customer_key.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/parts.h"
#include "services/s3/service.h"
#include "services/s3/versions.h"
#include "src/base/clock.h"

#include <algorithm>
#include <array>

namespace fogbank::s3 {

namespace {

using Input = api::GetObjectAttributes::Input;
using Output = api::GetObjectAttributes::Output;

constexpr std::int32_t kPartPage = 1000;  // docs: GetObjectAttributes, x-amz-max-parts

void check_attributes(const std::vector<std::string>& attributes) {
    constexpr std::array<std::string_view, 5> kKnown = {"ETag", "Checksum", "ObjectParts", "StorageClass",
                                                        "ObjectSize"};
    for (const std::string& attribute : attributes) {
        if (std::find(kKnown.begin(), kKnown.end(), attribute) != kKnown.end()) continue;
        throw invalid_argument("Invalid attribute name specified.", "x-amz-object-attributes", attribute);
    }
}

std::int32_t parts_of_page(const Input& input) {
    const std::int32_t given = input.MaxParts.value_or(kPartPage);
    if (given < 0) {
        throw invalid_argument("Argument max-parts must be an integer between 0 and 2147483647", "max-parts",
                               std::to_string(given));
    }
    return given;
}

// A page of the parts. aws: parts without checksums of their own are counted and not listed.
void show_parts(const ObjectRow& row, std::int32_t marker, std::int32_t asked,
                api::GetObjectAttributesParts& output) {
    const std::vector<ObjectPart> parts = parts_from_json(row.parts);
    const auto count = static_cast<std::int32_t>(parts.size());
    output.TotalPartsCount = count;
    if (parts.empty() || parts.front().checksum.empty()) return;
    output.PartNumberMarker = marker;
    output.MaxParts = asked;
    const std::int32_t limit = std::min(asked, kPartPage);
    auto& list = output.Parts.emplace();
    std::int32_t number = std::max(marker, 0) + 1;
    for (; number <= count && static_cast<std::int32_t>(list.size()) < limit; ++number) {
        const ObjectPart& part = parts[static_cast<std::size_t>(number - 1)];
        api::ObjectPart& to = list.emplace_back();
        to.PartNumber = number;
        to.Size = part.size;
        show_checksum(to, Checksum{row.checksum.algorithm, part.checksum, {}});
    }
    output.NextPartNumberMarker = list.empty() ? 0 : *list.back().PartNumber;
    output.IsTruncated = limit > 0 && number <= count;
}

}  // namespace

Output Service::get_object_attributes(const Context& context, const Input& input) {
    check_key(*input.Key);
    check_version_id(input.VersionId);
    if (!input.ObjectAttributes || input.ObjectAttributes->empty()) {
        throw invalid_request(
            "The x-amz-object-attributes header specifying the attributes to be retrieved is either missing "
            "or "
            "empty");
    }
    check_attributes(*input.ObjectAttributes);
    const std::int32_t limit = parts_of_page(input);
    const std::optional<CustomerKey> customer_key = customer_key_of(input);
    const ObjectGate gate = ObjectGate::of<api::GetObjectAttributes>(access_, context, input);
    const ObjectRow row = database_.read([&](store::ReadTxn& txn) {
        const ObjectName name{*input.Bucket, *input.Key, input.VersionId, input.ExpectedBucketOwner, gate};
        return require_object(txn, name, WithBody::no, "GET");
    });
    check_customer_key(ObjectHeaders::of(row.headers), customer_key);
    Output output;
    output.LastModified = from_unix_seconds(row.modified_ms / 1000);
    if (!row.shown_version.empty()) output.VersionId = row.shown_version;
    const auto wants = [&](std::string_view name) {
        return std::find(input.ObjectAttributes->begin(), input.ObjectAttributes->end(), name) !=
               input.ObjectAttributes->end();
    };
    if (wants("ETag")) output.ETag = row.etag;
    if (wants("StorageClass")) output.StorageClass = row.storage_class;
    if (wants("ObjectSize")) output.ObjectSize = row.size;
    if (wants("Checksum") && !row.checksum.algorithm.empty()) {
        show_checksum(output.Checksum.emplace(), row.checksum);
    }
    if (wants("ObjectParts") && row.is_multipart()) {
        show_parts(row, input.PartNumberMarker.value_or(0), limit, output.ObjectParts.emplace());
    }
    return output;
}

}  // namespace fogbank::s3
