// Objects become files: what the bucket's changes queued, in order.
#include "services/s3/mount/files.h"
#include "services/s3/mount/mounts.h"
#include "services/s3/mount/paths.h"
#include "services/s3/open_gate.h"
#include "src/base/log.h"

namespace fogbank::s3::mount {

namespace {

struct Sides {
    std::optional<ObjectRow> object;
    std::optional<FileState> known;
};

Sides read_sides(store::ReadTxn& txn, const MountRow& mount, const std::string& key) {
    Sides out;
    out.known = find_mount_file(txn, mount.bucket, key);
    if (!find_standing(txn, mount.bucket, key)) return out;
    const std::optional<std::string> none;
    const OpenGate gate;
    out.object = require_version(txn, {mount.name, key, none, none, gate}, WithBody::yes);
    return out;
}

}  // namespace

Task<bool> Mounts::follow_object(CancelToken) {
    const auto change = parts_.database.read([](store::ReadTxn& txn) { return first_change(txn); });
    if (!change) co_return false;
    const auto mount =
        parts_.database.read([&](store::ReadTxn& txn) { return find_mount(txn, change->bucket); });
    if (mount) {
        std::string failure;
        try {
            co_await place_file(*mount, change->key);
        } catch (const std::exception& error) {
            failure = error.what();
        }
        // The object stands; its event must not wait for a disk that is full.
        if (!failure.empty()) {
            log::warning("an object did not become a file", {{"bucket", mount->name}, {"what", failure}});
        }
    }
    auto body = [&](store::Txn& txn) {
        erase_change(txn, change->id);
        if (!change->target.empty()) parts_.outbox.append(txn, change->event, std::span(&change->target, 1));
    };
    co_await parts_.database.write(body);
    co_return true;
}

Task<void> Mounts::place_file(const MountRow& mount, const std::string& key) {
    const auto path = file_of(mount.folder, key);
    if (!path) co_return;
    const Sides sides =
        parts_.database.read([&](store::ReadTxn& txn) { return read_sides(txn, mount, key); });
    const auto current = state_of(*path);
    const bool untouched = current && sides.known && sides.known->same_file(*current);
    // A file that a program has changed is newer than what was written here: follow_files takes it.
    if (current && !untouched) co_return;
    if (!sides.object) {
        if (untouched) remove_file(mount.folder, *path);
        if (!sides.known) co_return;
        auto forget = [&](store::Txn& txn) { erase_mount_file(txn, mount.bucket, key); };
        co_await parts_.database.write(forget);
        co_return;
    }
    if (untouched && sides.known->etag == sides.object->etag) co_return;
    const Place place{*path, current};
    co_await write_file(mount, key, place, *sides.object);
}

Task<void> Mounts::write_file(const MountRow& mount, const std::string& key, const Place& place,
                              const ObjectRow& row) {
    FileWriter writer(mount.folder, place.path);
    if (row.blob.empty()) {
        writer.write(row.body);
    } else {
        const auto bytes = parts_.blobs.open(row.blob, 0, static_cast<std::uint64_t>(row.size));
        while (true) {
            const std::string_view piece = co_await bytes->next();
            if (piece.empty()) break;
            writer.write(piece);
        }
    }
    auto state = writer.state();
    if (!state) co_return;
    state->etag = row.etag;
    auto announce = [&](store::Txn& txn) {
        if (find_mount(txn, mount.bucket)) announce_mount_file(txn, mount.bucket, key, *state);
    };
    co_await parts_.database.write(announce);
    const auto standing = state_of(place.path);
    const bool changed = standing.has_value() != place.standing.has_value() ||
                         (standing && !standing->same_file(*place.standing));
    if (changed) co_return;  // by a program, meanwhile
    writer.finish();
    co_await keep(mount, key, *state);
}

Task<void> Mounts::keep(const MountRow& mount, const std::string& key, const FileState& state) {
    auto body = [&](store::Txn& txn) {
        // Unmounted meanwhile: nothing is known of its files any more.
        if (find_mount(txn, mount.bucket)) put_mount_file(txn, mount.bucket, key, state);
    };
    co_await parts_.database.write(body);
}

}  // namespace fogbank::s3::mount
