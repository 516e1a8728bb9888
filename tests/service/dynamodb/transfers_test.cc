#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/describe_export.h"
#include "services/dynamodb/model/describe_import.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/export_table_to_point_in_time.h"
#include "services/dynamodb/model/import_table.h"
#include "services/dynamodb/model/list_exports.h"
#include "services/dynamodb/model/list_imports.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/update_continuous_backups.h"
#include "services/s3/model/create_bucket.h"
#include "services/s3/model/get_object.h"
#include "services/s3/model/list_objects_v2.h"
#include "services/s3/model/put_object.h"
#include "services/s3/service.h"
#include "src/base/gzip.h"
#include "src/base/json.h"
#include "tests/service/dynamodb/support.h"

#include <set>

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr const char* kTableArn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";

class NoDestinations final : public s3::NotificationDestinations {
public:
    Task<std::optional<std::string>> refusal(const gateway::RequestContext&, const Arn&,
                                             const Arn&) override {
        co_return std::nullopt;
    }
};

struct Transferring {
    Transferring() {
        s3.emplace(fixture.harness.database(), fixture.harness.blobs(), fixture.harness.entropy(),
                   fixture.harness.dispatcher(), destinations);
        fixture.harness.add(*s3);
        fixture.harness.dispatcher().add_pending_source(fixture.service().transfers());
        fixture.harness.start_dispatcher();
        s3::api::CreateBucket::Input input;
        input.Bucket = "bucket";
        fixture.call<s3::api::CreateBucket>(input);
    }

    void recover() {
        api::UpdateContinuousBackups::Input input;
        input.TableName = "table";
        input.PointInTimeRecoverySpecification.emplace();
        input.PointInTimeRecoverySpecification->PointInTimeRecoveryEnabled = true;
        fixture.call<api::UpdateContinuousBackups>(input);
    }

    void put_object(const std::string& key, const std::string& body) {
        s3::api::PutObject::Input input;
        input.Bucket = "bucket";
        input.Key = key;
        fixture.harness.call_streaming<s3::api::PutObject>(input, body);
    }

    std::string object(const std::string& key) {
        s3::api::GetObject::Input input;
        input.Bucket = "bucket";
        input.Key = key;
        auto context = fixture.harness.context(s3::api::GetObject::descriptor(), fixture.caller);
        auto output =
            fixture.harness.run(fixture.harness.client().call_any<s3::api::GetObject>(context, input));
        return fixture.harness.body_of(output);
    }

    std::set<std::string> keys() {
        s3::api::ListObjectsV2::Input input;
        input.Bucket = "bucket";
        std::set<std::string> out;
        const auto listed = fixture.call<s3::api::ListObjectsV2>(input);
        if (!listed.Contents) return out;
        for (const auto& each : *listed.Contents) out.insert(*each.Key);
        return out;
    }

    static api::ExportTableToPointInTime::Input export_input() {
        api::ExportTableToPointInTime::Input input;
        input.TableArn = kTableArn;
        input.S3Bucket = "bucket";
        input.S3Prefix = "exports";
        return input;
    }

    api::ExportDescription exported(const api::ExportTableToPointInTime::Input& input) {
        const auto begun = *fixture.call<api::ExportTableToPointInTime>(input).ExportDescription;
        CHECK(begun.ExportStatus == "IN_PROGRESS");
        fixture.harness.await_idle();
        api::DescribeExport::Input describe;
        describe.ExportArn = begun.ExportArn;
        return *fixture.call<api::DescribeExport>(describe).ExportDescription;
    }

    // The lines of all data files under a prefix.
    std::multiset<std::string> lines(const std::string& prefix) {
        std::multiset<std::string> out;
        for (const std::string& key : keys()) {
            if (!key.starts_with(prefix) || !key.ends_with(".gz")) continue;
            std::string text = gunzip(object(key), 1U << 30).value();
            while (!text.empty()) {
                const std::size_t end = text.find('\n');
                out.insert(text.substr(0, end));
                text.erase(0, end + 1);
            }
        }
        return out;
    }

