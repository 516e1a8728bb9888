#include "tests/service/s3/fixture.h"

#include "services/s3/model/delete_object.h"
#include "services/s3/model/list_object_versions.h"
#include "services/s3/model/put_bucket_versioning.h"

#include <algorithm>

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
    if (output.Versions) {
        for (const auto& v : *output.Versions)
            out.push_back(*v.Key + " " + *v.VersionId + (*v.IsLatest ? " latest" : ""));
    }
    if (output.DeleteMarkers) {
        for (const auto& v : *output.DeleteMarkers)
            out.push_back(*v.Key + " " + *v.VersionId + " marker" + (*v.IsLatest ? " latest" : ""));
    }
    return out;
}

}  // namespace

TEST_CASE("Versions come in the order of keys, the newest of a key first") {
    Versions s3;
    const std::string b1 = s3.put_version("b");
    const std::string a1 = s3.put_version("a");
    const std::string a2 = s3.put_version("a");
    const std::string marker = s3.mark("b");
    const auto output = s3.call<api::ListObjectVersions>(Versions::input());
    CHECK(lines(output) == std::vector<std::string>{"a " + a2 + " latest", "a " + a1, "b " + b1,
                                                    "b " + marker + " marker latest"});
    CHECK_FALSE(*output.IsTruncated);
    CHECK(*output.MaxKeys == 1000);
    CHECK(*output.KeyMarker == "");
    CHECK(*output.VersionIdMarker == "");
    CHECK_FALSE(output.NextKeyMarker);
    CHECK(*output.Versions->at(0).StorageClass == "STANDARD");
    CHECK(output.Versions->at(0).Owner->ID);
    CHECK(*output.Versions->at(0).Size == 1);
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
    auto expected = lines(whole);
    CHECK(seen.size() == 11);
    CHECK(std::is_permutation(seen.begin(), seen.end(), expected.begin(), expected.end()));
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
    CHECK(output.Versions->size() == 4);
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
    CHECK(*output.Versions->at(0).Key == "e");
    input = Versions::input();
    input.Prefix = "dir/";
    input.KeyMarker = "dir/x";
    output = s3.call<api::ListObjectVersions>(input);
    CHECK(lines(output).size() == 2);
    CHECK(*output.Versions->at(0).Key == "dir/y");
    input.MaxKeys = 0;
    output = s3.call<api::ListObjectVersions>(input);
    CHECK_FALSE(output.Versions);
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
