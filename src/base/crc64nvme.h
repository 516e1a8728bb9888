// CRC64NVME: reflected, polynomial 0x9A6C9329AC4BC9B5 in that order of bits (NVM Express, as S3 uses it).
#pragma once

#include <cstdint>
#include <string_view>

namespace fogbank {

// The CRC of what gave `crc` and then `bytes`; 0 for nothing. Carry-less multiplication where the processor
// has it.
std::uint64_t crc64nvme(std::uint64_t crc, std::string_view bytes);

// The same by tables, on any processor.
std::uint64_t crc64nvme_by_tables(std::uint64_t crc, std::string_view bytes);

}  // namespace fogbank