    static api::ImportTable::Input import_input(const std::string& format, const std::string& prefix) {
        api::ImportTable::Input input;
        input.InputFormat = format;
        input.S3BucketSource.emplace();
        input.S3BucketSource->S3Bucket = "bucket";
        input.S3BucketSource->S3KeyPrefix = prefix;
        const auto shape = Fixture::table_input({"imported", "pk", "sk", ""});
        auto& made = input.TableCreationParameters.emplace();
        made.TableName = shape.TableName;
        made.BillingMode = shape.BillingMode;
        made.AttributeDefinitions = shape.AttributeDefinitions;
        made.KeySchema = shape.KeySchema;
        return input;
    }

    api::ImportTableDescription imported(const api::ImportTable::Input& input) {
        const auto begun = *fixture.call<api::ImportTable>(input).ImportTableDescription;
        CHECK(begun.ImportStatus == "IN_PROGRESS");
        fixture.harness.await_idle();
        api::DescribeImport::Input describe;
        describe.ImportArn = begun.ImportArn;
        return *fixture.call<api::DescribeImport>(describe).ImportTableDescription;
    }

    std::set<std::string> items(const std::string& table) {
        api::Scan::Input input;
        input.TableName = table;
        const auto found = texts(fixture.call<api::Scan>(input).Items);
        return {found.begin(), found.end()};
    }

    NoDestinations destinations;
    std::optional<s3::Service> s3;  // before the harness, which stops it
    Fixture fixture;
};

std::string item_text(const std::string& key, int n) {
    return R"({"n":{"N":")" + std::to_string(n) + R"("},"pk":{"S":")" + key + R"("}})";
}

void erase(Fixture& fixture, const std::string& key) {
    api::DeleteItem::Input input;
    input.TableName = "table";
    input.Key = item(R"({"pk":{"S":")" + key + R"("}})");
    fixture.call<api::DeleteItem>(input);
}

}  // namespace

TEST_CASE("an export holds the table as it was, with manifests that name its files") {
    Transferring world;
    world.fixture.create_table({});
    world.recover();
    for (int i = 0; i < 30; ++i) world.fixture.put(item_text("k" + std::to_string(i), i));
    erase(world.fixture, "k29");
    world.fixture.harness.advance(std::chrono::minutes(10));
    const Timestamp then = world.fixture.harness.clock().now();
    world.fixture.harness.advance(std::chrono::minutes(10));
    for (int i = 0; i < 10; ++i) world.fixture.put(item_text("k" + std::to_string(i), i + 1000));
    erase(world.fixture, "k10");
    world.fixture.put(item_text("new", 1));

    auto input = Transferring::export_input();
    input.ExportTime = then;
    const auto done = world.exported(input);
    CHECK(done.ExportStatus == "COMPLETED");
    CHECK(done.ItemCount == 29);
    CHECK(done.ExportTime == then);
    const std::string id = done.ExportArn->substr(done.ExportArn->rfind('/') + 1);
    const std::string folder = "exports/AWSDynamoDB/" + id + "/";
    CHECK(done.ExportManifest == folder + "manifest-summary.json");
    std::multiset<std::string> expected;
    for (int i = 0; i < 29; ++i) expected.insert(R"({"Item":)" + item_text("k" + std::to_string(i), i) + "}");
    CHECK(world.lines(folder + "data/") == expected);

    const auto summary = json::parse(world.object(folder + "manifest-summary.json"));
    REQUIRE(summary);
    CHECK(summary->root().find("version").string() == "2020-06-30");
    CHECK(summary->root().find("itemCount").integer() == 29);
    CHECK(summary->root().find("tableArn").string() == kTableArn);
    CHECK(summary->root().find("outputFormat").string() == "DYNAMODB_JSON");
    CHECK(summary->root().find("manifestFilesS3Key").string() == folder + "manifest-files.json");
    const auto file = json::parse(world.object(folder + "manifest-files.json"));
    REQUIRE(file);
    CHECK(world.keys().contains(std::string(file->root().find("dataFileS3Key").string())));
    CHECK(file->root().find("itemCount").integer() == 29);
    for (const char* name : {"_started", "manifest-files.checksum", "manifest-summary.checksum"}) {
        CHECK(world.keys().contains(folder + name));
    }
}

