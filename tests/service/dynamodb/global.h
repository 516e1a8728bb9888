// A DynamoDB whose tables are in more than one region.
#pragma once

#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/describe_table.h"
#include "services/dynamodb/model/update_table.h"
#include "services/dynamodbstreams/model/describe_stream.h"
#include "services/dynamodbstreams/model/get_records.h"
#include "services/dynamodbstreams/model/get_shard_iterator.h"
#include "tests/service/dynamodb/support.h"

#include <chrono>

namespace fogbank::dynamodb::test {

inline constexpr const char* kHome = "us-east-1";
inline constexpr const char* kAway = "eu-west-1";

class Global : public Fixture {
public:
    Global() {
        harness.dispatcher().add_target("dynamodb", service().replication());
        harness.start_dispatcher();
    }

    void in(const std::string& region) { caller.region = region; }

    static api::UpdateTable::Input create_input(const std::string& region) {
        api::UpdateTable::Input input;
        input.TableName = "table";
        input.ReplicaUpdates.emplace().emplace_back().Create.emplace().RegionName = region;
        return input;
    }

    void add_replica(const std::string& region) {
        call<api::UpdateTable>(create_input(region));
        wait_for([&] {
            const auto table = described();
            for (const auto& each : *table.Replicas) {
                if (each.RegionName == region) return each.ReplicaStatus == "ACTIVE";
            }
            return false;
        });
    }

    template <class Done>
    void wait_for(Done done) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        while (!done()) {
            if (std::chrono::steady_clock::now() > deadline) FAIL("the background work does not end");
        }
    }

    api::TableDescription described() {
        api::DescribeTable::Input input;
        input.TableName = "table";
        return *call<api::DescribeTable>(input).Table;
    }

    std::string get_key(const std::string& key) { return get(R"({"pk":{"S":")" + key + R"("}})"); }
    void put_key(const std::string& key, int n) {
        put(R"({"pk":{"S":")" + key + R"("},"n":{"N":")" + std::to_string(n) + R"("}})");
    }
    void erase_key(const std::string& key) {
        api::DeleteItem::Input input;
        input.TableName = "table";
        input.Key = item(R"({"pk":{"S":")" + key + R"("}})");
        call<api::DeleteItem>(input);
    }

    std::vector<std::string> regions() {
        std::vector<std::string> out;
        const auto table = described();
        if (!table.Replicas) return out;
        for (const auto& each : *table.Replicas) out.push_back(*each.RegionName);
        return out;
    }

    std::vector<std::string> events() {
        streams_api::DescribeStream::Input describe;
        describe.StreamArn = described().LatestStreamArn;
        streams_api::GetShardIterator::Input start;
        start.StreamArn = describe.StreamArn;
        start.ShardId = call<streams_api::DescribeStream>(describe).StreamDescription->Shards->at(0).ShardId;
        start.ShardIteratorType = "TRIM_HORIZON";
        streams_api::GetRecords::Input read;
        read.ShardIterator = call<streams_api::GetShardIterator>(start).ShardIterator;
        std::vector<std::string> out;
        const auto page = call<streams_api::GetRecords>(read);
        for (const auto& each : *page.Records) {
            out.push_back(*each.eventName + " " + text(each.dynamodb->Keys));
        }
        return out;
    }
};

}  // namespace fogbank::dynamodb::test
