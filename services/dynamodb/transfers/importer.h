// Reads imports: an object a step, its items in slices.
#pragma once

#include "services/dynamodb/store/imports.h"
#include "services/dynamodb/transfers/s3.h"
#include "src/store/database.h"

namespace fogbank::dynamodb {

class Importer {
public:
    Importer(store::Database& database, Clock& clock, const S3& s3)
        : database_(database), clock_(clock), s3_(s3) {}
    // False where no import is in progress.
    Task<bool> step();

private:
    Task<void> import_next(Import job);
    Task<void> end(const Import& job, const Failure& failure);

    store::Database& database_;
    Clock& clock_;
    const S3& s3_;
};

}  // namespace fogbank::dynamodb
