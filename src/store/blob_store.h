// Object bytes that are too large for a row: files, complete before the row that names them.
#pragma once

#include "src/base/byte_stream.h"
#include "src/base/digest.h"
#include "src/store/database.h"

#include <memory>
#include <span>
#include <string>
#include <vector>

namespace fogbank::store {

inline constexpr std::uint64_t kInlineLimit = 64 * 1024;  // bytes; at and below it a body lives in its row

// Names a file of the store: "<boot>-<number>". Opaque to services; kept in their rows.
using BlobId = std::string;

struct StoredBytes {
    std::string inline_bytes;  // where size <= kInlineLimit
    BlobId blob;               // else; empty otherwise
    std::uint64_t size = 0;
};

class BlobStore {
public:
    virtual ~BlobStore() = default;
    // Reads `stream` to its end, feeding every digest on the way; memory stays flat. A file that no row names
    // after this boot is swept at the next one. Throws Error(EntityTooLarge) via `too_large` above `limit`
    // bytes.
    virtual Task<StoredBytes> put(ByteStream& stream, std::span<Digest> digests, std::uint64_t limit,
                                  const Error& too_large) = 0;
    // The path of a blob, for sendfile and for reading; opening it keeps it readable after erase().
    virtual std::string path(const BlobId& blob) const = 0;
    virtual std::unique_ptr<ByteStream> open(const BlobId& blob, std::uint64_t offset,
                                             std::uint64_t length) = 0;
    // In the transaction that drops a row: its blob goes to the trash and is unlinked after the commit.
    virtual void erase(Txn& txn, const BlobId& blob) = 0;
    // Copies count references: one more erase() is needed.
    virtual void retain(Txn& txn, const BlobId& blob) = 0;
    // A file that was written and then refused (a failed precondition): gone at once.
    virtual void discard(const BlobId& blob) = 0;
    // Before sweep(): a literal query that lists every blob id which rows of a service name, such as "select
    // blob from s3_object where blob is not null". Each service that keeps blob ids gives its own.
    virtual void add_reference_query(const char* sql) = 0;
    // Starts, in the background, to unlink what earlier boots left without a reference: the trash, unfinished
    // files and, where reference queries were given, files that no row names.
    virtual void sweep() = 0;
};

std::unique_ptr<BlobStore> open_blob_store(std::string folder, Database& database, Durability durability);
std::span<const Migration> blob_store_migrations();

}  // namespace fogbank::store
