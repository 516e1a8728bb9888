// The blob store on a file system: folder/<2 hex>/<boot>-<number>.
#include "src/base/faults.h"
#include "src/base/log.h"
#include "src/store/blob_file.h"
#include "src/store/blob_store.h"
#include "src/store/blob_sweep.h"
#include "src/store/state_folder.h"
#include "src/store/work_pool.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <filesystem>
#include <mutex>
#include <optional>

namespace fogbank::store {
namespace {

constexpr std::size_t kPoolThreads = 2;
constexpr std::size_t kPoolQueue = 100'000;
constexpr std::size_t kPoolPiece = 64 * 1024;  // smaller pieces cost less than a change of threads
constexpr unsigned kShards = 256;
constexpr std::size_t kForgetLimit = 64;  // trash rows that one transaction removes on the side

class FileBlobStore final : public BlobStore {
public:
    FileBlobStore(std::string folder, Database& database, Durability durability)
        : database_(database), durability_(durability), pool_("blob", kPoolThreads, kPoolQueue) {
        if (durability == Durability::memory) temporary_.emplace(folder, StateFolder::Lifetime::temporary);
        folder_ = temporary_ ? temporary_->path() : std::move(folder);
        std::filesystem::create_directories(folder_);
    }

    Task<StoredBytes> put(ByteStream& stream, std::span<Digest> digests, std::uint64_t limit,
                          const Error& too_large) override;
    std::string path(const BlobId& blob) const override;
    std::unique_ptr<ByteStream> open(const BlobId& blob, std::uint64_t offset,
                                     std::uint64_t length) override {
        return open_blob_file(path(blob), offset, length, pool_);
    }
    void erase(Txn& txn, const BlobId& blob) override;
    void retain(Txn& txn, const BlobId& blob) override;
    void discard(const BlobId& blob) override;
    void add_reference_query(const char* sql) override { reference_queries_.push_back(sql); }
    void sweep() override;

private:
    Task<void> write_rest(BlobFile& file, ByteStream& stream, std::span<Digest> digests, StoredBytes& stored,
                          std::uint64_t limit, const Error& too_large);
    BlobId next_id() { return fmt::format("{}-{}", database_.boot(), next_++); }
    void in_background(std::function<void()> work);
    void unlink_trashed(const BlobId& blob);
    void forget_unlinked(Txn& txn);

