// multipart/form-data as S3 reads it: fields up to the one named "file", whose bytes are streamed; what comes
// after the file is ignored. docs: S3 API Reference, "POST Object".
#pragma once

#include "src/base/byte_stream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fogbank::s3::post {

inline constexpr std::size_t kFieldsLimit = 20'480;  // bytes in front of the file; docs: "POST Object"

// Names as sent; S3 compares them without regard to case.
using Fields = std::vector<std::pair<std::string, std::string>>;

// The value of the field, or null.
const std::string* find_field(const Fields& fields, std::string_view name);

// The boundary of a Content-Type header; nothing where it is no multipart/form-data with one.
std::optional<std::string> form_boundary(std::string_view content_type);

// Takes a body in pieces of any size.
class FormScanner {
public:
    explicit FormScanner(std::string_view boundary);
    // Throws MalformedPOSTRequest and MaxPostPreDataLengthExceeded.
    void feed(std::string_view piece);
    // The body has ended; throws where the form has not.
    void finish() const;

    bool at_file() const { return state_ == State::file || state_ == State::epilogue; }
    bool ended() const { return state_ == State::epilogue; }
    bool has_file() const { return has_file_; }
    const Fields& fields() const { return fields_; }
    const std::string& file_name() const { return file_name_; }  // as sent
    // The bytes of the file that came since the last call.
    std::string take_file();

private:
    enum class State : std::uint8_t { preamble, delimiter, headers, field, file, epilogue };
    bool step();  // false: more bytes are needed
    bool skip_preamble();
    bool read_delimiter();
    bool read_headers();
    bool read_field();
    bool read_file();
    void drop(std::size_t size);  // from the front of the buffer

    std::string delimiter_;  // "\r\n--boundary"
    std::string buffer_;
    std::size_t taken_ = 0;  // bytes in front of the file
    State state_ = State::preamble;
    Fields fields_;
    std::string name_;  // of the field under way
    std::string file_name_;
    std::string file_;
    bool has_file_ = false;
};

struct SizeRange {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

// The file of a form as a stream. Throws EntityTooLarge and EntityTooSmall where a range is given.
class FormFile final : public ByteStream {
public:
    FormFile(ByteStream& body, FormScanner& scanner, std::optional<SizeRange> range)
        : body_(body), scanner_(scanner), range_(range) {}
    Task<std::string_view> next() override;
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    ByteStream& body_;
    FormScanner& scanner_;
    std::optional<SizeRange> range_;
    std::string piece_;
    std::uint64_t size_ = 0;
};

}  // namespace fogbank::s3::post
