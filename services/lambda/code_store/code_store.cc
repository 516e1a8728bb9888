#include "services/lambda/code_store/code_store.h"

#include "services/lambda/code_store/unzip.h"
#include "services/lambda/model/errors.h"
#include "src/base/bytes.h"
#include "src/base/completion.h"
#include "src/base/digest.h"
#include "src/base/log.h"

#include <filesystem>
#include <fstream>
#include <utility>

namespace fogbank::lambda {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kTrash = ".trash-";
constexpr std::string_view kPart = ".part-";

// Runs `work` on `pool` and resumes where the caller was.
template <class F>
Task<void> run_on(const Executor& pool, F& work) {
    Completion<void> done;
    post(pool, [&] {
        try {
            work();
            done.set({});
        } catch (...) {
            done.fail(std::current_exception());
        }
    });
    co_await done.wait();
}

void write_file(const std::string& path, std::string_view bytes) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) throw std::runtime_error("cannot write " + path);
}

}  // namespace

CodeStore::CodeStore(std::string folder, store::Database& database, Executor pool, std::uint64_t zipped_limit)
    : folder_(std::move(folder)), database_(database), pool_(std::move(pool)), zipped_limit_(zipped_limit) {}

CodeStore::Pin::Pin(CodeStore& store, std::string id) : store_(&store), id_(std::move(id)) {
    store.pin(id_);
}

CodeStore::Pin::~Pin() {
    if (store_ != nullptr) store_->unpin(id_);
}

CodeStore::Pin::Pin(Pin&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)), id_(std::move(other.id_)) {}

CodeStore::Pin& CodeStore::Pin::operator=(Pin&& other) noexcept {
    std::swap(store_, other.store_);
    std::swap(id_, other.id_);
    return *this;
}

void CodeStore::pin(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    ++pins_[id];
}

void CodeStore::unpin(const std::string& id) {
    const std::scoped_lock lock(mutex_);
    const auto found = pins_.find(id);
    if (--found->second == 0) pins_.erase(found);
}

Task<CodeStore::Added> CodeStore::add(std::string zip) {
    if (zip.empty()) {
        throw errors::InvalidParameterValueException("Uploaded file must be a non-empty zip");
    }
    if (zip.size() > zipped_limit_) {
        // aws: RequestEntityTooLarge comes from the front end; from S3 the message names the limit
        throw errors::InvalidParameterValueException("Zipped size must be smaller than " +
                                                     std::to_string(zipped_limit_) + " bytes");
    }
    Added result;
    auto work = [&] {
        const std::string sha = digest(DigestKind::sha256, zip);
        result.code.id = hex_encode(sha);
        result.code.sha_base64 = base64_encode(sha);
        result.code.size = zip.size();
        result.pin = Pin(*this, result.code.id);
        unpack(zip, result.code.id);
    };
    co_await run_on(pool_, work);
    co_return result;
}

void CodeStore::unpack(const std::string& zip, const std::string& id) const {
    const std::string target = folder(id);
    if (fs::exists(target)) return;
    fs::create_directories(folder_);
    std::string part = folder_ + "/" + std::string(kPart) + "XXXXXX";
    if (mkdtemp(part.data()) == nullptr) throw std::runtime_error("no folder for a package in " + folder_);
    fs::permissions(part, fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec |
                              fs::perms::others_read | fs::perms::others_exec);
    try {
        unzip(zip, part, kUnzippedLimit);
        write_file(part + ".zip", zip);
        fs::rename(part + ".zip", zip_path(id));
        std::error_code error;
        fs::rename(part, target, error);
        // Another create of the same package was faster.
        if (error) fs::remove_all(part);
    } catch (const BadArchive&) {
        fs::remove_all(part);
        throw errors::InvalidParameterValueException(
            "Could not unzip uploaded file. Please check your file, then try to upload again.");
    } catch (const ArchiveTooLarge&) {
        fs::remove_all(part);
        throw errors::InvalidParameterValueException("Unzipped size must be smaller than " +
                                                     std::to_string(kUnzippedLimit) + " bytes");
    } catch (...) {
        fs::remove_all(part);
        throw;
    }
}

bool CodeStore::is_used(const std::string& id) const {
    return database_.read([&](store::ReadTxn& txn) {
        auto rows = txn.query("select 1 from lambda_version where code_id = ?1 limit 1", id);
        return rows.next();
    });
}

Task<void> CodeStore::erase_unused(std::string id) {
    if (id.empty()) co_return;
    auto work = [&] {
        const std::string trash = folder_ + "/" + std::string(kTrash) + id;
        {
            const std::scoped_lock lock(mutex_);
            if (pins_.contains(id) || is_used(id)) return;
            std::error_code error;
            fs::remove(zip_path(id), error);
            fs::rename(folder(id), trash, error);
            if (error) return;
        }
        std::error_code ignored;
        fs::remove_all(trash, ignored);
    };
    co_await run_on(pool_, work);
}

void CodeStore::sweep() {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_, error)) {
        const std::string name = entry.path().filename().string();
        const std::string id = name.substr(0, name.find('.'));
        if (id.size() == 64 && is_used(id)) continue;
        std::error_code ignored;
        fs::remove_all(entry.path(), ignored);
        log::debug("removed code without a function", {{"folder", name}});
    }
}

}  // namespace fogbank::lambda
