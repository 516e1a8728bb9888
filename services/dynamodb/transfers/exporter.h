// Writes exports: a data file a step, then the manifests.
#pragma once

#include "services/dynamodb/store/exports.h"
#include "services/dynamodb/transfers/s3.h"
#include "src/store/database.h"

namespace fogbank::dynamodb {

class Exporter {
public:
    Exporter(store::Database& database, Clock& clock, const S3& s3)
        : database_(database), clock_(clock), s3_(s3) {}
    // False where no export is in progress.
    Task<bool> step();

private:
    struct DataFile {
        ExportPage page;
        std::string compressed;
    };
    Task<void> write_data(const Export& job);
    Task<void> write_manifests(const Export& job);
    Task<void> end(const Export& job, const Failure& failure);

    store::Database& database_;
    Clock& clock_;
    const S3& s3_;
};

// Where the summary of an export is, as DescribeExport tells it.
std::string export_manifest_key(const Export& job);

}  // namespace fogbank::dynamodb
