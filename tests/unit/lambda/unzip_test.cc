#include "services/lambda/code_store/unzip.h"
#include "tests/unit/lambda/zip_writer.h"

#include <catch2/catch.hpp>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace fogbank::lambda {

namespace fs = std::filesystem;
using test::ZipWriter;

namespace {

struct Folder {
    fs::path outer = fs::temp_directory_path() / "fogbank-unzip-XXXXXX";
    fs::path path;
    Folder() {
        std::string name = outer.string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        outer = name;
        path = outer / "code";
        fs::create_directory(path);
    }
    ~Folder() { fs::remove_all(outer); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    Unpacked unpack(const std::string& zip, std::uint64_t limit = 1 << 20) const {
        return unzip(zip, path.string(), limit);
    }
    std::string text(const std::string& name) const {
        std::ifstream file(path / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    // Nothing may appear beside the folder.
    std::size_t siblings() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(outer), fs::directory_iterator()));
    }
};

int mode_of(const fs::path& path) {
    struct stat found {};
    REQUIRE(::lstat(path.c_str(), &found) == 0);
    return static_cast<int>(found.st_mode & 07777);
}

}  // namespace

TEST_CASE("A package's files, folders and permissions are unpacked") {
    Folder folder;
    const Unpacked unpacked = folder.unpack(ZipWriter()
                                                .add("app.py", "x = 1\n")
                                                .add("lib/", "", 0040755)
                                                .add("lib/deep/tool", "#!/bin/sh\n", 0100755)
                                                .add("none", "no permissions", 0)
                                                .add("gr\xC3\xBC\xC3\x9F.txt", "utf-8")
                                                .finish());
    CHECK(unpacked.files == 4);
    CHECK(unpacked.bytes == 6 + 10 + 14 + 5);
    CHECK(folder.text("app.py") == "x = 1\n");
    CHECK(folder.text("gr\xC3\xBC\xC3\x9F.txt") == "utf-8");
    CHECK(mode_of(folder.path / "app.py") == 0644);
    CHECK(mode_of(folder.path / "lib/deep/tool") == 0755);
    CHECK((mode_of(folder.path / "none") & 0444) == 0444);
}

TEST_CASE("Set-user-id does not survive unpacking") {
    Folder folder;
    folder.unpack(ZipWriter().add("tool", "x", 0104755).finish());
    CHECK(mode_of(folder.path / "tool") == 0755);
}

TEST_CASE("An entry whose name leaves the folder is refused and writes nothing outside") {
    const std::string name =
        GENERATE(as<std::string>(), "../evil", "a/../../evil", "/etc/evil", "a/b/../../../evil");
    Folder folder;
    CHECK_THROWS_AS(folder.unpack(ZipWriter().add(name, "x").finish()), BadArchive);
    CHECK(folder.siblings() == 1);
}

TEST_CASE("A symbolic link that stays inside is kept") {
    Folder folder;
    folder.unpack(
        ZipWriter().add("lib/real.txt", "real").add("bin/link", "../lib/real.txt", 0120777).finish());
    CHECK(fs::is_symlink(folder.path / "bin/link"));
    CHECK(folder.text("bin/link") == "real");
}

TEST_CASE("A symbolic link that leaves the folder, or could through another link, is refused") {
    const std::string target =
        GENERATE(as<std::string>(), "/etc/passwd", "..", "../../x", "a/../../..", "d/..", "");
    Folder folder;
    CHECK_THROWS_AS(folder.unpack(ZipWriter().add("link", target, 0120777).finish()), BadArchive);
}

TEST_CASE("No file is written through a link of the same archive") {
    Folder folder;
    // The link would point at the folder's own parent, were it made before the file.
    CHECK_THROWS_AS(folder.unpack(ZipWriter().add("out", "..", 0120777).add("out/evil", "x").finish()),
                    BadArchive);
    CHECK(folder.siblings() == 1);
    Folder second;
    CHECK_THROWS_AS(second.unpack(ZipWriter().add("in", "sub", 0120777).add("in/file", "x").finish()),
                    BadArchive);
}

TEST_CASE("Of devices, pipes and sockets nothing but a plain file can come out") {
    const std::uint32_t mode = GENERATE(0010644U, 0020644U, 0060644U, 0140644U);
    Folder folder;
    try {
        folder.unpack(ZipWriter().add("thing", "", mode).finish());
        CHECK(fs::is_regular_file(fs::symlink_status(folder.path / "thing")));
    } catch (const BadArchive&) {
        CHECK_FALSE(fs::exists(fs::symlink_status(folder.path / "thing")));
    }
}

TEST_CASE("An archive that unpacks to more than the limit is refused at the limit") {
    Folder folder;
    const std::string zip =
        ZipWriter().add("a", std::string(600, 'a')).add("b", std::string(600, 'b')).finish();
    CHECK_THROWS_AS(folder.unpack(zip, 1000), ArchiveTooLarge);
    Folder other;
    CHECK(other.unpack(zip, 1200).bytes == 1200);
}

TEST_CASE("What is no zip archive, or a damaged one, is refused") {
    Folder folder;
    CHECK_THROWS_AS(folder.unpack("this is not a zip"), BadArchive);
    CHECK_THROWS_AS(folder.unpack(std::string(22, '\0')), BadArchive);
    std::string damaged = ZipWriter().add("a", "hello hello hello").finish();
    damaged[40] ^= 0x55;  // a byte of the data: the checksum no longer fits
    Folder other;
    CHECK_THROWS_AS(other.unpack(damaged), BadArchive);
}

TEST_CASE("The later of two entries of one name wins") {
    Folder folder;
    folder.unpack(ZipWriter().add("a", "first").add("a", "second").finish());
    CHECK(folder.text("a") == "second");
}

}  // namespace fogbank::lambda
