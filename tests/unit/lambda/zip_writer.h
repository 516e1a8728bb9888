// Zip archives for tests, entry by entry, including those that no honest tool makes. Entries are stored.
#pragma once

#include "src/base/digest.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace fogbank::lambda::test {

class ZipWriter {
public:
    // `mode` as in stat: 0100644 a file, 0040755 a folder, 0120777 a link whose bytes are its target.
    ZipWriter& add(std::string_view name, std::string_view bytes, std::uint32_t mode = 0100644) {
        const std::uint32_t offset = static_cast<std::uint32_t>(data_.size());
        const std::uint32_t crc = crc32(bytes);
        const auto size = static_cast<std::uint32_t>(bytes.size());
        const auto name_size = static_cast<std::uint32_t>(name.size());
        number(data_, 0x04034b50, 4);
        fields(data_, crc, size, name_size);
        number(data_, 0, 2);  // extra
        data_ += name;
        data_ += bytes;

        number(directory_, 0x02014b50, 4);
        number(directory_, (3 << 8) | 20, 2);  // made on Unix
        fields(directory_, crc, size, name_size);
        number(directory_, 0, 2);  // extra
        number(directory_, 0, 2);  // comment
        number(directory_, 0, 2);  // disk
        number(directory_, 0, 2);  // internal attributes
        number(directory_, mode << 16, 4);
        number(directory_, offset, 4);
        directory_ += name;
        ++entries_;
        return *this;
    }

    std::string finish() const {
        std::string result = data_ + directory_;
        number(result, 0x06054b50, 4);
        number(result, 0, 4);
        number(result, entries_, 2);
        number(result, entries_, 2);
        number(result, static_cast<std::uint32_t>(directory_.size()), 4);
        number(result, static_cast<std::uint32_t>(data_.size()), 4);
        number(result, 0, 2);
        return result;
    }

private:
    static void number(std::string& out, std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
    }
    // From "version needed" to the length of the name.
    static void fields(std::string& out, std::uint32_t crc, std::uint32_t size, std::uint32_t name_size) {
        number(out, 20, 2);
        number(out, 0x0800, 2);  // names are UTF-8
        number(out, 0, 2);       // stored
        number(out, 0, 4);       // time and date
        number(out, crc, 4);
        number(out, size, 4);
        number(out, size, 4);
        number(out, name_size, 2);
    }

    std::string data_, directory_;
    std::uint32_t entries_ = 0;
};

}  // namespace fogbank::lambda::test
