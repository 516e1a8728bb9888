// A deployment package, wherever a request names it: in itself, in S3, in the user's own folder.
#include "services/lambda/configuration.h"
#include "services/lambda/model/errors.h"
#include "services/lambda/service.h"
#include "services/s3/model/get_object.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/http/read_file.h"

#include <unistd.h>

#include <filesystem>

namespace fogbank::lambda {

namespace {

Error s3_failure(const Error& error) {
    return errors::InvalidParameterValueException("Error occurred while GetObject. S3 Error Code: " +
                                                  error.code() + ". S3 Error Message: " + error.message());
}

Error too_large(std::uint64_t limit) {
    return errors::InvalidParameterValueException("Zipped size must be smaller than " +
                                                  std::to_string(limit) + " bytes");
}

}  // namespace

Task<std::string> Service::fetch_package(const Context& context, const CodeSource& source) {
    s3::api::GetObject::Input input;
    input.Bucket = source.bucket;
    input.Key = source.key;
    if (source.object_version) input.VersionId = source.object_version;
    std::optional<Error> failure;
    gateway::AnyOutput answer;
    try {
        answer = co_await client_.call_any<s3::api::GetObject>(context, input);
    } catch (const Error& error) {
        failure = s3_failure(error);
    }
    if (failure) throw *failure;
    if (const auto* file = std::get_if<http::FileBody>(&answer.payload)) {
        if (file->length > options_.zipped_limit) {
            ::close(file->descriptor);
            throw too_large(options_.zipped_limit);
        }
        co_return http::read_file(*file);
    }
    if (auto* stream = std::get_if<std::unique_ptr<ByteStream>>(&answer.payload)) {
        const Error limit = too_large(options_.zipped_limit);
        std::string bytes = co_await read_all(**stream, options_.zipped_limit, limit);
        co_return bytes;
    }
    if (auto* text = std::get_if<std::string>(&answer.payload)) co_return std::move(*text);
    co_return std::string();
}

Task<Service::LoadedCode> Service::load_code(const Context& context, const CodeSource& source) {
    LoadedCode result;
    if (source.bucket && *source.bucket == options_.hot_reload_bucket) {
        const std::string folder = source.key.value_or("");
        std::error_code error;
        if (folder.empty() || folder.front() != '/' || !std::filesystem::is_directory(folder, error)) {
            throw errors::InvalidParameterValueException("S3Key of bucket " + *source.bucket +
                                                         " must be an absolute path of a folder: " + folder);
        }
        result.hot_reload_folder = folder;
        result.sha_base64 = base64_encode(digest(DigestKind::sha256, folder));
        co_return result;
    }
    std::string bytes;
    if (source.zip) {
        bytes = source.zip->data;
    } else if (source.bucket && source.key) {
        bytes = co_await fetch_package(context, source);
    } else {
        throw errors::InvalidParameterValueException("Please provide a source for function code.");
    }
    CodeStore::Added added = co_await codes_.add(std::move(bytes));
    result.id = added.code.id;
    result.sha_base64 = added.code.sha_base64;
    result.size = static_cast<std::int64_t>(added.code.size);
    result.pin = std::move(added.pin);
    co_return result;
}

}  // namespace fogbank::lambda
