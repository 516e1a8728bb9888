// A DynamoDB in process: the service on the harness, and short forms for its requests.
#pragma once

#include "services/dynamodb/model/create_table.h"
#include "services/dynamodb/model/get_item.h"
#include "services/dynamodb/model/put_item.h"
#include "services/dynamodb/service.h"
#include "services/dynamodb/value/codec.h"
#include "tests/support/harness.h"

#include <catch2/catch.hpp>

#include <optional>
#include <string>
#include <vector>

namespace fogbank::dynamodb::test {

inline Item item(const std::string& json) {
    return Item::of(decode_stored(json));
}

inline std::string text(const std::optional<Item>& given) {
    if (!given) return "none";
    return given->json.empty() ? to_json(given->attributes) : given->json;
}

inline std::vector<std::string> texts(const std::optional<std::vector<Item>>& given) {
    std::vector<std::string> out;
    if (given) {
        for (const Item& each : *given) out.push_back(text(each));
    }
    return out;
}

struct TableShape {
    std::string name = "table";
    std::string hash = "pk";
    std::string range;   // empty: none. A number
    std::string stream;  // view type; empty: none
};

class Fixture {
public:
    explicit Fixture(const Service::Settings& options = {}) {
        service_.emplace(Service::Parts{harness.database(), harness.clock(), harness.entropy(),
                                        harness.dispatcher(), harness.client(), harness.executor()},
                         options);
        harness.add(*service_);
    }

    Service& service() { return *service_; }

    template <class Op>
    typename Op::Output call(const typename Op::Input& input) {
        return harness.call<Op>(input, caller);
    }

    // The message with which the call is refused; "accepted" where it is not.
    template <class Op>
    std::string refusal(const typename Op::Input& input) {
        try {
            call<Op>(input);
        } catch (const Error& error) {
            return error.code() + ": " + error.message();
        }
        return "accepted";
    }

    static api::CreateTable::Input table_input(const TableShape& shape) {
        api::CreateTable::Input input;
        input.TableName = shape.name;
        input.BillingMode = "PAY_PER_REQUEST";
        input.AttributeDefinitions.emplace();
        input.KeySchema.emplace();
        add_key(input, shape.hash, "HASH", "S");
        if (!shape.range.empty()) add_key(input, shape.range, "RANGE", "N");
        if (!shape.stream.empty()) {
            input.StreamSpecification.emplace();
            input.StreamSpecification->StreamEnabled = true;
            input.StreamSpecification->StreamViewType = shape.stream;
        }
        return input;
    }

    static api::GlobalSecondaryIndex index(const std::string& name, const std::string& hash,
                                           const std::string& projection) {
        api::GlobalSecondaryIndex out;
        out.IndexName = name;
        out.KeySchema.emplace();
        api::KeySchemaElement& key = out.KeySchema->emplace_back();
        key.AttributeName = hash;
        key.KeyType = "HASH";
        out.Projection.emplace();
        out.Projection->ProjectionType = projection;
        return out;
    }

    static void define(api::CreateTable::Input& input, const std::string& name, const std::string& type) {
        api::AttributeDefinition& definition = input.AttributeDefinitions->emplace_back();
        definition.AttributeName = name;
        definition.AttributeType = type;
    }

    void create_table(const TableShape& shape) { call<api::CreateTable>(table_input(shape)); }

    static api::PutItem::Input put_input(const std::string& json) {
        api::PutItem::Input input;
        input.TableName = "table";
        input.Item = item(json);
        return input;
    }

    void put(const std::string& json) { call<api::PutItem>(put_input(json)); }

    std::string get(const std::string& key) {
        api::GetItem::Input input;
        input.TableName = "table";
        input.Key = item(key);
        return text(call<api::GetItem>(input).Item);
    }

private:
    std::optional<Service> service_;  // before the harness, which stops it

public:
    fogbank::test::Harness harness;
    fogbank::test::Caller caller;

private:
    static void add_key(api::CreateTable::Input& input, const std::string& name, const std::string& role,
                        const std::string& type) {
        define(input, name, type);
        api::KeySchemaElement& key = input.KeySchema->emplace_back();
        key.AttributeName = name;
        key.KeyType = role;
    }
};

}  // namespace fogbank::dynamodb::test
