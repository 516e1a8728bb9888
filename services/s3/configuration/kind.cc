#include "services/s3/configuration/kind.h"

#include <string>

namespace fogbank::s3 {

namespace {

struct Absence {
    const char* code;
    const char* message;
};

Absence absence_of(Configuration kind) {
    switch (kind) {
        case Configuration::tagging:
            return {"NoSuchTagSet", "The TagSet does not exist"};
        case Configuration::encryption:
            return {"ServerSideEncryptionConfigurationNotFoundError",
                    "The server side encryption configuration was not found"};
        case Configuration::website:
            return {"NoSuchWebsiteConfiguration",
                    "The specified bucket does not have a website configuration"};
        case Configuration::cors:
            return {"NoSuchCORSConfiguration", "The CORS configuration does not exist"};
        case Configuration::lifecycle:
            return {"NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"};
        case Configuration::replication:
            return {"ReplicationConfigurationNotFoundError", "The replication configuration was not found"};
        case Configuration::policy:
            return {"NoSuchBucketPolicy", "The bucket policy does not exist"};
        default:
            return {"NoSuchConfiguration", "The specified configuration does not exist."};
    }
}

}  // namespace

Error no_such_configuration(Configuration kind, std::string_view bucket) {
    const Absence absence = absence_of(kind);
    return Error(absence.code, 404, absence.message).with("BucketName", std::string(bucket));
}

}  // namespace fogbank::s3