TEST_CASE("a filter says which items an export holds, and what of them") {
    Transferring world;
    world.fixture.create_table({});
    world.recover();
    for (int i = 0; i < 30; ++i) world.fixture.put(item_text("k" + std::to_string(i), i));
    auto input = Transferring::export_input();
    auto& filter = input.FilterSpecification.emplace();
    filter.FilterExpression = "n >= :low AND begins_with(pk, :k1)";
    filter.ExpressionAttributeValues = item(R"({":low":{"N":"18"},":k1":{"S":"k1"}})");
    filter.ProjectionExpression = "#n";
    filter.ExpressionAttributeNames.emplace()["#n"] = "n";
    const auto done = world.exported(input);
    CHECK(done.ExportStatus == "COMPLETED");
    CHECK(done.ItemCount == 2);
    CHECK(done.FilterSpecification->ProjectionExpression == "#n");
    const std::string folder = done.ExportManifest->substr(0, done.ExportManifest->rfind('/') + 1);
    CHECK(world.lines(folder + "data/") ==
          std::multiset<std::string>{R"({"Item":{"n":{"N":"18"}}})", R"({"Item":{"n":{"N":"19"}}})"});

    auto keyed = Transferring::export_input();
    auto& keys = keyed.FilterSpecification.emplace();
    keys.KeyConditionExpression = "pk = :k";
    keys.ExpressionAttributeValues = item(R"({":k":{"S":"k7"}})");
    CHECK(world.exported(keyed).ItemCount == 1);
    keys.FilterExpression = "pk = :k";
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(keyed) ==
          "ValidationException: Filter Expression can only contain non-primary key attributes: Primary key "
          "attribute: pk");
    keys.FilterExpression = "n = ";
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(keyed).starts_with(
        "ValidationException: Invalid FilterExpression: Syntax error"));
    keyed.ExportType = "INCREMENTAL_EXPORT";
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(keyed) ==
          "ValidationException: FilterSpecification is not supported by Fogbank for ExportType "
          "INCREMENTAL_EXPORT");
}

TEST_CASE("an incremental export tells what each changed item was and is") {
    Transferring world;
    world.fixture.create_table({});
    world.recover();
    world.fixture.put(item_text("kept", 1));
    world.fixture.put(item_text("changed", 1));
    world.fixture.put(item_text("gone", 1));
    world.fixture.harness.advance(std::chrono::minutes(30));
    const Timestamp from = world.fixture.harness.clock().now();
    world.fixture.put(item_text("changed", 2));
    world.fixture.put(item_text("changed", 3));
    erase(world.fixture, "gone");
    world.fixture.put(item_text("new", 1));
    world.fixture.put(item_text("short", 1));
    erase(world.fixture, "short");
    world.fixture.harness.advance(std::chrono::minutes(30));
    const Timestamp to = world.fixture.harness.clock().now();
    world.fixture.put(item_text("changed", 4));

    auto input = Transferring::export_input();
    input.ExportType = "INCREMENTAL_EXPORT";
    input.IncrementalExportSpecification.emplace();
    input.IncrementalExportSpecification->ExportFromTime = from;
    input.IncrementalExportSpecification->ExportToTime = to;
    const auto done = world.exported(input);
    CHECK(done.ExportStatus == "COMPLETED");
    CHECK(done.ItemCount == 4);
    const std::string head = R"({"Metadata":{"WriteTimestampMicros":{"N":")" +
                             std::to_string(unix_millis(from) * 1000) + R"("}},"Keys":{"pk":{"S":")";
    CHECK(world.lines("exports/AWSDynamoDB/data/") ==
          std::multiset<std::string>{head + R"(changed"}},"OldImage":)" + item_text("changed", 1) +
                                         R"(,"NewImage":)" + item_text("changed", 3) + "}",
                                     head + R"(gone"}},"OldImage":)" + item_text("gone", 1) + "}",
                                     head + R"(new"}},"NewImage":)" + item_text("new", 1) + "}",
                                     head + R"(short"}}})"});

    input.IncrementalExportSpecification->ExportToTime = from + std::chrono::minutes(10);
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(input) ==
          "InvalidExportTimeException: The period between ExportFromTime and ExportToTime must be between 15 "
          "minutes and 24 hours");
}

