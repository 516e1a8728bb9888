#include "src/auth/aws_chunked.h"

#include "src/auth/errors.h"
#include "src/base/bytes.h"
#include "src/base/digest.h"
#include "src/base/text.h"

#include <algorithm>
#include <charconv>

namespace fogbank::auth {

namespace {

constexpr std::string_view kEmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

Error incomplete_body(const char* message) {
    return Error("IncompleteBody", 400, message);
}

Error malformed_trailer() {
    return Error(
        "MalformedTrailerError", 400,
        "The request contained trailing data that was not well-formed or did not conform to our published "
        "schema.");
}

// Checks the chain of signatures: each one signs the one before it.
class ChunkVerifier {
public:
    explicit ChunkVerifier(ChunkSigning signing) : signing_(std::move(signing)) {}
    void check_chunk(std::string_view content_hash_hex, std::string_view signature) {
        check("AWS4-HMAC-SHA256-PAYLOAD", std::string(kEmptyHash) + "\n" + std::string(content_hash_hex),
              signature);
    }
    void check_trailer(std::string_view lines, std::string_view signature) {
        check("AWS4-HMAC-SHA256-TRAILER", sha256_hex(lines), signature);
    }

private:
    void check(std::string_view algorithm, const std::string& tail, std::string_view signature) {
        std::string text(algorithm);
        text.append("\n").append(signing_.timestamp).append("\n").append(signing_.scope).append("\n");
        text.append(signing_.seed).append("\n").append(tail);
        std::string expected = hex_encode(hmac_sha256(signing_.key, text));
        if (!equal_in_constant_time(expected, signature)) {
            throw errors::signature_mismatch(Dialect::s3, {signing_.access_key, signature, text, {}});
        }
        signing_.seed = std::move(expected);
    }
    ChunkSigning signing_;
};

class ChunkedStream final : public ByteStream, public TrailerSource {
public:
    ChunkedStream(ByteStream& inner, ChunkedOptions options) : inner_(inner), options_(std::move(options)) {
        if (options_.signing) verifier_.emplace(std::move(*options_.signing));
    }

    std::optional<std::uint64_t> length() const override { return options_.decoded_length; }
    const std::vector<std::string>& announced() const override { return options_.announced; }
    const std::vector<std::pair<std::string, std::string>>& trailers() const override { return trailers_; }

    Task<std::string_view> next() override {
        while (state_ != State::done) {
            if (state_ == State::data) {
                if (rest_.empty()) rest_ = co_await pull();
                co_return take_data();
            }
            if (state_ == State::after_data) {
                co_await read_line();
                if (!line_.empty()) throw incomplete_body("The request body terminated unexpectedly");
                finish_chunk();
                state_ = State::size;
            }
            co_await read_line();
            begin_chunk();
            if (state_ == State::trailers) co_await read_trailers();
        }
        co_return std::string_view{};
    }

private:
    enum class State : std::uint8_t { size, data, after_data, trailers, done };

    Task<std::string_view> pull() {
        const std::string_view piece = co_await inner_.next();
        if (piece.empty()) throw incomplete_body("The request body terminated unexpectedly");
        co_return piece;
    }

    // Fills line_ with the next line, without its end.
    Task<void> read_line() {
        line_.clear();
        while (true) {
            if (rest_.empty()) rest_ = co_await pull();
            const std::size_t end = rest_.find('\n');
            const std::size_t size = end == std::string_view::npos ? rest_.size() : end;
            if (line_.size() + size > kChunkLineLimit) {
                throw Error("InvalidRequest", 400, "The chunk header or trailer is too long.");
            }
            line_.append(rest_.substr(0, size));
            rest_.remove_prefix(end == std::string_view::npos ? size : size + 1);
            if (end != std::string_view::npos) break;
        }
        if (line_.ends_with('\r')) line_.pop_back();
    }

    std::string_view take_data() {
        const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(rest_.size(), left_));
        const std::string_view piece = rest_.substr(0, size);
        rest_.remove_prefix(size);
        left_ -= size;
        if (hash_) hash_->update(piece);
        if (left_ == 0) state_ = State::after_data;
        return piece;
    }

