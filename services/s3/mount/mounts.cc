#include "services/s3/mount/mounts.h"

#include "services/s3/errors.h"
#include "services/s3/mount/files.h"
#include "services/s3/mount/paths.h"
#include "src/base/log.h"

#include <fmt/format.h>
#include <filesystem>

namespace fogbank::s3::mount {

namespace {

bool overlap(std::string_view one, std::string_view other) {
    const std::string a = std::string(one) + "/";
    const std::string b = std::string(other) + "/";
    return a.starts_with(b) || b.starts_with(a);
}

std::string checked_folder(const std::string& given) {
    std::error_code error;
    const std::string folder = std::filesystem::canonical(given, error).string();
    if (error || !std::filesystem::path(given).is_absolute() || !std::filesystem::is_directory(folder)) {
        throw invalid_argument("The folder must be an absolute path of a directory.", "folder", given);
    }
    if (folder == "/")
        throw invalid_argument("The root of the file system cannot be mounted.", "folder", given);
    return folder;
}

}  // namespace

Mounts::Mounts(const Parts& parts, Executor executor)
    : parts_(parts),
      executor_(executor),
      objects_(parts.database, parts.clock, executor,
               {"files of mounted buckets", kMountChannel,
                [this](Timestamp, CancelToken stopped) { return follow_object(stopped); },
                [](store::ReadTxn&) { return std::optional<std::int64_t>(); },
                [](store::ReadTxn& txn, std::string_view account, std::int64_t) {
                    return count_changes(txn, account);
                }}) {}

void Mounts::start() {
    for (const MountRow& mount : list()) remove_unfinished(mount.folder);
    objects_.start();
    ended_ = std::make_unique<OneShot>();
    const std::function<Task<void>()> loop = [this] { return follow_files(); };
    spawn(executor_, loop);
}

Task<void> Mounts::stop() {
    if (ended_ == nullptr) co_return;
    stopping_.cancel();
    co_await ended_->wait();
    ended_.reset();
    co_await objects_.stop();
}

Task<void> Mounts::mount(std::string bucket, std::string folder) {
    const std::string path = checked_folder(folder);
    auto body = [&](store::Txn& txn) {
        const Bucket row = require_bucket(txn, bucket);
        for (const MountRow& other : list_mounts(txn)) {
            if (other.bucket == row.id) {
                throw invalid_argument("The bucket is mounted already, at " + other.folder, "bucket", bucket);
            }
            if (overlap(other.folder, path)) {
                throw invalid_argument("The folder overlaps that of bucket " + other.name, "folder", path);
            }
        }
        parts_.service.bind_folder(txn, row, path);
    };
    co_await parts_.database.write(body);
}

Task<void> Mounts::unmount(std::string bucket) {
    auto body = [&](store::Txn& txn) {
        const Bucket row = require_bucket(txn, bucket);
        if (!find_mount(txn, row.id)) throw invalid_argument("The bucket is not mounted.", "bucket", bucket);
        parts_.service.release_folder(txn, row);
    };
    co_await parts_.database.write(body);
}

std::vector<MountRow> Mounts::list() {
    return parts_.database.read([](store::ReadTxn& txn) { return list_mounts(txn); });
}

gateway::RequestContext Mounts::context_of(const MountRow& mount) {
    gateway::RequestContext context;
    const Timestamp now = parts_.clock.now();
    context.request_id = parts_.entropy.uuid();
    context.account = mount.account;
    context.region = mount.region;
    context.received_at = now;
    context.principal.account = mount.account;
    context.principal.arn = "arn:aws:iam::" + mount.account + ":root";
    context.source_ip = "127.0.0.1";
    context.trace.id = fmt::format("1-{:08x}-", unix_seconds(now)) + parts_.entropy.hex(24);
    context.trace.cause = parts_.entropy.hex(16);
    return context;
}

}  // namespace fogbank::s3::mount