TEST_CASE("an export in Ion is imported as it was, and what is no item is counted") {
    Transferring world;
    world.fixture.create_table({"table", "pk", "sk", ""});
    world.recover();
    world.fixture.put(R"({"pk":{"S":"a"},"sk":{"N":"600"},"s":{"NS":["1","20"]},"b":{"B":"aGk="}})");
    world.fixture.put(R"({"pk":{"S":"b"},"sk":{"N":"-1.5"},"m":{"M":{"l":{"L":[{"NULL":true}]}}}})");
    auto input = Transferring::export_input();
    input.ExportFormat = "ION";
    const auto done = world.exported(input);
    CHECK(done.ExportFormat == "ION");
    const std::string folder = done.ExportManifest->substr(0, done.ExportManifest->rfind('/') + 1);
    CHECK(world.lines(folder + "data/") ==
          std::multiset<std::string>{R"($ion_1_0 {Item:{b:{{aGk=}},pk:"a",s:$dynamodb_NS::[1.,2d1],sk:6d2}})",
                                     R"($ion_1_0 {Item:{m:{l:[null]},pk:"b",sk:-1.5}})"});
    const auto summary = json::parse(world.object(*done.ExportManifest));
    CHECK(summary->root().find("outputFormat").string() == "ION");

    world.put_object(
        folder + "data/more.gz",
        gzip("$ion_1_0 {Item:{pk:\"c\",sk:symbol}}\n{Item:{pk:\"c\"}}\n{Item:{pk:\"c\",sk:3}}\n"));
    auto import = Transferring::import_input("ION", folder + "data/");
    import.InputCompressionType = "GZIP";
    const auto imported = world.imported(import);
    CHECK(imported.ImportedItemCount == 3);
    CHECK(imported.ErrorCount == 2);
    auto expected = world.items("table");
    expected.insert(R"({"pk":{"S":"c"},"sk":{"N":"3"}})");
    CHECK(world.items("imported") == expected);
}

TEST_CASE("exports are refused, repeated and listed") {
    Transferring world;
    auto input = Transferring::export_input();
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(input) ==
          std::string("TableNotFoundException: Table not found: ") + kTableArn);
    world.fixture.create_table({});
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(input) ==
          "PointInTimeRecoveryUnavailableException: Point in time recovery is not enabled for table 'table'");
    world.recover();
    input.ClientToken = "token";
    const auto first = world.exported(input);
    CHECK(first.ItemCount == 0);
    CHECK(world.fixture.call<api::ExportTableToPointInTime>(input).ExportDescription->ExportArn ==
          first.ExportArn);
    input.S3Prefix = "other";
    CHECK(world.fixture.refusal<api::ExportTableToPointInTime>(input) ==
          "ExportConflictException: A different export was started with the same ClientToken");
    input.ClientToken.reset();
    input.S3Bucket = "none";
    const auto failed = world.exported(input);
    CHECK(failed.ExportStatus == "FAILED");
    CHECK(failed.FailureCode == "S3NoSuchBucket");

    api::ListExports::Input list;
    list.MaxResults = 1;
    const auto page = world.fixture.call<api::ListExports>(list);
    CHECK(page.ExportSummaries->at(0).ExportArn == first.ExportArn);
    list.NextToken = page.NextToken;
    const auto rest = world.fixture.call<api::ListExports>(list);
    CHECK(rest.ExportSummaries->at(0).ExportStatus == "FAILED");
    CHECK_FALSE(rest.NextToken);
    world.fixture.harness.advance(std::chrono::hours(91 * 24));
    CHECK(world.fixture.call<api::ListExports>({}).ExportSummaries->empty());
}

TEST_CASE("DynamoDB JSON is imported, and what is no item is counted") {
    Transferring world;
    std::string lines;
    for (int i = 0; i < 450; ++i) {
        const std::string n = std::to_string(i);
        lines += R"({"Item":{"pk":{"S":"a"},"sk":{"N":")" + n +
                 R"("},"x":{"L":[{"BOOL":true}]}}})"
                 "\n";
    }
    lines += "no JSON\n";
    lines += R"({"Item":{"pk":{"S":"b"}}})"
             "\n";
    lines += R"({"Item":{"pk":{"N":"1"},"sk":{"N":"1"}}})"
             "\n";
    lines += R"({"Item":{"pk":{"S":"c"},"sk":{"N":"x"}}})"
             "\n";
    world.put_object("in/1.json.gz", gzip(lines));
    world.put_object("in/2.json.gz", gzip(R"({"Item":{"pk":{"S":"z"},"sk":{"N":"1"}}})"));
    world.put_object("other/3.json.gz", "not read");
    auto input = Transferring::import_input("DYNAMODB_JSON", "in/");
    input.InputCompressionType = "GZIP";
    const auto done = world.imported(input);
    CHECK(done.ImportStatus == "COMPLETED");
    CHECK(done.ProcessedItemCount == 455);
    CHECK(done.ImportedItemCount == 451);
    CHECK(done.ErrorCount == 4);
    CHECK(world.items("imported").size() == 451);
    CHECK(world.items("imported").contains(R"({"pk":{"S":"z"},"sk":{"N":"1"}})"));
}