    Database& database_;
    const Durability durability_;
    std::optional<StateFolder> temporary_;  // with Durability::memory
    std::string folder_;
    std::vector<const char*> reference_queries_;
    std::atomic<std::uint64_t> next_{1};
    std::mutex mutex_;
    std::vector<BlobId> unlinked_;  // whose trash rows wait for the next erase()
    WorkPool pool_;
};

void feed(std::span<Digest> digests, std::string_view piece) {
    for (Digest& digest : digests) digest.update(piece);
}

Task<StoredBytes> FileBlobStore::put(ByteStream& stream, std::span<Digest> digests, std::uint64_t limit,
                                     const Error& too_large) {
    StoredBytes stored;
    auto length = stream.length();
    if (length && *length > limit) throw too_large;
    std::string& head = stored.inline_bytes;
    if (!length || *length <= kInlineLimit) {
        if (length) head.reserve(*length);
        while (head.size() <= kInlineLimit) {
            std::string_view piece = co_await stream.next();
            if (piece.empty()) {
                stored.size = head.size();
                co_return stored;
            }
            if (head.size() + piece.size() > limit) throw too_large;
            feed(digests, piece);
            head.append(piece);
        }
    }
    BlobId id = next_id();
    BlobFile file(path(id));
    file.write(head);
    stored.size = head.size();
    std::string().swap(head);
    co_await write_rest(file, stream, digests, stored, limit, too_large);
    if (durability_ == Durability::power) {
        const std::function<void()> finish = [&] { file.finish(BlobFile::Sync::disk); };
        co_await pool_.run_and_wait(finish);
    } else {
        file.finish(BlobFile::Sync::none);
    }
    Faults::hit(FaultPoint::blob_written);
    stored.blob = std::move(id);
    co_return stored;
}

// Digests and writes of large pieces burn and may block: they leave the I/O thread.
Task<void> FileBlobStore::write_rest(BlobFile& file, ByteStream& stream, std::span<Digest> digests,
                                     StoredBytes& stored, std::uint64_t limit, const Error& too_large) {
    std::string_view piece;
    const std::function<void()> take = [&] {
        feed(digests, piece);
        file.write(piece);
    };
    while (true) {
        piece = co_await stream.next();
        if (piece.empty()) co_return;
        if (stored.size + piece.size() > limit) throw too_large;
        stored.size += piece.size();
        if (piece.size() >= kPoolPiece) {
            co_await pool_.run_and_wait(take);
        } else {
            take();
        }
    }
}

std::string FileBlobStore::path(const BlobId& blob) const {
    std::uint64_t number = 0;
    std::size_t dash = blob.find('-');
    if (dash != std::string::npos) {
        std::from_chars(blob.data() + dash + 1, blob.data() + blob.size(), number);
    }
    return fmt::format("{}/{:02x}/{}", folder_, number % kShards, blob);
}

void FileBlobStore::in_background(std::function<void()> work) {
    pool_.run([work = std::move(work)] {
        try {
            work();
        } catch (const std::exception& e) {
            log::warning("a blob could not be removed; a later start tries again", {{"what", e.what()}});
        }
    });
}

void FileBlobStore::unlink_trashed(const BlobId& blob) {
    Faults::hit(FaultPoint::blob_unlink);
    ::unlink(path(blob).c_str());  // gone already is as good
    std::scoped_lock lock(mutex_);
    unlinked_.push_back(blob);
}

// Rows of the trash whose files are gone leave with the next transaction that comes by: an own one would cost
// a commit, and a row that stays behind costs one unlink at the next start.
void FileBlobStore::forget_unlinked(Txn& txn) {
    std::vector<BlobId> gone;
    {
        std::scoped_lock lock(mutex_);
        gone.assign(unlinked_.begin(), unlinked_.begin() + static_cast<std::ptrdiff_t>(
                                                               std::min(unlinked_.size(), kForgetLimit)));
    }
    if (gone.empty()) return;
    for (const BlobId& blob : gone) txn.execute("delete from blob_trash where blob = ?1", blob);
    txn.after_commit([this, gone] {
        std::scoped_lock lock(mutex_);
        std::erase_if(unlinked_, [&](const BlobId& blob) {
            return std::find(gone.begin(), gone.end(), blob) != gone.end();
        });
    });
}

void FileBlobStore::erase(Txn& txn, const BlobId& blob) {
    if (txn.execute("delete from blob_references where blob = ?1 and copies = 1", blob) > 0) return;
    if (txn.execute("update blob_references set copies = copies - 1 where blob = ?1", blob) > 0) return;
    txn.execute("insert into blob_trash (blob) values (?1) on conflict (blob) do nothing", blob);
    forget_unlinked(txn);
    txn.after_commit([this, blob] { in_background([this, blob] { unlink_trashed(blob); }); });
}

void FileBlobStore::retain(Txn& txn, const BlobId& blob) {
    txn.execute(
        "insert into blob_references (blob, copies) values (?1, 1) "
        "on conflict (blob) do update set copies = blob_references.copies + 1",
        blob);
}

void FileBlobStore::discard(const BlobId& blob) {
    in_background([file = path(blob)] { ::unlink(file.c_str()); });
}

void FileBlobStore::sweep() {
    in_background([this] {
        auto trash = database_.read([](ReadTxn& txn) {
            std::vector<BlobId> blobs;
            for (const auto& row : txn.query("select blob from blob_trash")) blobs.emplace_back(row.text(0));
            return blobs;
        });
        for (const BlobId& blob : trash) unlink_trashed(blob);
        sweep_blob_files(folder_, database_, reference_queries_);
    });
}

}  // namespace

std::unique_ptr<BlobStore> open_blob_store(std::string folder, Database& database, Durability durability) {
    return std::make_unique<FileBlobStore>(std::move(folder), database, durability);
}

std::span<const Migration> blob_store_migrations() {
    static constexpr Migration kMigrations[] = {
        {"blobs", 1,
         "create table blob_trash (blob text not null primary key) without rowid;"
         "create table blob_references (blob text not null primary key, copies integer not null) without "
         "rowid;"}};
    return kMigrations;
}

}  // namespace fogbank::store
