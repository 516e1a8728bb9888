#include "services/s3/model/get_object_torrent.h"
#include "services/s3/access/object_gate.h"
#include "services/s3/errors.h"
#include "services/s3/names.h"
#include "services/s3/service.h"

namespace fogbank::s3 {

// S3 has made no torrents since April 2022: no object has one.
Service::Answer<api::GetObjectTorrent> Service::get_object_torrent(
    const Context& context, const api::GetObjectTorrent::Input& input) {
    check_key(*input.Key);
    const std::optional<std::string> current;
    const ObjectGate gate(access_, context, {{context.operation, &input}, "GetObjectTorrent", *input.Key});
    database_.read([&](store::ReadTxn& txn) {
        const ObjectName name{*input.Bucket, *input.Key, current, input.ExpectedBucketOwner, gate};
        require_object(txn, name, WithBody::no, "GET");
    });
    throw no_such_key(*input.Key);
}

}  // namespace fogbank::s3