TEST_CASE("CSV is imported with its own header or a given one; keys have the types of their definitions") {
    Transferring world;
    world.put_object("in/1.csv", "pk,sk,text\na,1,\"x, y\"\na,two,bad\nb,2,z,more\n");
    auto input = Transferring::import_input("CSV", "in/");
    const auto done = world.imported(input);
    CHECK(done.ImportedItemCount == 1);
    CHECK(done.ErrorCount == 2);
    CHECK(world.items("imported") ==
          std::set<std::string>{R"({"pk":{"S":"a"},"sk":{"N":"1"},"text":{"S":"x, y"}})"});

    world.put_object("more/1.csv", "a;1\nb;2\n");
    input = Transferring::import_input("CSV", "more/");
    input.TableCreationParameters->TableName = "second";
    input.InputFormatOptions.emplace();
    input.InputFormatOptions->Csv.emplace();
    input.InputFormatOptions->Csv->Delimiter = ";";
    input.InputFormatOptions->Csv->HeaderList = {"pk", "sk"};
    CHECK(world.imported(input).ImportedItemCount == 2);
    CHECK(world.items("second").size() == 2);

    api::ListImports::Input list;
    list.PageSize = 1;
    const auto page = world.fixture.call<api::ListImports>(list);
    CHECK(page.ImportSummaryList->size() == 1);
    REQUIRE(page.NextToken);
    list.NextToken = page.NextToken;
    CHECK(world.fixture.call<api::ListImports>(list).ImportSummaryList->size() == 1);
}

TEST_CASE("an import that cannot read its bucket fails and leaves no table") {
    Transferring world;
    auto input = Transferring::import_input("CSV", "in/");
    input.S3BucketSource->S3Bucket = "none";
    const auto failed = world.imported(input);
    CHECK(failed.ImportStatus == "FAILED");
    CHECK(failed.FailureCode == "S3NoSuchBucket");
    api::DescribeTable::Input describe;
    describe.TableName = "imported";
    CHECK(world.fixture.refusal<api::DescribeTable>(describe).starts_with("ResourceNotFoundException"));
    world.fixture.create_table({"imported", "pk", "", ""});
    input.InputFormat = "CSV";
    CHECK(world.fixture.refusal<api::ImportTable>(input) ==
          "ResourceInUseException: Table already exists: imported");
}

TEST_CASE("an object that is no Zstandard ends an import that expects it") {
    Transferring world;
    // zstd's own output for {"Item":{"pk":{"S":"z"},"sk":{"N":"1"}}} and a line feed.
    const unsigned char frame[] = {0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x58, 0x49, 0x01, 0x00, 0x7b, 0x22,
                                   0x49, 0x74, 0x65, 0x6d, 0x22, 0x3a, 0x7b, 0x22, 0x70, 0x6b, 0x22,
                                   0x3a, 0x7b, 0x22, 0x53, 0x22, 0x3a, 0x22, 0x7a, 0x22, 0x7d, 0x2c,
                                   0x22, 0x73, 0x6b, 0x22, 0x3a, 0x7b, 0x22, 0x4e, 0x22, 0x3a, 0x22,
                                   0x31, 0x22, 0x7d, 0x7d, 0x7d, 0x0a, 0xaf, 0x8f, 0x5b, 0x9f};
    world.put_object("in/1.json.zst", std::string(std::begin(frame), std::end(frame)));
    auto input = Transferring::import_input("DYNAMODB_JSON", "in/");
    input.InputCompressionType = "ZSTD";
    CHECK(world.imported(input).ImportedItemCount == 1);
    CHECK(world.items("imported") == std::set<std::string>{R"({"pk":{"S":"z"},"sk":{"N":"1"}})"});

    world.put_object("other/1.json.zst", "{}");
    input = Transferring::import_input("DYNAMODB_JSON", "other/");
    input.InputCompressionType = "ZSTD";
    input.TableCreationParameters->TableName = "failed";
    const auto failed = world.imported(input);
    CHECK(failed.ImportStatus == "FAILED");
    CHECK(failed.FailureCode == "InputUnreadable");
}
