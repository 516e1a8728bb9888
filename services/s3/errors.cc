#include "services/s3/errors.h"

namespace fogbank::s3 {

Error no_such_bucket(std::string_view bucket) {
    return Error("NoSuchBucket", 404, "The specified bucket does not exist")
        .with("BucketName", std::string(bucket));
}

Error no_such_key(std::string_view key) {
    return Error("NoSuchKey", 404, "The specified key does not exist.").with("Key", std::string(key));
}

Error no_such_upload(std::string_view upload) {
    return Error("NoSuchUpload", 404,
                 "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
                 "been "
                 "aborted or completed.")
        .with("UploadId", std::string(upload));
}

Error access_denied(std::string message) {
    return Error("AccessDenied", 403, std::move(message));
}

Error invalid_argument(std::string message, std::string_view name, std::string_view value) {
    return Error("InvalidArgument", 400, std::move(message))
        .with("ArgumentName", std::string(name))
        .with("ArgumentValue", std::string(value));
}

Error invalid_request(std::string message) {
    return Error("InvalidRequest", 400, std::move(message));
}

Error malformed_xml() {
    return Error("MalformedXML", 400,
                 "The XML you provided was not well-formed or did not validate against our published schema");
}

Error precondition_failed(std::string_view condition) {
    return Error("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold")
        .with("Condition", std::string(condition));
}

Error not_implemented(std::string_view header) {
    return Error("NotImplemented", 501, "A header you provided implies functionality that is not implemented")
        .with("Header", std::string(header));
}

Error invalid_range(std::string_view range, std::int64_t size) {
    return Error("InvalidRange", 416, "The requested range is not satisfiable")
        .with("RangeRequested", std::string(range))
        .with("ActualObjectSize", std::to_string(size))
        .with_header("Content-Range", "bytes */" + std::to_string(size));
}

Error entity_too_large(std::uint64_t proposed, std::uint64_t limit) {
    return Error("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size")
        .with("ProposedSize", std::to_string(proposed))
        .with("MaxSizeAllowed", std::to_string(limit));
}

Error acl_with_ownership() {
    return Error("InvalidBucketAclWithObjectOwnership", 400,
                 "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
}

Error acls_not_allowed() {
    return Error("AccessControlListNotSupported", 400, "The bucket does not allow ACLs");
}

Error bad_digest(std::string_view algorithm) {
    return Error("BadDigest", 400,
                 "The " + std::string(algorithm) + " you specified did not match the calculated checksum.");
}

}  // namespace fogbank::s3
