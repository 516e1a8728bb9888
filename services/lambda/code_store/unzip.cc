#include "services/lambda/code_store/unzip.h"

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <locale.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace fogbank::lambda {

namespace {

constexpr std::size_t kDepthLimit = 64;       // folders below each other
constexpr std::size_t kEntryLimit = 200'000;  // a package of 250 MB holds fewer

struct CloseArchive {
    void operator()(archive* handle) const { archive_read_free(handle); }
};
using Archive = std::unique_ptr<archive, CloseArchive>;

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

// libarchive converts names to the thread's locale, and loses those that the C locale cannot say.
class Utf8Locale {
public:
    Utf8Locale() : own_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (own_ != nullptr) before_ = ::uselocale(own_);
    }
    ~Utf8Locale() {
        if (own_ == nullptr) return;
        ::uselocale(before_);
        ::freelocale(own_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

private:
    locale_t own_;
    locale_t before_ = nullptr;
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

    void take(archive* handle, archive_entry* entry) {
        const char* const name = archive_entry_pathname(entry);
        const std::optional<Path> path = name == nullptr ? std::nullopt : components(name);
        if (!path) throw BadArchive("an entry's name leaves the folder");
        if (path->empty()) return;
        if (++entries_ > kEntryLimit) throw ArchiveTooLarge("too many entries");
        if (archive_entry_hardlink(entry) != nullptr) throw BadArchive("a hard link");
        switch (archive_entry_filetype(entry)) {
            case AE_IFDIR:
                open_folder(*path, path->size());
                return;
            case AE_IFLNK:
                keep_link(*path, archive_entry_symlink(entry));
                return;
            case AE_IFREG:
                write_file(handle, *path, archive_entry_perm(entry));
                return;
            default:
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

    void keep_link(const Path& path, const char* target) {
        if (target == nullptr || !stays_inside(target, path.size() - 1)) {
            throw BadArchive("a symbolic link leaves the folder");
        }
        links_.emplace_back(path, target);
    }

    void write_file(archive* handle, const Path& path, mode_t permissions) {
        const File folder = open_folder(path, path.size() - 1);
        const char* const name = path.back().c_str();
        ::unlinkat(folder.get(), name, 0);  // a later entry of the same name wins
        const File file(
            ::openat(folder.get(), name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
        if (!file) throw BadArchive("a file collides with a folder");
        std::array<char, 64 * 1024> buffer;
        for (;;) {
            const la_ssize_t size = archive_read_data(handle, buffer.data(), buffer.size());
            if (size < 0) throw BadArchive("damaged data");
            if (size == 0) break;
            total_.bytes += static_cast<std::uint64_t>(size);
            if (total_.bytes > byte_limit_) throw ArchiveTooLarge("too many bytes");
            write_all(file.get(), {buffer.data(), static_cast<std::size_t>(size)});
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
    const Utf8Locale utf8;
    const Archive handle(archive_read_new());
    archive_read_support_format_zip_seekable(handle.get());
    if (archive_read_open_memory(handle.get(), zip.data(), zip.size()) != ARCHIVE_OK) {
        throw BadArchive("no zip archive");
    }
    Unpacker unpacker(folder, byte_limit);
    for (;;) {
        archive_entry* entry = nullptr;
        const int result = archive_read_next_header(handle.get(), &entry);
        if (result == ARCHIVE_EOF) return unpacker.finish();
        if (result != ARCHIVE_OK && result != ARCHIVE_WARN) throw BadArchive("a damaged directory");
        unpacker.take(handle.get(), entry);
    }
}

}  // namespace fogbank::lambda
