// A table that other accounts ask for.
#pragma once

#include "services/dynamodb/model/put_resource_policy.h"
#include "tests/service/dynamodb/support.h"

#include <string>
#include <utility>

namespace fogbank::dynamodb::test {

inline constexpr const char* kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/table";
inline constexpr const char* kNeighbour = "111111111111";

// A table of account 000000000000 that others ask for.
struct Shared {
    Shared() {
        auto input = Fixture::table_input({});
        Fixture::define(input, "kind", "S");
        input.GlobalSecondaryIndexes = {Fixture::index("by-kind", "kind", "ALL")};
        fixture.call<api::CreateTable>(input);
        fixture.put(R"({"pk":{"S":"a"},"kind":{"S":"k"}})");
    }

    void allow(const std::string& statements, const std::string& arn = kArn) {
        api::PutResourcePolicy::Input input;
        input.ResourceArn = arn;
        input.Policy = R"({"Version":"2012-10-17","Statement":[)" + statements + "]}";
        fixture.call<api::PutResourcePolicy>(input);
    }

    // Asks as another account; "accepted", or how it is refused.
    template <class Op>
    std::string ask(const typename Op::Input& input, const std::string& account = kNeighbour) {
        const std::string own = std::exchange(fixture.caller.account, account);
        std::string out = fixture.refusal<Op>(input);
        fixture.caller.account = own;
        return out;
    }

    static api::GetItem::Input get(const std::string& table) {
        api::GetItem::Input input;
        input.TableName = table;
        input.Key = item(R"({"pk":{"S":"a"}})");
        return input;
    }

    Fixture fixture;
};

inline std::string denied(const std::string& action, const std::string& resource = kArn) {
    return "AccessDeniedException: User: arn:aws:iam::111111111111:root is not authorized to perform: "
           "dynamodb:" +
           action + " on resource: " + resource +
           " because no resource-based policy allows the dynamodb:" + action + " action";
}

inline std::string statement(const std::string& effect, const std::string& actions,
                             const std::string& resource = kArn) {
    return R"({"Effect":")" + effect + R"(","Principal":{"AWS":"111111111111"},"Action":)" + actions +
           R"(,"Resource":")" + resource + R"("})";
}

}  // namespace fogbank::dynamodb::test
