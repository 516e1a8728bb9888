// The parts an object was made of, kept as JSON in its row: [[size, "checksum"], ...].
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fogbank::s3 {

struct ObjectPart {
    std::int64_t size = 0;
    std::string checksum;  // base64; empty: none
};

std::string parts_to_json(const std::vector<ObjectPart>& parts);
std::vector<ObjectPart> parts_from_json(std::string_view text);

}  // namespace fogbank::s3
