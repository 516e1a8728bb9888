#include "src/http/head_parser.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <optional>

namespace fogbank::http {

namespace beast = boost::beast;
using beast::error_code;
using beast::http::field;

namespace {

std::string_view view(beast::string_view text) {
    return {text.data(), text.size()};
}

// Collects a head. Bodies are framed by our own code, so Beast's body callbacks are never reached.
class Collector final : public beast::http::basic_parser<true> {
public:
    Collector(Request& request, HeadRefusal& refusal, const HeadLimits& limits)
        : request_(request), refusal_(refusal), limits_(limits) {
        // Beast's limit would be counted in 32 bits; ours is checked by the caller, who has all the bytes.
        header_limit(static_cast<std::uint32_t>(limits.header_limit) + 1);
        body_limit(boost::none);
    }

    bool expects_continue() const { return expects_continue_; }
    int version() const { return version_; }

private:
    void refuse(int status, const char* message, error_code& ec) {
        if (refusal_.status == 0) refusal_ = {status, message};
        ec = beast::http::error::bad_value;
    }

    void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                         error_code& ec) override {
        if (target.size() > limits_.target_limit) {
            refuse(414, "the request's target is too long", ec);
            return;
        }
        version_ = version;
        request_.method = view(method);
        request_.target = view(target);
    }

    void on_field_impl(field name, beast::string_view name_text, beast::string_view value,
                       error_code& ec) override {
        if (name == field::transfer_encoding) {
            // Anything but exactly one "chunked" leaves room for two readings of where the request ends.
            if (seen_transfer_encoding_ || !equal_ignoring_case(view(value), "chunked")) {
                return refuse(501, "the only transfer coding served is chunked", ec);
            }
            seen_transfer_encoding_ = true;
            if (seen_content_length_) return refuse_both(ec);
        } else if (name == field::content_length) {
            seen_content_length_ = true;
            if (seen_transfer_encoding_) return refuse_both(ec);
        } else if (name == field::host) {
            // RFC 9112 3.2: two leave open which of them is meant.
            if (seen_host_) return refuse(400, "Host is given more than once", ec);
            seen_host_ = true;
        } else if (name == field::expect) {
            // RFC 9110 10.1.1: another expectation may be refused; S3 goes on (s3-tests:
            // test_object_create_bad_expect_mismatch).
            expects_continue_ = equal_ignoring_case(view(value), "100-continue");
        }
        request_.headers.add(std::string(view(name_text)), std::string(view(value)));
    }

    void refuse_both(error_code& ec) {
        refuse(400, "Content-Length and Transfer-Encoding exclude each other", ec);
    }

    void on_header_impl(error_code&) override {}
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view body, error_code&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, error_code&) override {
        return body.size();
    }
    void on_finish_impl(error_code&) override {}

    Request& request_;
    HeadRefusal& refusal_;
    const HeadLimits& limits_;
    int version_ = 11;
    bool seen_content_length_ = false;
    bool seen_transfer_encoding_ = false;
    bool seen_host_ = false;
    bool expects_continue_ = false;
};

HeadRefusal refusal_for(const error_code& ec) {
    using beast::http::error;
    if (ec == error::bad_version) return {505, "the only versions served are HTTP/1.1 and HTTP/1.0"};
    if (ec == error::bad_method || ec == error::bad_target) return {400, "the request line is malformed"};
    if (ec == error::bad_content_length)
        return {400, "Content-Length is malformed or differs from an earlier one"};
    if (ec == error::header_limit) return {431, "the request's headers are too large"};
    return {400, "the request's headers are malformed"};
}

}  // namespace

class HeadParser::Impl {
public:
    std::optional<Collector> collector;  // a new one for each head, in place
};

HeadParser::HeadParser(HeadLimits limits) : limits_(limits), impl_(std::make_unique<Impl>()) {}
HeadParser::~HeadParser() = default;

void HeadParser::begin(Request& request) {
    refusal_ = {};
    framing_ = {};
    taken_ = 0;
    impl_->collector.emplace(request, refusal_, limits_);
}

std::size_t HeadParser::parse(std::string_view bytes) {
    Collector& collector = *impl_->collector;
    error_code ec;
    // Beast takes the request line as soon as it is whole, and the headers once they are.
    const std::string_view fresh = bytes.substr(taken_);
    taken_ += collector.put(boost::asio::const_buffer(fresh.data(), fresh.size()), ec);
    if (ec == beast::http::error::need_more) {
        if (bytes.size() <= limits_.header_limit) return 0;
        // A target that fills the limit alone is the target's fault, not the headers'.
        refusal_ = taken_ == 0 ? HeadRefusal{414, "the request's target is too long"}
                               : HeadRefusal{431, "the request's headers are too large"};
        return 0;
    }
    if (ec) {
        if (refusal_.status == 0) refusal_ = refusal_for(ec);
        if (refusal_.status == 431 && taken_ == 0) refusal_ = {414, "the request's target is too long"};
        return 0;
    }
    if (taken_ > limits_.header_limit) {
        refusal_ = {431, "the request's headers are too large"};
        return 0;
    }
    framing_.http_1_0 = collector.version() == 10;
    framing_.chunked = collector.chunked();
    if (framing_.chunked && framing_.http_1_0) {
        refusal_ = {400, "HTTP/1.0 has no Transfer-Encoding"};
        return 0;
    }
    const auto length = collector.content_length();
    framing_.content_length = length ? *length : 0;
    framing_.keep_alive = collector.keep_alive();
    framing_.expects_continue = collector.expects_continue() && !framing_.http_1_0;
    return taken_;
}

}  // namespace fogbank::http
