#include "services/s3/post/form.h"

#include "services/s3/errors.h"
#include "src/base/text.h"

#include <algorithm>

namespace fogbank::s3::post {

namespace {

Error malformed() {
    return Error("MalformedPOSTRequest", 400,
                 "The body of your POST request is not well-formed multipart/form-data.");
}

// The parameter of a header such as `form-data; name="key"; filename="a.txt"`. A quoted value ends at its
// quote, whatever stands inside; a backslash escapes a quote.
std::optional<std::string> parameter(std::string_view header, std::string_view wanted) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos) {
        std::string_view rest = trimmed(header.substr(at + 1), kWhitespace);
        const std::size_t equals = rest.find_first_of("=;");
        if (equals == std::string_view::npos) return std::nullopt;
        header = rest.substr(equals);
        const std::string name = lower_case(trimmed(rest.substr(0, equals), kWhitespace));
        if (header.front() == ';') {
            at = 0;
            continue;
        }
        header.remove_prefix(1);
        std::string value;
        if (header.starts_with('"')) {
            std::size_t end = 1;
            while (end < header.size() && header[end] != '"') {
                if (header[end] == '\\' && end + 1 < header.size() && header[end + 1] == '"') ++end;
                value += header[end++];
            }
            header.remove_prefix(std::min(end + 1, header.size()));
        } else {
            value = trimmed(header.substr(0, header.find(';')), kWhitespace);
        }
        if (name == wanted) return value;
        at = header.find(';');
    }
    return std::nullopt;
}

}  // namespace

const std::string* find_field(const Fields& fields, std::string_view name) {
    const std::string wanted = lower_case(name);
    for (const auto& [each, value] : fields) {
        if (lower_case(each) == wanted) return &value;
    }
    return nullptr;
}

std::optional<std::string> form_boundary(std::string_view content_type) {
    if (lower_case(trimmed(content_type.substr(0, content_type.find(';')), kWhitespace)) !=
        "multipart/form-data")
        return std::nullopt;
    auto boundary = parameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 200) return std::nullopt;
    return boundary;
}

// The body is read as if a line had ended in front of it: every delimiter is the same then.
FormScanner::FormScanner(std::string_view boundary)
    : delimiter_("\r\n--" + std::string(boundary)), buffer_("\r\n") {}

void FormScanner::feed(std::string_view piece) {
    if (state_ == State::epilogue) return;
    buffer_.append(piece);
    while (step()) {
    }
    if (!at_file() && taken_ + buffer_.size() > kFieldsLimit + delimiter_.size()) {
        throw Error("MaxPostPreDataLengthExceededError", 400,
                    "Your POST request fields preceding the upload file were too large.")
            .with("MaxPostPreDataLengthBytes", std::to_string(kFieldsLimit));
    }
}

void FormScanner::finish() const {
    if (state_ != State::epilogue) throw malformed();
}

std::string FormScanner::take_file() {
    std::string out;
    out.swap(file_);
    return out;
}

void FormScanner::drop(std::size_t size) {
    buffer_.erase(0, size);
    if (state_ != State::file) taken_ += size;
}

bool FormScanner::step() {
    switch (state_) {
        case State::preamble:
            return skip_preamble();
        case State::delimiter:
            return read_delimiter();
        case State::headers:
            return read_headers();
        case State::field:
            return read_field();
        case State::file:
            return read_file();
        case State::epilogue:
            break;
    }
    return false;
}

bool FormScanner::skip_preamble() {
    const std::size_t at = buffer_.find(delimiter_);
    if (at == std::string::npos) return false;
    drop(at + delimiter_.size());
    state_ = State::delimiter;
    return true;
}

bool FormScanner::read_delimiter() {
    if (buffer_.size() < 2) return false;
    if (buffer_.starts_with("--")) {
        state_ = State::epilogue;
        buffer_.clear();
        return false;
    }
    if (!buffer_.starts_with("\r\n")) throw malformed();
    drop(2);
    state_ = State::headers;
    return true;
}

bool FormScanner::read_headers() {
    // A part without headers begins with the empty line that ends them.
    const std::size_t end = buffer_.starts_with("\r\n") ? 0 : buffer_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    std::optional<std::string> name;
    std::optional<std::string> file_name;
    for (std::string_view rest = std::string_view(buffer_).substr(0, end); !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find("\r\n"));
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) throw malformed();
        if (lower_case(trimmed(line.substr(0, colon), kWhitespace)) != "content-disposition") continue;
        const std::string_view value = trimmed(line.substr(colon + 1), kWhitespace);
        name = parameter(value, "name");
        file_name = parameter(value, "filename");
    }
    if (!name) throw malformed();
    drop(end == 0 ? 2 : end + 4);
    name_ = std::move(*name);
    has_file_ = lower_case(name_) == "file";
    state_ = has_file_ ? State::file : State::field;
    if (has_file_ && file_name) file_name_ = std::move(*file_name);
    return true;
}

bool FormScanner::read_field() {
    const std::size_t at = buffer_.find(delimiter_);
    if (at == std::string::npos) return false;
    fields_.emplace_back(std::move(name_), buffer_.substr(0, at));
    drop(at + delimiter_.size());
    state_ = State::delimiter;
    return true;
}

bool FormScanner::read_file() {
    const std::size_t at = buffer_.find(delimiter_);
    if (at != std::string::npos) {
        file_.append(buffer_, 0, at);
        buffer_.clear();
        state_ = State::epilogue;
        return false;
    }
    // What could be the beginning of a delimiter waits.
    if (buffer_.size() < delimiter_.size()) return false;
    const std::size_t certain = buffer_.size() - delimiter_.size() + 1;
    file_.append(buffer_, 0, certain);
    drop(certain);
    return false;
}

Task<std::string_view> FormFile::next() {
    while (true) {
        piece_ = scanner_.take_file();
        if (!piece_.empty()) {
            size_ += piece_.size();
            if (range_ && size_ > range_->most) throw entity_too_large(size_, range_->most);
            co_return std::string_view(piece_);
        }
        const std::string_view more = co_await body_.next();
        if (!more.empty()) {
            scanner_.feed(more);
            continue;
        }
        scanner_.finish();
        if (range_ && size_ < range_->least) {
            throw Error("EntityTooSmall", 400,
                        "Your proposed upload is smaller than the minimum allowed size")
                .with("ProposedSize", std::to_string(size_))
                .with("MinSizeAllowed", std::to_string(range_->least));
        }
        co_return std::string_view{};
    }
}

}  // namespace fogbank::s3::post
