#include "services/lambda/code_store/unzip.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <span>
#include <system_error>
#include <utility>
#include <vector>

namespace fogbank::lambda {

namespace {

constexpr std::size_t kDepthLimit = 64;       // folders below each other
constexpr std::size_t kEntryLimit = 200'000;  // a package of 250 MB holds fewer

constexpr std::size_t kLinkLimit = 4096;  // bytes of a link's target: Linux's PATH_MAX

struct CloseZip {
    void operator()(zip_t* archive) const { zip_discard(archive); }
    void operator()(zip_file_t* file) const { zip_fclose(file); }
};
using Zip = std::unique_ptr<zip_t, CloseZip>;
using ZipFile = std::unique_ptr<zip_file_t, CloseZip>;

class File {
public:
    explicit File(int number) : number_(number) {}
    ~File() {
        if (number_ >= 0) ::close(number_);
    }
    File(File&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    File& operator=(File&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_;
};

using Path = std::vector<std::string>;

// The components of an entry's name; nothing where it is absolute or climbs.
std::optional<Path> components(std::string_view name) {
    if (name.empty() || name.front() == '/' || name.find('\0') != std::string_view::npos) return std::nullopt;
    Path result;
    while (!name.empty()) {
        const std::size_t slash = name.find('/');
        const std::string_view part = name.substr(0, slash);
        name = slash == std::string_view::npos ? std::string_view() : name.substr(slash + 1);
        if (part.empty() || part == ".") continue;
        if (part == "..") return std::nullopt;
        result.emplace_back(part);
    }
    if (result.size() > kDepthLimit) return std::nullopt;
    return result;
}

// A link's target may climb first and descend then; climbing after a name could pass through another link.
bool stays_inside(std::string_view target, std::size_t depth) {
    if (target.empty() || target.front() == '/') return false;
    bool descended = false;
    while (!target.empty()) {
        const std::size_t slash = target.find('/');
        const std::string_view part = target.substr(0, slash);
        target = slash == std::string_view::npos ? std::string_view() : target.substr(slash + 1);
        if (part.empty() || part == ".") continue;
        if (part != "..") {
            descended = true;
            continue;
        }
        if (descended || depth == 0) return false;
        --depth;
    }
    return true;
}

class Unpacker {
public:
    Unpacker(const std::string& folder, std::uint64_t byte_limit)
        : root_(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)), byte_limit_(byte_limit) {
        if (!root_) throw std::system_error(errno, std::generic_category(), folder);
    }

    void take(zip_t* archive, zip_uint64_t index) {
        const char* const name = zip_get_name(archive, index, ZIP_FL_ENC_GUESS);
        const std::optional<Path> path = name == nullptr ? std::nullopt : components(name);
        if (!path) throw BadArchive("an entry's name leaves the folder");
        if (path->empty()) return;
        if (++entries_ > kEntryLimit) throw ArchiveTooLarge("too many entries");
        const mode_t mode = mode_of(archive, index);
        if (std::string_view(name).ends_with('/') || S_ISDIR(mode)) {
            open_folder(*path, path->size());
            return;
        }
        const ZipFile file(zip_fopen_index(archive, index, 0));
        if (!file) throw BadArchive("an entry that is encrypted, or compressed in an unknown way");
        if (S_ISLNK(mode)) {
            keep_link(*path, *file);
        } else if ((mode & S_IFMT) == 0 || S_ISREG(mode)) {
            write_file(*file, *path, mode);
        } else {
            throw BadArchive("an entry that is no file, folder or link");
        }
    }

    // Links come last, so that no file is written through one.
    Unpacked finish() {
        for (const auto& [path, target] : links_) {
            const File folder = open_folder(path, path.size() - 1);
            if (::symlinkat(target.c_str(), folder.get(), path.back().c_str()) != 0) {
                throw BadArchive("a link that collides with a file");
            }
        }
        return total_;
    }

private:
    // Opens, and makes where missing, the folder of the first `count` components. Never follows a link.
    File open_folder(const Path& path, std::size_t count) {
        File at(::dup(root_.get()));
        for (std::size_t i = 0; i < count; ++i) {
            const char* const name = path[i].c_str();
            if (::mkdirat(at.get(), name, 0755) != 0 && errno != EEXIST) {
                throw std::system_error(errno, std::generic_category(), path[i]);
            }
            File next(::openat(at.get(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
            if (!next) throw BadArchive("a file stands where a folder is named");
            at = std::move(next);
        }
        return at;
    }

    // Type and permissions, where the zip comes from a system that has them; else 0.
    static mode_t mode_of(zip_t* archive, zip_uint64_t index) {
        zip_uint8_t system = 0;
        zip_uint32_t attributes = 0;
        zip_file_get_external_attributes(archive, index, 0, &system, &attributes);
        const bool unix_like = system == ZIP_OPSYS_UNIX || system == ZIP_OPSYS_OS_X;
        return unix_like ? static_cast<mode_t>(attributes >> 16) : 0;
    }

    static std::size_t read_piece(zip_file_t& file, std::span<char> buffer) {
        const zip_int64_t size = zip_fread(&file, buffer.data(), buffer.size());
        if (size < 0) throw BadArchive("damaged data");
        return static_cast<std::size_t>(size);
    }

    void keep_link(const Path& path, zip_file_t& file) {
        std::string target(kLinkLimit + 1, '\0');
        std::size_t length = 0;
        while (const std::size_t size = read_piece(file, std::span(target).subspan(length))) length += size;
        target.resize(length);
        if (length > kLinkLimit || target.find('\0') != std::string::npos ||
            !stays_inside(target, path.size() - 1)) {
            throw BadArchive("a symbolic link leaves the folder");
        }
        links_.emplace_back(path, std::move(target));
    }

    void write_file(zip_file_t& source, const Path& path, mode_t permissions) {
        const File folder = open_folder(path, path.size() - 1);
        const char* const name = path.back().c_str();
        ::unlinkat(folder.get(), name, 0);  // a later entry of the same name wins
        const File file(
            ::openat(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!file) throw BadArchive("a file collides with a folder");
        std::array<char, 64 * 1024> buffer;
        while (const std::size_t size = read_piece(source, buffer)) {
            total_.bytes += size;
            if (total_.bytes > byte_limit_) throw ArchiveTooLarge("too many bytes");
            write_all(file.get(), {buffer.data(), size});
        }
        // Zips made on systems without permissions say 0; aws: the runtime must be able to read the code.
        const mode_t mode = (permissions & 0777) == 0 ? 0644 : (permissions & 0777) | 0400;
        ::fchmod(file.get(), mode);
        ++total_.files;
    }

    static void write_all(int file, std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::write(file, bytes.data(), bytes.size());
            if (size < 0 && errno == EINTR) continue;
            if (size < 0) throw std::system_error(errno, std::generic_category(), "write");
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
    }

    File root_;
    std::uint64_t byte_limit_;
    std::size_t entries_ = 0;
    Unpacked total_;
    std::vector<std::pair<Path, std::string>> links_;
};

}  // namespace

Unpacked unzip(std::string_view zip, const std::string& folder, std::uint64_t byte_limit) {
    zip_source_t* const source = zip_source_buffer_create(zip.data(), zip.size(), 0, nullptr);
    if (source == nullptr) throw std::bad_alloc();
    const Zip archive(zip_open_from_source(source, ZIP_RDONLY, nullptr));
    if (!archive) {
        zip_source_free(source);
        throw BadArchive("no zip archive");
    }
    Unpacker unpacker(folder, byte_limit);
    const zip_int64_t entries = zip_get_num_entries(archive.get(), 0);
    for (zip_int64_t i = 0; i < entries; ++i) unpacker.take(archive.get(), static_cast<zip_uint64_t>(i));
    return unpacker.finish();
}

}  // namespace fogbank::lambda
