#include "services/s3/logging/record.h"

#include "src/base/url.h"

#include <fmt/format.h>
#include <array>

namespace fogbank::s3::logging {

namespace {

struct Named {
    std::string_view operation, name;
};

// Where the name is not made of the method and the resource. docs: "Server access log format", Operation.
constexpr std::array<Named, 24> kNames = {{{"AbortMultipartUpload", "REST.DELETE.UPLOAD"},
                                           {"CompleteMultipartUpload", "REST.POST.UPLOAD"},
                                           {"CopyObject", "REST.COPY.OBJECT"},
                                           {"CreateBucket", "REST.PUT.BUCKET"},
                                           {"CreateMultipartUpload", "REST.POST.UPLOADS"},
                                           {"DeleteBucket", "REST.DELETE.BUCKET"},
                                           {"DeleteObject", "REST.DELETE.OBJECT"},
                                           {"DeleteObjects", "REST.POST.MULTI_OBJECT_DELETE"},
                                           {"GetBucketLogging", "REST.GET.LOGGING_STATUS"},
                                           {"GetObject", "REST.GET.OBJECT"},
                                           {"GetObjectAcl", "REST.GET.ACL"},
                                           {"HeadBucket", "REST.HEAD.BUCKET"},
                                           {"HeadObject", "REST.HEAD.OBJECT"},
                                           {"ListMultipartUploads", "REST.GET.UPLOADS"},
                                           {"ListObjectVersions", "REST.GET.BUCKETVERSIONS"},
                                           {"ListObjects", "REST.GET.BUCKET"},
                                           {"ListObjectsV2", "REST.GET.BUCKET"},
                                           {"ListParts", "REST.GET.UPLOAD"},
                                           {"PutBucketLogging", "REST.PUT.LOGGING_STATUS"},
                                           {"PutObject", "REST.PUT.OBJECT"},
                                           {"PutObjectAcl", "REST.PUT.ACL"},
                                           {"RestoreObject", "REST.POST.RESTORE"},
                                           {"UploadPart", "REST.PUT.PART"},
                                           {"UploadPartCopy", "REST.COPY.PART"}}};

std::string_view or_dash(std::string_view text) {
    return text.empty() ? std::string_view("-") : text;
}

std::string number(const std::optional<std::int64_t>& value) {
    return value ? std::to_string(*value) : "-";
}

// Bytes that would end a line or a quote.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20) {
            out += fmt::format("\\x{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        } else {
            out += c;
        }
    }
    return out + "\"";
}

constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                 "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Civil {
    std::string year, month, day, hour, minute, second;
};

Civil civil(Timestamp time) {
    const std::string text = format_amz_date(time);  // 20261123T152700Z
    return {text.substr(0, 4), text.substr(4, 2),  text.substr(6, 2),
            text.substr(9, 2), text.substr(11, 2), text.substr(13, 2)};
}

}  // namespace

std::string format(const Line& line) {
    const Civil at = civil(line.time);
    std::string out(or_dash(line.owner));
    out.append(" ").append(line.bucket).append(" [").append(at.day).append("/");
    out.append(kMonths[static_cast<std::size_t>(std::stoi(at.month)) - 1]).append("/").append(at.year);
    out.append(":").append(at.hour).append(":").append(at.minute).append(":").append(at.second);
    out.append(" +0000] ").append(or_dash(line.remote)).append(" ").append(or_dash(line.requester));
    out.append(" ").append(line.request_id).append(" ").append(line.operation).append(" ");
    // docs: the key is encoded, once more where it holds what is encoded already.
    out.append(line.key.empty() ? "-" : percent_encode(line.key, "/")).append(" ");
    out.append(quoted(std::string(line.method) + " " + std::string(line.target) + " HTTP/1.1")).append(" ");
    out.append(std::to_string(line.status)).append(" ").append(or_dash(line.error_code)).append(" ");
    out.append(number(line.bytes_sent)).append(" ").append(number(line.object_size)).append(" ");
    out.append(std::to_string(line.total_ms)).append(" ").append(std::to_string(line.total_ms)).append(" ");
    out.append(line.referrer.empty() ? "\"-\"" : quoted(line.referrer)).append(" ");
    out.append(line.user_agent.empty() ? "\"-\"" : quoted(line.user_agent)).append(" ");
    out.append(or_dash(line.version)).append(" ").append(or_dash(line.host_id)).append(" ");
    out.append(or_dash(line.signature)).append(" - ").append(or_dash(line.authentication)).append(" ");
    out.append(or_dash(line.host)).append(" - - -\n");
    return out;
}

std::string operation_name(std::string_view operation, std::string_view method) {
    for (const Named& each : kNames) {
        if (each.operation == operation) return std::string(each.name);
    }
    // GetBucketLifecycleConfiguration is REST.GET.LIFECYCLE, PutObjectTagging REST.PUT.OBJECT_TAGGING.
    std::string_view rest = operation;
    for (const std::string_view verb : {"Get", "Put", "Delete", "List", "Select"}) {
        if (rest.starts_with(verb)) {
            rest.remove_prefix(verb.size());
            break;
        }
    }
    if (rest.starts_with("Bucket")) rest.remove_prefix(6);
    constexpr std::string_view kTail = "Configuration";
    if (rest.ends_with(kTail)) rest.remove_suffix(kTail.size());
    std::string out = "REST." + std::string(method) + ".";
    for (std::size_t i = 0; i < rest.size(); ++i) {
        const bool capital = rest[i] >= 'A' && rest[i] <= 'Z';
        if (capital && i > 0) out += '_';
        out += capital ? rest[i] : static_cast<char>(rest[i] & ~0x20);
    }
    return out;
}

std::string object_key(const Target& target, std::string_view account, std::string_view region,
                       std::string_view bucket, Timestamp time, std::string_view unique) {
    const Civil at = civil(time);
    std::string out = target.prefix;
    if (target.partitioned) {
        out.append(account).append("/").append(region).append("/").append(bucket).append("/");
        out.append(at.year).append("/").append(at.month).append("/").append(at.day).append("/");
    }
    out.append(at.year).append("-").append(at.month).append("-").append(at.day).append("-");
    // docs: by event time the names tell the day only.
    const bool day_only = target.partitioned && target.by_event_time;
    if (day_only) return out.append("00-00-00-").append(unique);
    out.append(at.hour).append("-").append(at.minute).append("-").append(at.second).append("-");
    return out.append(unique);
}

}  // namespace fogbank::s3::logging
