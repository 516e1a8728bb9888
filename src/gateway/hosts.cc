#include "src/gateway/hosts.h"

#include <algorithm>
#include <array>
#include <vector>

namespace fogbank::gateway {
namespace {

constexpr std::array<std::string_view, 4> kSuffixes = {"localhost.localstack.cloud", "amazonaws.com",
                                                       "localhost", "amazonaws.com.cn"};

// Endpoint prefixes that may stand alone before a suffix; anything else there is a bucket (bucket.localhost).
constexpr std::array<std::string_view, 24> kServices = {"s3",
                                                        "dynamodb",
                                                        "streams.dynamodb",
                                                        "kinesis",
                                                        "lambda",
                                                        "apigateway",
                                                        "sts",
                                                        "iam",
                                                        "sqs",
                                                        "sns",
                                                        "events",
                                                        "logs",
                                                        "kms",
                                                        "ssm",
                                                        "ec2",
                                                        "secretsmanager",
                                                        "states",
                                                        "scheduler",
                                                        "cloudformation",
                                                        "cloudwatch",
                                                        "monitoring",
                                                        "firehose",
                                                        "email",
                                                        "pipes"};

bool is_service(std::string_view text) {
    return std::find(kServices.begin(), kServices.end(), text) != kServices.end();
}

// The direction in a region's name: what keeps "my-bucket-1" a bucket.
constexpr std::array<std::string_view, 9> kDirections = {
    "north", "south", "east", "west", "central", "northeast", "northwest", "southeast", "southwest"};

// Cuts ".suffix" off `host`; false where it does not stand there.
bool cut_suffix(std::string_view& host, std::string_view suffix) {
    if (suffix.empty() || host.size() <= suffix.size() + 1 || !host.ends_with(suffix)) return false;
    if (host[host.size() - suffix.size() - 1] != '.') return false;
    host.remove_suffix(suffix.size() + 1);
    return true;
}

// `front` is what stands before the suffix: labels, perhaps a service, perhaps a region at the end.
HostForm parse_front(std::string_view front, bool single_label_is_bucket) {
    HostForm form;
    std::size_t dot = front.rfind('.');
    std::string_view last = dot == std::string_view::npos ? front : front.substr(dot + 1);
    bool is_bucket_alone = single_label_is_bucket && dot == std::string_view::npos;
    if (looks_like_region(last) && !is_bucket_alone) {
        form.region = last;
        if (dot == std::string_view::npos) return form;
        front = front.substr(0, dot);
        // aws: docs "Dual-stack endpoints": s3.dualstack.<region>, <bucket>.s3.dualstack.<region>.
        cut_suffix(front, "dualstack");
    }
    if (is_service(front)) {
        form.service = front;
        return form;
    }
    for (std::string_view marker : {"s3", "execute-api", "lambda-url", "s3-website"}) {
        std::string_view label = front;
        if (front == marker || !cut_suffix(label, marker)) continue;
        form.service = marker;
        form.label = label;
        return form;
    }
    // Old global website and dash forms: bucket.s3-website-us-east-1, bucket.s3-us-west-2.
    std::size_t dash = front.rfind(".s3-");
    if (dash != std::string_view::npos) {
        std::string_view rest = front.substr(dash + 4);
        bool website = rest.starts_with("website-");
        if (website) rest.remove_prefix(8);
        if (looks_like_region(rest))
            return {website ? "s3-website" : "s3", std::string(front.substr(0, dash)), std::string(rest)};
    }
    if (single_label_is_bucket && form.region.empty()) {
        form.service = "s3";
        form.label = front;
    }
    return form;
}

}  // namespace

bool looks_like_region(std::string_view text) {
    // Two letters, perhaps a word, a direction, a digit: the shape of every AWS region.
    std::size_t dashes = static_cast<std::size_t>(std::count(text.begin(), text.end(), '-'));
    if (text.size() < 9 || dashes < 2 || dashes > 3 || text[2] != '-') return false;
    if (text.back() < '1' || text.back() > '9' || text[text.size() - 2] != '-') return false;
    std::string_view words = text.substr(0, text.size() - 2);
    std::string_view direction = words.substr(words.rfind('-') + 1);
    if (std::find(kDirections.begin(), kDirections.end(), direction) == kDirections.end()) return false;
    return std::all_of(words.begin(), words.end(), [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); });
}

std::string host_name(std::string_view authority) {
    if (authority.starts_with('[')) {
        authority = authority.substr(0, authority.find(']') + 1);
    } else {
        authority = authority.substr(0, authority.find(':'));
    }
    std::string name(authority);
    for (char& c : name) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return name;
}

HostForm parse_host(std::string_view host, std::string_view configured_host) {
    for (std::string_view suffix : kSuffixes) {
        std::string_view front = host;
        if (cut_suffix(front, suffix)) return parse_front(front, suffix == "localhost");
    }
    std::string_view front = host;
    if (cut_suffix(front, configured_host)) return parse_front(front, false);
    // A compose name in front of which a bucket or id stands: bucket.s3.fogbank.
    for (std::string_view marker : {".s3.", ".execute-api.", ".lambda-url.", ".s3-website."}) {
        std::size_t at = host.find(marker);
        if (at == std::string_view::npos || at == 0) continue;
        HostForm form{std::string(marker.substr(1, marker.size() - 2)), std::string(host.substr(0, at)), {}};
        std::string_view rest = host.substr(at + marker.size());
        std::string_view next = rest.substr(0, rest.find('.'));
        if (looks_like_region(next)) form.region = next;
        return form;
    }
    return {};
}

}  // namespace fogbank::gateway
