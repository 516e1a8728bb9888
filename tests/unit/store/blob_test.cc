// Blobs: inline or file, digests, references, trash, what a start sweeps.
#include "src/base/bytes.h"
#include "src/base/faults.h"
#include "src/store/blob_store.h"
#include "tests/unit/store/support.h"

#include <catch2/catch.hpp>

#include <fstream>
#include <vector>

namespace fogbank::store::test {
namespace {

using Catch::Matchers::Contains;
namespace fs = std::filesystem;

const Error kTooLarge("EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed object size.");

// Gives `size` bytes in pieces of `piece`, without saying how many there will be, and breaks where told.
class PieceStream final : public ByteStream {
public:
    PieceStream(std::size_t size, std::size_t piece, std::size_t breaks_at = SIZE_MAX)
        : left_(size), piece_(piece, 'p'), breaks_at_(breaks_at) {}
    Task<std::string_view> next() override {
        if (given_ >= breaks_at_)
            throw Error("IncompleteBody", 400, "The request body terminated unexpectedly");
        std::size_t count = std::min(left_, piece_.size());
        left_ -= count;
        given_ += count;
        co_return std::string_view(piece_).substr(0, count);
    }
    std::optional<std::uint64_t> length() const override { return std::nullopt; }

private:
    std::size_t left_;
    std::size_t given_ = 0;
    std::string piece_;
    std::size_t breaks_at_;
};

struct Blobs {
    explicit Blobs(const std::string& folder, Durability durability = Durability::process)
        : database(test::open(folder, durability)) {
        database->migrate(blob_store_migrations());
        const Migration objects[] = {
            {"objects", 1, "create table object (k text not null primary key, blob text);"}};
        database->migrate(objects);
        store = open_blob_store(folder + "/blobs", *database, durability);
        store->add_reference_query("select blob from object where blob is not null");
    }
    StoredBytes put(ByteStream& stream, std::uint64_t limit = 1 << 30, std::span<Digest> digests = {}) {
        return wait_for([&]() -> Task<StoredBytes> {
            auto stored = co_await store->put(stream, digests, limit, kTooLarge);
            co_return stored;
        });
    }
    StoredBytes put_large() {
        PieceStream stream(200'000, 100'000);
        return put(stream);
    }
    void name(const BlobId& blob) {
        write(*database,
              [&](Txn& txn) { txn.execute("insert into object (k, blob) values (?1, ?1)", blob); });
    }
    void erase(const BlobId& blob) {
        write(*database, [&](Txn& txn) { store->erase(txn, blob); });
    }
    std::int64_t trash() {
        return database->read([](ReadTxn& txn) {
            auto rows = txn.query("select count(*) from blob_trash");
            return rows.next() ? rows->integer(0) : -1;
        });
    }
    // Waits for what runs in the background by closing the store, and opens it again.
    void settle(const std::string& folder) {
        store.reset();
        store = open_blob_store(folder + "/blobs", *database, Durability::process);
        store->add_reference_query("select blob from object where blob is not null");
    }
    std::unique_ptr<Database> database;
    std::unique_ptr<BlobStore> store;
};

std::size_t files_below(const std::string& folder) {
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        files += entry.is_regular_file() && entry.path().filename() != "swept" ? 1 : 0;
    }
    return files;
}

TEST_CASE("A body of 64 KiB is inline, one byte more is a file") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    PieceStream small(kInlineLimit, 10'000);
    StoredBytes in_row = blobs.put(small);
    CHECK(in_row.inline_bytes == std::string(kInlineLimit, 'p'));
    CHECK(in_row.blob.empty());
    CHECK(in_row.size == kInlineLimit);
    CHECK(files_below(folder.path() + "/blobs") == 0);
    PieceStream large(kInlineLimit + 1, 10'000);
    StoredBytes in_file = blobs.put(large);
    CHECK(in_file.inline_bytes.empty());
    CHECK(in_file.blob == "1-1");
    CHECK(in_file.size == kInlineLimit + 1);
    CHECK(fs::file_size(blobs.store->path(in_file.blob)) == kInlineLimit + 1);
    CHECK(files_below(folder.path() + "/blobs") == 1);
}

TEST_CASE("A body whose length is known goes the same ways") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    auto empty = make_string_stream("");
    CHECK(blobs.put(*empty).size == 0);
    auto small = make_string_stream(std::string(kInlineLimit, 'a'));
    CHECK(blobs.put(*small).blob.empty());
    auto large = make_string_stream(std::string(kInlineLimit + 1, 'a'));
    StoredBytes stored = blobs.put(*large);
    CHECK(stored.size == kInlineLimit + 1);
    CHECK(fs::file_size(blobs.store->path(stored.blob)) == kInlineLimit + 1);
}

TEST_CASE("Digests see every byte of an inline body and of a file") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    for (std::size_t size : {std::size_t{1'000}, std::size_t{300'000}}) {
        std::vector<Digest> digests;
        digests.emplace_back(DigestKind::md5);
        digests.emplace_back(DigestKind::crc32);
        PieceStream stream(size, 70'000);
        blobs.put(stream, 1 << 30, digests);
        CHECK(hex_encode(digests[0].finish()) == md5_hex(std::string(size, 'p')));
        CHECK(digests[1].finish() == digest(DigestKind::crc32, std::string(size, 'p')));
    }
}

TEST_CASE("A body above the limit is refused and leaves no file") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    PieceStream inline_body(2'000, 500);
    CHECK_THROWS_WITH(blobs.put(inline_body, 1'999), Contains("maximum allowed object size"));
    PieceStream file_body(200'000, 10'000);
    CHECK_THROWS_WITH(blobs.put(file_body, 199'999), Contains("maximum allowed object size"));
    auto known = make_string_stream(std::string(100, 'a'));
    CHECK_THROWS_WITH(blobs.put(*known, 99), Contains("maximum allowed object size"));
    CHECK(files_below(folder.path() + "/blobs") == 0);
}

TEST_CASE("A body that breaks off leaves no file") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    PieceStream stream(300'000, 100'000, 200'000);
    CHECK_THROWS_WITH(blobs.put(stream), "The request body terminated unexpectedly");
    CHECK(files_below(folder.path() + "/blobs") == 0);
}

TEST_CASE("A range of a blob is read, and stays readable after the blob is erased") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    std::string bytes;
    for (int i = 0; i < 700'000; ++i) bytes.push_back(static_cast<char>('a' + i % 23));
    auto stream = make_string_stream(bytes);
    StoredBytes stored = blobs.put(*stream);
    auto reader = blobs.store->open(stored.blob, 100'000, 550'000);
    CHECK(reader->length() == 550'000);
    blobs.erase(stored.blob);
    blobs.settle(folder.path());
    CHECK_FALSE(fs::exists(blobs.store->path(stored.blob)));
    CHECK_THROWS_WITH(blobs.store->open(stored.blob, 0, 1), Contains("No such file"));
}

TEST_CASE("Reading a blob gives the bytes of the range") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    std::string bytes;
    for (int i = 0; i < 700'000; ++i) bytes.push_back(static_cast<char>('a' + i % 23));
    auto stream = make_string_stream(bytes);
    StoredBytes stored = blobs.put(*stream);
    auto reader = blobs.store->open(stored.blob, 100'000, 550'000);
    fs::remove(blobs.store->path(stored.blob));  // open is open
    std::string read = wait_for([&]() -> Task<std::string> {
        auto all = co_await read_all(*reader, 1 << 30, kTooLarge);
        co_return all;
    });
    CHECK(read == bytes.substr(100'000, 550'000));
}

TEST_CASE("An erased blob leaves its file after the commit, and its trash row with a later erase") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    StoredBytes first = blobs.put_large();
    StoredBytes second = blobs.put_large();
    blobs.erase(first.blob);
    CHECK(blobs.trash() == 1);
    CHECK(fs::exists(blobs.store->path(second.blob)));
    auto refuse = [&](Txn& txn) {
        blobs.store->erase(txn, second.blob);
        throw Error("Refused", 412, "no");
    };
    CHECK_THROWS_WITH(write(*blobs.database, refuse), "no");
    blobs.settle(folder.path());
    CHECK_FALSE(fs::exists(blobs.store->path(first.blob)));
    CHECK(fs::exists(blobs.store->path(second.blob)));
}

TEST_CASE("A copy keeps the file until it is erased as often as it is named") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    StoredBytes stored = blobs.put_large();
    write(*blobs.database, [&](Txn& txn) {
        blobs.store->retain(txn, stored.blob);
        blobs.store->retain(txn, stored.blob);
    });
    blobs.erase(stored.blob);
    blobs.erase(stored.blob);
    CHECK(blobs.trash() == 0);
    CHECK(fs::exists(blobs.store->path(stored.blob)));
    blobs.erase(stored.blob);
    blobs.settle(folder.path());
    CHECK_FALSE(fs::exists(blobs.store->path(stored.blob)));
}

TEST_CASE("A discarded blob is gone") {
    TemporaryFolder folder;
    Blobs blobs(folder.path());
    StoredBytes stored = blobs.put_large();
    blobs.store->discard(stored.blob);
    blobs.settle(folder.path());
    CHECK(files_below(folder.path() + "/blobs") == 0);
}

TEST_CASE("A sweep removes what no row names, unfinished files and the trash, and keeps the rest") {
    TemporaryFolder folder;
    BlobId named;
    BlobId unnamed;
    BlobId trashed;
    std::string unfinished;
    {
        Blobs blobs(folder.path());
        named = blobs.put_large().blob;
        blobs.name(named);
        unnamed = blobs.put_large().blob;
        trashed = blobs.put_large().blob;
        blobs.name(trashed);
        unfinished = blobs.store->path(trashed) + ".part";
        std::ofstream(unfinished) << "x";
        Faults::arm(FaultPoint::blob_unlink, FaultAction::fail, 1);
        blobs.erase(trashed);
    }
    Faults::disarm();
    Blobs blobs(folder.path());
    REQUIRE(fs::exists(blobs.store->path(trashed)));
    BlobId of_this_boot = blobs.put_large().blob;
    CHECK(of_this_boot == "2-1");
    blobs.store->sweep();
    blobs.settle(folder.path());
    CHECK(fs::exists(blobs.store->path(named)));
    CHECK_FALSE(fs::exists(blobs.store->path(unnamed)));
    CHECK_FALSE(fs::exists(blobs.store->path(trashed)));
    CHECK_FALSE(fs::exists(unfinished));
    CHECK(fs::exists(blobs.store->path(of_this_boot)));
}

TEST_CASE("A file that was swept as named is not judged again, one of the boot after it is") {
    TemporaryFolder folder;
    BlobId first;
    BlobId second;
    {
        Blobs blobs(folder.path());
        first = blobs.put_large().blob;
        blobs.name(first);
    }
    {
        Blobs blobs(folder.path());
        second = blobs.put_large().blob;
        blobs.store->sweep();
    }
    Blobs blobs(folder.path());
    blobs.store->sweep();
    blobs.settle(folder.path());
    CHECK(fs::exists(blobs.store->path(first)));
    CHECK_FALSE(fs::exists(blobs.store->path(second)));
}

TEST_CASE("Power and memory durability store blobs too, and memory leaves none behind") {
    TemporaryFolder folder;
    {
        Blobs blobs(folder.path(), Durability::power);
        CHECK(fs::file_size(blobs.store->path(blobs.put_large().blob)) == 200'000);
    }
    std::string path;
    {
        Blobs blobs("", Durability::memory);
        path = blobs.store->path(blobs.put_large().blob);
        CHECK(fs::file_size(path) == 200'000);
    }
    CHECK_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace fogbank::store::test
