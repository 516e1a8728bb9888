// Buckets bound to folders: both sides are followed.
#pragma once

#include "services/s3/due_job.h"
#include "services/s3/service.h"
#include "services/s3/store/mount_store.h"
#include "src/base/entropy.h"
#include "src/gateway/service.h"

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace fogbank::s3::mount {

class Mounts {
public:
    struct Parts {
        store::Database& database;
        store::BlobStore& blobs;
        Clock& clock;
        Entropy& entropy;
        const gateway::LocalClient& client;
        events::Outbox& outbox;
        Service& service;
    };
    // `executor` runs what blocks.
    Mounts(const Parts& parts, Executor executor);
    void start();
    Task<void> stop();
    events::PendingSource& source() { return objects_; }

    // Throws NoSuchBucket, InvalidArgument for a folder that is none or that another mount has.
    Task<void> mount(std::string bucket, std::string folder);
    // Throws NoSuchBucket, InvalidArgument for a bucket that is not mounted. Files and objects stay.
    Task<void> unmount(std::string bucket);
    std::vector<MountRow> list();

private:
    // What the last look at a folder saw: a file that stands still since then is whole.
    struct Look {
        std::map<std::string, FileState> changed;
        std::set<std::string> missing;
    };
    Task<bool> follow_object(CancelToken stopped);
    Task<void> place_file(const MountRow& mount, const std::string& key);
    // Where a file goes, and what stood there when that was decided.
    struct Place {
        std::string path;
        std::optional<FileState> standing;
    };
    Task<void> write_file(const MountRow& mount, const std::string& key, const Place& place,
                          const ObjectRow& row);
    Task<void> follow_files();
    Task<void> look(const MountRow& mount, Look& look);
    Task<void> take_file(const MountRow& mount, const std::string& key, const FileState& state);
    Task<void> drop_object(const MountRow& mount, const std::string& key, const FileState& known);
    Task<void> keep(const MountRow& mount, const std::string& key, const FileState& state);
    gateway::RequestContext context_of(const MountRow& mount);

    Parts parts_;
    Executor executor_;
    DueJob objects_;
    CancelSource stopping_;
    std::unique_ptr<OneShot> ended_;  // of started file loops
};

}  // namespace fogbank::s3::mount