    // line_ is "400;chunk-signature=ad80..."
    void begin_chunk() {
        std::uint64_t size = 0;
        const auto [end, code] = std::from_chars(line_.data(), line_.data() + line_.size(), size, 16);
        const std::string_view extensions(end, static_cast<std::size_t>(line_.data() + line_.size() - end));
        if (code != std::errc() || (!trimmed(extensions, kWhitespace).empty() &&
                                    !trimmed(extensions, kWhitespace).starts_with(';'))) {
            throw incomplete_body("The request body terminated unexpectedly");
        }
        constexpr std::string_view kName = "chunk-signature=";
        const std::size_t at = extensions.find(kName);
        if (at == std::string_view::npos) {
            signature_.clear();
        } else {
            const std::string_view value = extensions.substr(at + kName.size());
            signature_ = trimmed(value.substr(0, value.find(';')), kWhitespace);
        }
        count_chunk(size);
        if (verifier_) hash_.emplace(DigestKind::sha256);
        left_ = size;
        state_ = size == 0 ? State::trailers : State::data;
        if (size == 0) finish_chunk();
    }

    void count_chunk(std::uint64_t size) {
        if (size > 0 && chunks_ > 0 && last_size_ < kSmallestChunk) {
            throw Error("InvalidChunkSizeError", 403,
                        "Only the last chunk is allowed to have a size less than 8192 bytes")
                .with("Chunk", std::to_string(chunks_))
                .with("BadChunkSize", std::to_string(last_size_));
        }
        if (size > options_.decoded_length - delivered_) {
            throw incomplete_body("The request body does not match the x-amz-decoded-content-length header");
        }
        if (size == 0 && delivered_ != options_.decoded_length) {
            throw incomplete_body(
                "You did not provide the number of bytes specified by the Content-Length HTTP header");
        }
        delivered_ += size;
        last_size_ = size;
        ++chunks_;
    }

    void finish_chunk() {
        if (verifier_) verifier_->check_chunk(hex_encode(hash_->finish()), signature_);
        hash_.reset();
    }

    Task<void> read_trailers() {
        std::string signed_lines;
        std::string signature;
        while (true) {
            // aws: SDKs end the body with an empty line; a body that just stops after its last chunk is taken
            // too.
            if (rest_.empty()) rest_ = co_await inner_.next();
            if (rest_.empty()) break;
            co_await read_line();
            const std::string_view line = trimmed(line_, kWhitespace);
            if (line.empty()) break;
            const std::size_t colon = line.find(':');
            if (colon == std::string_view::npos || trailers_.size() >= kTrailerLimit)
                throw malformed_trailer();
            std::string name = lower_case(trimmed(line.substr(0, colon), kWhitespace));
            std::string value(trimmed(line.substr(colon + 1), kWhitespace));
            if (name == "x-amz-trailer-signature") {
                signature = std::move(value);
                continue;
            }
            const auto& known = options_.announced;
            if (std::find(known.begin(), known.end(), name) == known.end()) throw malformed_trailer();
            signed_lines.append(name).append(":").append(value).append("\n");
            trailers_.emplace_back(std::move(name), std::move(value));
        }
        if (trailers_.size() != options_.announced.size()) throw malformed_trailer();
        if (verifier_ && !options_.announced.empty()) verifier_->check_trailer(signed_lines, signature);
        while (!(co_await inner_.next()).empty()) {
        }
        state_ = State::done;
    }

