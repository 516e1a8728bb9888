#include "services/dynamodb/transfers/exporter.h"

#include "services/dynamodb/model/export_table_to_point_in_time.h"
#include "services/dynamodb/request_text.h"
#include "services/dynamodb/transfers/ion.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/gzip.h"
#include "src/base/json.h"

namespace fogbank::dynamodb {
namespace {

using Request = api::ExportTableToPointInTime::Input;

Bucket bucket_of(const Export& job, const Request& request) {
    return {job.table.account, job.table.region, *request.S3Bucket, request.S3BucketOwner};
}

Encryption encryption_of(const Request& request) {
    return {request.S3SseAlgorithm, request.S3SseKmsKeyId};
}

// docs: "DynamoDB table export output format".
std::string root(const Request& request) {
    const std::string prefix = request.S3Prefix.value_or("");
    return prefix + (prefix.empty() || prefix.ends_with('/') ? "" : "/") + "AWSDynamoDB/";
}

// The same name at each try, so that a step that is taken again overwrites its file.
std::string data_key(const Export& job, const Request& request) {
    constexpr std::size_t kNameLength = 26;
    const std::string name = sha256_hex(job.arn() + "/" + std::to_string(job.files)).substr(0, kNameLength);
    const std::string folder = job.is_incremental() ? "data/" : job.id + "/data/";
    return root(request) + folder + name + (request.ExportFormat == "ION" ? ".ion.gz" : ".json.gz");
}

std::string ion_lines(std::string_view lines) {
    std::string out;
    while (!lines.empty()) {
        const std::size_t end = lines.find('\n');
        out += ion_of(lines.substr(0, end)) + '\n';
        lines.remove_prefix(end + 1);
    }
    return out;
}

std::string md5_base64(std::string_view bytes) {
    return base64_encode(digest(DigestKind::md5, bytes));
}

std::string file_line(const ExportPage& page, std::string_view compressed, const std::string& etag,
                      const std::string& key) {
    std::string text;
    json::Writer out(text);
    out.begin_object().field("itemCount", page.items).field("md5Checksum", md5_base64(compressed));
    out.field("etag", etag).field("dataFileS3Key", key).end_object();
    return text;
}

void write_optional(json::Writer& out, const char* name, const std::optional<std::string>& text) {
    out.key(name);
    if (text) {
        out.string(*text);
    } else {
        out.null();
    }
}

std::string summary_json(const Export& job, const Request& request, const std::string& files_key,
                         std::int64_t now_ms) {
    const auto time = [](std::int64_t ms) { return format_iso8601_millis(from_unix_millis(ms)); };
    std::string text;
    json::Writer out(text);
    out.begin_object().field("version", job.is_incremental() ? "2023-08-01" : "2020-06-30");
    out.field("exportArn", job.arn()).field("startTime", time(job.created_ms)).field("endTime", time(now_ms));
    out.field("tableArn", job.table.arn).field("tableId", job.table.id);
    if (job.is_incremental()) {
        out.field("exportFromTime", time(job.from_ms)).field("exportToTime", time(job.export_ms));
    } else {
        out.field("exportTime", time(job.export_ms));
    }
    out.field("s3Bucket", *request.S3Bucket);
    write_optional(out, "s3Prefix", request.S3Prefix);
    out.field("s3SseAlgorithm", request.S3SseAlgorithm.value_or("AES256"));
    write_optional(out, "s3SseKmsKeyId", request.S3SseKmsKeyId);
    out.field("manifestFilesS3Key", files_key).field("billedSizeBytes", job.bytes);
    out.field("itemCount", job.items);
    out.field("outputFormat", request.ExportFormat.value_or("DYNAMODB_JSON"));
    if (job.is_incremental()) {
        out.field("outputView",
                  request.IncrementalExportSpecification->ExportViewType.value_or("NEW_AND_OLD_IMAGES"));
    }
    out.field("exportType", job.is_incremental() ? "INCREMENTAL_EXPORT" : "FULL_EXPORT").end_object();
    return text;
}

}  // namespace

std::string export_manifest_key(const Export& job) {
    return root(parse_request<api::ExportTableToPointInTime>(job.request)) + job.id +
           "/manifest-summary.json";
}

Task<bool> Exporter::step() {
    const std::optional<Export> job = database_.read([](store::ReadTxn& txn) { return next_export(txn); });
    if (!job) co_return false;
    Failure failure;
    try {
        if (job->phase == 0) {
            co_await write_data(*job);
        } else {
            co_await write_manifests(*job);
        }
    } catch (const Error& error) {
        failure = {"S3" + error.code(), error.message()};
    }
    if (!failure.code.empty()) co_await end(*job, failure);
    co_return true;
}

Task<void> Exporter::write_data(const Export& job) {
    const auto request = parse_request<api::ExportTableToPointInTime>(job.request);
    const Bucket bucket = bucket_of(job, request);
    const Encryption encryption = encryption_of(request);
    if (job.files == 0) {
        const std::string marker = root(request) + job.id + "/_started";
        const std::string nothing;
        co_await s3_.put(bucket, marker, nothing, encryption);
    }
    const bool is_ion = request.ExportFormat == "ION";
    auto read = [&job, is_ion](store::ReadTxn& txn) {
        DataFile file;
        file.page = read_export_page(txn, job);
        file.compressed = gzip(is_ion ? ion_lines(file.page.lines) : file.page.lines);
        return file;
    };
    const DataFile file = co_await database_.read_in_pool(read);
    const std::string key = data_key(job, request);
    const std::string etag = co_await s3_.put(bucket, key, file.compressed, encryption);
    const std::string line = file_line(file.page, file.compressed, etag, key);
    auto store = [&](store::Txn& txn) { add_export_file(txn, job, file.page, line); };
    co_await database_.write(store);
}

Task<void> Exporter::write_manifests(const Export& job) {
    const auto request = parse_request<api::ExportTableToPointInTime>(job.request);
    const Bucket bucket = bucket_of(job, request);
    const Encryption encryption = encryption_of(request);
    const std::string folder = root(request) + job.id + "/";
    std::string files;
    const auto lines = database_.read([&](store::ReadTxn& txn) { return list_export_files(txn, job); });
    for (const std::string& line : lines) files += line + "\n";
    const std::string files_key = folder + "manifest-files.json";
    const std::string summary = summary_json(job, request, files_key, unix_millis(clock_.now()));
    const std::pair<std::string, std::string> objects[] = {
        {files_key, files},
        {folder + "manifest-files.checksum", md5_base64(files)},
        {folder + "manifest-summary.json", summary},
        {folder + "manifest-summary.checksum", md5_base64(summary)},
    };
    for (const auto& [key, body] : objects) co_await s3_.put(bucket, key, body, encryption);
    const Failure none;
    co_await end(job, none);
}

Task<void> Exporter::end(const Export& job, const Failure& failure) {
    const std::int64_t now_ms = unix_millis(clock_.now());
    auto store = [&](store::Txn& txn) { end_export(txn, job, failure, now_ms); };
    co_await database_.write(store);
}

}  // namespace fogbank::dynamodb
