// A Kinesis service on a manual clock, and calls in short form.
#pragma once

#include "services/kinesis/model/create_stream.h"
#include "services/kinesis/model/get_records.h"
#include "services/kinesis/model/get_shard_iterator.h"
#include "services/kinesis/model/put_record.h"
#include "services/kinesis/service.h"
#include "tests/support/harness.h"

#include <memory>
#include <string>
#include <vector>

namespace fogbank::test {

struct KinesisWorld {
    explicit KinesisWorld(kinesis::Options options = {}) {
        service = std::make_unique<kinesis::Service>(harness.database(), harness.clock(), harness.executor(),
                                                     options);
        harness.add(*service);
    }

    void create(const std::string& name, int shards) {
        kinesis::api::CreateStream::Input input;
        input.StreamName = name;
        input.ShardCount = shards;
        harness.call<kinesis::api::CreateStream>(input);
    }

    kinesis::api::PutRecord::Output put(const std::string& name, const std::string& key,
                                        const std::string& data) {
        kinesis::api::PutRecord::Input input;
        input.StreamName = name;
        input.PartitionKey = key;
        input.Data = Bytes{data};
        return harness.call<kinesis::api::PutRecord>(input);
    }

    std::string iterator(const std::string& name, const std::string& type, const std::string& number = {},
                         const std::string& shard = "shardId-000000000000") {
        kinesis::api::GetShardIterator::Input input;
        input.StreamName = name;
        input.ShardId = shard;
        input.ShardIteratorType = type;
        if (!number.empty()) input.StartingSequenceNumber = number;
        return *harness.call<kinesis::api::GetShardIterator>(input).ShardIterator;
    }

    kinesis::api::GetRecords::Output get(const std::string& iterator,
                                         std::optional<int> limit = std::nullopt) {
        kinesis::api::GetRecords::Input input;
        input.ShardIterator = iterator;
        input.Limit = limit;
        return harness.call<kinesis::api::GetRecords>(input);
    }

    // What the records of an answer hold, in order.
    static std::vector<std::string> data(const kinesis::api::GetRecords::Output& output) {
        std::vector<std::string> result;
        for (const auto& record : *output.Records) result.push_back(record.Data->data);
        return result;
    }

    std::unique_ptr<kinesis::Service> service;  // outlives the harness, which stops it
    Harness harness;
};

using Texts = std::vector<std::string>;

}  // namespace fogbank::test