    ByteStream& inner_;
    ChunkedOptions options_;
    std::optional<ChunkVerifier> verifier_;
    std::optional<Digest> hash_;
    State state_ = State::size;
    std::string_view rest_;  // of inner_'s piece
    std::string line_;
    std::string signature_;  // of the chunk under way
    std::uint64_t left_ = 0;
    std::uint64_t delivered_ = 0;
    std::uint64_t last_size_ = 0;
    std::uint64_t chunks_ = 0;
    std::vector<std::pair<std::string, std::string>> trailers_;
};

class HashCheckedStream final : public ByteStream, public HashedBody {
public:
    HashCheckedStream(ByteStream& inner, std::string expected)
        : inner_(inner), expected_(lower_case(expected)) {}
    std::optional<std::uint64_t> length() const override { return inner_.length(); }
    Task<std::string_view> next() override {
        const std::string_view piece = co_await inner_.next();
        if (!checks_) co_return piece;
        if (!hash_) hash_.emplace(DigestKind::sha256);
        if (!piece.empty()) {
            hash_->update(piece);
        } else {
            checks_ = false;
            const std::string computed = hash_->finish();
            check(computed);
        }
        co_return piece;
    }
    void leave_check_to_reader() override { checks_ = false; }
    void check(std::string_view computed) const override {
        const std::string hex = hex_encode(computed);
        if (hex == expected_) return;
        throw Error("XAmzContentSHA256Mismatch", 400,
                    "The provided 'x-amz-content-sha256' header does not match what was computed.")
            .with("ClientComputedContentSHA256", expected_)
            .with("S3ComputedContentSHA256", hex);
    }

private:
    ByteStream& inner_;
    std::string expected_;
    bool checks_ = true;          // false: done, or left to the reader
    std::optional<Digest> hash_;  // from the first piece on: most readers compute it themselves
};

std::vector<std::string> announced_trailers(const RequestParts& request) {
    std::vector<std::string> names;
    const std::string* header = find_header(request.headers, "x-amz-trailer");
    if (header == nullptr) return names;
    for (std::string_view rest = *header; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        const std::string_view name = trimmed(rest.substr(0, comma), kWhitespace);
        if (!name.empty()) names.push_back(lower_case(name));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return names;
}

std::uint64_t decoded_length(const RequestParts& request) {
    const std::string* header = find_header(request.headers, "x-amz-decoded-content-length");
    std::uint64_t length = 0;
    if (header != nullptr && !header->empty()) {
        const auto [end, code] = std::from_chars(header->data(), header->data() + header->size(), length);
        if (code == std::errc() && end == header->data() + header->size()) return length;
    }
    throw missing_content_length();
}

constexpr std::string_view kHashOfNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

bool is_hash(std::string_view text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
}

}  // namespace

Error missing_content_length() {
    return {"MissingContentLength", 411, "You must provide the Content-Length HTTP header."};
}

std::unique_ptr<ByteStream> make_chunked_stream(ByteStream& inner, ChunkedOptions options) {
    return std::make_unique<ChunkedStream>(inner, std::move(options));
}

std::unique_ptr<ByteStream> make_hash_checked_stream(ByteStream& inner, std::string expected_hex) {
    return std::make_unique<HashCheckedStream>(inner, std::move(expected_hex));
}

std::unique_ptr<ByteStream> unwrap_s3_payload(ByteStream& body, const RequestParts& request,
                                              const Credential& credential,
                                              std::optional<std::string_view> secret) {
    const std::string_view mode = credential.payload_hash;
    if (mode.empty() || mode == "UNSIGNED-PAYLOAD") return nullptr;
    if (is_hash(mode)) {
        // What has no body is sent with its hash too, and is by far the most.
        if (body.length() == 0 && mode == kHashOfNothing) return nullptr;
        return make_hash_checked_stream(body, std::string(mode));
    }
    const bool unsigned_chunks = mode == "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
    const bool hmac =
        mode == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" || mode == "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    const bool ecdsa = mode == "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD" ||
                       mode == "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER";
    if (!unsigned_chunks && !hmac && !ecdsa) {
        throw Error(
            "InvalidArgument", 400,
            "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, "
            "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a "
            "valid sha256 value.")
            .with("ArgumentName", "x-amz-content-sha256")
            .with("ArgumentValue", std::string(mode));
    }
    ChunkedOptions options;
    options.decoded_length = decoded_length(request);
    if (mode.ends_with("-TRAILER")) options.announced = announced_trailers(request);
    if (hmac && secret && credential.is_v4()) {
        options.signing =
            ChunkSigning{signing_key(*secret, credential.date, credential.region, credential.service),
                         std::string(credential.timestamp), scope_text(credential),
                         std::string(credential.signature), std::string(credential.access_key)};
    }
    return make_chunked_stream(body, std::move(options));
}

}  // namespace fogbank::auth
