// Files become objects: a look at each folder, twice a second.
#include "services/s3/body_source.h"
#include "services/s3/model/delete_object.h"
#include "services/s3/model/put_object.h"
#include "services/s3/mount/files.h"
#include "services/s3/mount/mounts.h"
#include "services/s3/mount/paths.h"
#include "src/base/log.h"

#include <filesystem>

namespace fogbank::s3::mount {

namespace {

constexpr std::chrono::milliseconds kBetweenLooks{500};

}  // namespace

Task<void> Mounts::follow_files() {
    Signal& changed = parts_.database.channel(kMountChannel);
    const CancelToken stopped = stopping_.token();
    std::map<std::int64_t, Look> looks;
    while (!stopped.cancelled()) {
        const std::uint64_t seen = changed.generation();
        const std::vector<MountRow> mounts = list();
        if (mounts.empty()) {
            looks.clear();
            co_await changed.wait(seen, stopped);
            continue;
        }
        for (const MountRow& mount : mounts) {
            std::string failure;
            try {
                co_await look(mount, looks[mount.bucket]);
            } catch (const std::exception& error) {
                failure = error.what();
            }
            if (!failure.empty()) {
                log::warning("a mounted folder cannot be followed",
                             {{"folder", mount.folder}, {"what", failure}});
            }
        }
        co_await parts_.clock.sleep_for(kBetweenLooks, stopped);
    }
    ended_->fire();
}

Task<void> Mounts::look(const MountRow& mount, Look& look) {
    // A folder that is gone, a disk that is not there, is no reason to delete a bucket's objects.
    if (!std::filesystem::is_directory(mount.folder)) co_return;
    const std::map<std::string, FileState> tree = read_tree(mount.folder);
    const auto known =
        parts_.database.read([&](store::ReadTxn& txn) { return list_mount_files(txn, mount.bucket); });
    Look now;
    for (const auto& [key, state] : tree) {
        const auto kept = known.find(key);
        if (kept != known.end() && kept->second.same_file(state)) continue;
        const auto before = look.changed.find(key);
        if (before != look.changed.end() && before->second.same_file(state)) {
            co_await take_file(mount, key, state);
        }
        now.changed.emplace(key, state);
    }
    for (const auto& [key, state] : known) {
        if (tree.contains(key)) continue;
        // An editor that replaces a file may take it away for a moment.
        if (look.missing.contains(key)) co_await drop_object(mount, key, state);
        now.missing.insert(key);
    }
    look = std::move(now);
}

Task<void> Mounts::take_file(const MountRow& mount, const std::string& key, const FileState& state) {
    const std::string path = *file_of(mount.folder, key);
    const auto standing =
        parts_.database.read([&](store::ReadTxn& txn) { return find_standing(txn, mount.bucket, key); });
    if (standing && standing->size == state.size && standing->etag == md5_of(path)) {
        FileState taken = state;
        taken.etag = standing->etag;
        // Changed while it was read: the next look takes it again.
        const auto after = state_of(path);
        if (after && after->same_file(state)) co_await keep(mount, key, taken);
        co_return;
    }
    const int descriptor = open_file(path);
    if (descriptor < 0) co_return;
    const auto bytes = stream_of(http::FileBody{descriptor, 0, static_cast<std::uint64_t>(state.size)});
    gateway::RequestContext context = context_of(mount);
    context.payload = bytes.get();
    // The object's transaction notes the file: a kill between the two would have a later start take the file
    // again, over what clients put meanwhile. A file that changes while it is read is another one then.
    auto announce = [&](store::Txn& txn) {
        if (find_mount(txn, mount.bucket)) {
            announce_taken_file(txn, mount.bucket, key, state, context.request_id);
        }
    };
    co_await parts_.database.write(announce);
    api::PutObject::Input input;
    input.Bucket = mount.name;
    input.Key = key;
    co_await parts_.client.call_any<api::PutObject>(context, input);
}

Task<void> Mounts::drop_object(const MountRow& mount, const std::string& key, const FileState& known) {
    const auto standing =
        parts_.database.read([&](store::ReadTxn& txn) { return find_standing(txn, mount.bucket, key); });
    if (standing && standing->etag == known.etag) {
        const gateway::RequestContext context = context_of(mount);
        api::DeleteObject::Input input;
        input.Bucket = mount.name;
        input.Key = key;
        co_await parts_.client.call<api::DeleteObject>(context, input);
    }
    auto forget = [&](store::Txn& txn) { erase_mount_file(txn, mount.bucket, key); };
    co_await parts_.database.write(forget);
    if (!standing || standing->etag == known.etag) co_return;
    // Another object came while the file went: it becomes the file.
    co_await place_file(mount, key);
}

}  // namespace fogbank::s3::mount
