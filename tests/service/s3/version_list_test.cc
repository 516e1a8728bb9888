#include "tests/service/s3/fixture.h"

#include "services/s3/model/delete_object.h"
#include "services/s3/model/list_object_versions.h"
#include "services/s3/model/put_bucket_versioning.h"
#include "services/s3/model/restore_object.h"
#include "src/protocol/codec.h"

namespace fogbank::s3::test {

namespace {

struct Versions : S3 {
    Versions() {
        create("bucket");
        api::PutBucketVersioning::Input input;
        input.Bucket = "bucket";
        input.VersioningConfiguration.emplace().Status = "Enabled";
        call<api::PutBucketVersioning>(input);
    }
    std::string put_version(const std::string& key) { return *put("bucket", key, "x").VersionId; }
    std::string mark(const std::string& key) {
        api::DeleteObject::Input input;
        input.Bucket = "bucket";
        input.Key = key;
        return *call<api::DeleteObject>(input).VersionId;
    }
    static api::ListObjectVersions::Input input() {
        api::ListObjectVersions::Input out;
        out.Bucket = "bucket";
        return out;
    }
};

using Output = api::ListObjectVersions::Output;

// "key version latest" of versions, "key version marker latest" of delete markers.
std::vector<std::string> lines(const Output& output) {
    std::vector<std::string> out;
    if (!output.Entries) return out;
    for (const auto& entry : *output.Entries) {
        const auto line = [&out](const auto& v, const char* kind) {
            out.push_back(*v.Key + " " + *v.VersionId + kind + (*v.IsLatest ? " latest" : ""));
        };
        if (entry.Version) line(*entry.Version, "");
        if (entry.DeleteMarker) line(*entry.DeleteMarker, " marker");
    }
    return out;
}

const api::ObjectVersion& version(const Output& output, std::size_t at) {
    return *output.Entries->at(at).Version;
}

}  // namespace

TEST_CASE("Versions come in the order of keys, the newest of a key first") {
    Versions s3;
    const std::string b1 = s3.put_version("b");
    const std::string a1 = s3.put_version("a");
    const std::string a2 = s3.put_version("a");
    const std::string marker = s3.mark("b");
    const auto output = s3.call<api::ListObjectVersions>(Versions::input());
    CHECK(lines(output) == std::vector<std::string>{"a " + a2 + " latest", "a " + a1,
                                                    "b " + marker + " marker latest", "b " + b1});
    CHECK_FALSE(*output.IsTruncated);
    CHECK(*output.MaxKeys == 1000);
    CHECK(*output.KeyMarker == "");
    CHECK(*output.VersionIdMarker == "");
    CHECK_FALSE(output.NextKeyMarker);
    CHECK(*version(output, 0).StorageClass == "STANDARD");
    CHECK(version(output, 0).Owner->ID);
    CHECK(*version(output, 0).Size == 1);
}

TEST_CASE("Pages of one version each meet every version once") {
    Versions s3;
    std::vector<std::string> all;
    for (int i = 0; i < 3; ++i) {
        for (const char* key : {"a", "b", "dir/c"}) all.push_back(s3.put_version(key));
    }
    all.push_back(s3.mark("b"));
    s3.put_version("b");
    std::vector<std::string> seen;
    auto input = Versions::input();
    input.MaxKeys = 1;
    while (true) {
        const auto output = s3.call<api::ListObjectVersions>(input);
        const auto page = lines(output);
        seen.insert(seen.end(), page.begin(), page.end());
        if (!*output.IsTruncated) break;
        REQUIRE(page.size() == 1);
        input.KeyMarker = output.NextKeyMarker;
        input.VersionIdMarker = output.NextVersionIdMarker;
    }
    const auto whole = s3.call<api::ListObjectVersions>(Versions::input());
    const auto expected = lines(whole);
    CHECK(seen.size() == 11);
    CHECK(seen == expected);
}

TEST_CASE("Prefix, delimiter and markers select versions as they select objects") {
    Versions s3;
    for (const char* key : {"a", "dir/x", "dir/y", "e"}) {
        s3.put_version(key);
        s3.put_version(key);
    }
    auto input = Versions::input();
    input.Delimiter = "/";
    auto output = s3.call<api::ListObjectVersions>(input);
    CHECK(output.Entries->size() == 4);
    REQUIRE(output.CommonPrefixes->size() == 1);
    CHECK(*output.CommonPrefixes->at(0).Prefix == "dir/");
    input.MaxKeys = 3;
    output = s3.call<api::ListObjectVersions>(input);
    CHECK(*output.IsTruncated);
    CHECK(*output.NextKeyMarker == "dir/");
    CHECK_FALSE(output.NextVersionIdMarker);
    input.KeyMarker = "dir/";
    output = s3.call<api::ListObjectVersions>(input);
    CHECK(lines(output).size() == 2);
    CHECK(*version(output, 0).Key == "e");
    input = Versions::input();
    input.Prefix = "dir/";
    input.KeyMarker = "dir/x";
    output = s3.call<api::ListObjectVersions>(input);
    CHECK(lines(output).size() == 2);
    CHECK(*version(output, 0).Key == "dir/y");
    input.MaxKeys = 0;
    output = s3.call<api::ListObjectVersions>(input);
    CHECK_FALSE(output.Entries);
    CHECK_FALSE(*output.IsTruncated);
    input = Versions::input();
    input.VersionIdMarker = "null";
    CHECK(s3.refused<api::ListObjectVersions>(input).message() ==
          "A version-id marker cannot be specified without a key marker.");
    input.KeyMarker = "a";
    input.VersionIdMarker = "";
    CHECK(s3.refused<api::ListObjectVersions>(input).message() == "A version-id marker cannot be empty.");
    input.VersionIdMarker = "nonsense";
    CHECK(s3.refused<api::ListObjectVersions>(input).code() == "InvalidArgument");
}

TEST_CASE("Versions and delete markers stand in one order in the XML too") {
    Versions s3;
    s3.put_version("a");
    s3.mark("a");
    s3.put_version("a");
    s3.mark("b");
    const auto output = s3.call<api::ListObjectVersions>(Versions::input());
    http::Response response;
    protocol::encode_response(api::ListObjectVersions::descriptor(), &output, {"request", "host"}, response);
    std::string order;
    const std::string& xml = std::get<std::string>(response.body);
    for (std::size_t at = xml.find("<"); at != std::string::npos; at = xml.find("<", at + 1)) {
        if (xml.compare(at, 9, "<Version>") == 0) order += "version ";
        if (xml.compare(at, 14, "<DeleteMarker>") == 0) order += "marker ";
    }
    CHECK(order == "version marker version marker ");
    CHECK(xml.find("<Entries>") == std::string::npos);
}

TEST_CASE("Versions tell of their restored copies where they are asked to") {
    Versions s3;
    auto put = S3::put_input("bucket", "k");
    put.StorageClass = "GLACIER";
    s3.put(put, "x");
    api::RestoreObject::Input restore;
    restore.Bucket = "bucket";
    restore.Key = "k";
    restore.RestoreRequest.emplace().Days = 1;
    s3.call<api::RestoreObject>(restore);
    s3.put_version("k");
    auto input = Versions::input();
    auto output = s3.call<api::ListObjectVersions>(input);
    CHECK_FALSE(version(output, 1).RestoreStatus);
    input.OptionalObjectAttributes = {"RestoreStatus"};
    output = s3.call<api::ListObjectVersions>(input);
    CHECK_FALSE(version(output, 0).RestoreStatus);
    REQUIRE(version(output, 1).RestoreStatus);
    CHECK(*version(output, 1).RestoreStatus->IsRestoreInProgress == false);
    CHECK(version(output, 1).RestoreStatus->RestoreExpiryDate);
    s3.harness.advance(std::chrono::hours(48));
    CHECK_FALSE(version(s3.call<api::ListObjectVersions>(input), 1).RestoreStatus);
}

TEST_CASE("An unversioned bucket lists its objects as null versions, with encoded keys on demand") {
    S3 s3;
    s3.create("bucket");
    s3.put("bucket", "a b", "x");
    auto input = Versions::input();
    input.EncodingType = "url";
    const auto output = s3.call<api::ListObjectVersions>(input);
    CHECK(lines(output) == std::vector<std::string>{"a+b null latest"});
    CHECK(*output.EncodingType == "url");
}

}  // namespace fogbank::s3::test
