// AWS's quotas and defaults (docs: "Lambda quotas", "Lambda API reference").
#pragma once

#include <cstddef>
#include <cstdint>

namespace fogbank::lambda {

inline constexpr std::uint64_t kZippedLimit = 52'428'800;  // "50 MB (zipped, when uploaded through the API)"
inline constexpr std::uint64_t kUnzippedLimit = 262'144'000;  // "250 MB (unzipped)"
inline constexpr std::size_t kSyncPayloadLimit = 6'291'456;   // "6 MB each for request and response"
inline constexpr std::size_t kResponseLimit =
    6'291'556;  // what the runtime may answer; aws names this number
inline constexpr std::size_t kAsyncPayloadLimit = 1'048'576;  // "1 MB (asynchronous)"
inline constexpr std::size_t kLogTailLimit = 4096;            // "the last 4 KB of the execution log"
inline constexpr std::size_t kEnvironmentLimit = 4096;        // "4 KB, for all environment variables"
inline constexpr std::size_t kPolicyLimit = 20'480;           // "20 KB" of a function's resource policy
inline constexpr std::size_t kTagLimit = 50;
inline constexpr int kDefaultTimeoutS = 3;
inline constexpr int kDefaultMemoryMb = 128;
inline constexpr int kInitTimeoutS = 10;        // "Init phase is limited to 10 seconds"
inline constexpr int kDefaultRetries = 2;       // of an asynchronous invocation
inline constexpr int kDefaultMaxAgeS = 21'600;  // "up to 6 hours"
inline constexpr int kListPage = 50;            // "ListFunctions returns a maximum of 50 items"
inline constexpr int kMappingPage = 100;
inline constexpr int kDefaultStreamBatch = 100;

}  // namespace fogbank::lambda
