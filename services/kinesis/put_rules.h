// What a record must satisfy before it is written.
#pragma once

#include "services/kinesis/store/streams.h"

#include <optional>
#include <string>
#include <string_view>

namespace fogbank::kinesis {

// aws: "Each PutRecords request can support ... up to a limit of 10 MiB for the entire request, including
// partition keys" (docs: PutRecords; 5 MiB before 2025).
inline constexpr std::size_t kRequestBytes = 10u << 20;

// The hash key that chooses the shard. Throws InvalidArgumentException where `explicit_key` is 2^128 or more.
HashKey choose_hash_key(const std::optional<std::string>& explicit_key, std::string_view partition_key);

// Throws ValidationException in the words of a constraint at `where` ("partitionKey",
// "records.1.member.partitionKey").
[[noreturn]] void throw_missing(const std::string& where);
// aws: the data and the key together must stay within the stream's record size (docs: PutRecord). `where`
// names the data.
void check_size(const Stream& stream, const std::string& where, std::string_view partition_key,
                std::string_view data);
// aws: DryRun "checks if your request will succeed" and answers with an error even then.
[[noreturn]] void throw_dry_run();

}  // namespace fogbank::kinesis
