#include <catch2/catch.hpp>

#include "services/s3/mount/paths.h"

namespace fogbank::s3::mount {

TEST_CASE("Only keys that stay inside a folder are files") {
    CHECK(file_of("/data", "a/b c.txt") == "/data/a/b c.txt");
    CHECK(file_of("/data", "..a/.b") == "/data/..a/.b");
    for (const std::string key :
         {"", "/a", "a/", "a//b", ".", "..", "a/../b", "./a", ".fogbank-x", "a/.fogbank-x"}) {
        INFO(key);
        CHECK_FALSE(file_of("/data", key));
    }
    CHECK_FALSE(can_be_file(std::string("a\0b", 3)));
    CHECK_FALSE(can_be_file(std::string(256, 'x')));
    CHECK(can_be_file(std::string(255, 'x') + "/" + std::string(255, 'y')));
}

}  // namespace fogbank::s3::mount
