// Random sequences of operations against a plain model of the table: whatever the service answers has to be
// what the model says. `service_dynamodb "the service*" --rng-seed 7` runs seed 7 alone.
#include "services/dynamodb/model/batch_write_item.h"
#include "services/dynamodb/model/delete_item.h"
#include "services/dynamodb/model/query.h"
#include "services/dynamodb/model/scan.h"
#include "services/dynamodb/model/transact_write_items.h"
#include "services/dynamodb/model/update_item.h"
#include "tests/service/dynamodb/reference.h"
#include "tests/service/dynamodb/support.h"

#include <algorithm>
#include <iostream>

using namespace fogbank;
using namespace fogbank::dynamodb;
using namespace fogbank::dynamodb::test;

namespace {

constexpr std::uint64_t kSequences = 2'000;
constexpr int kOperations = 20;
constexpr int kPartitions = 2;
constexpr int kSortKeys = 4;

const std::string kFailed = "ConditionalCheckFailedException: The conditional request failed";

class World {
public:
    World() {
        auto input = Fixture::table_input({"table", "pk", "sk", ""});
        Fixture::define(input, "s", "S");
        Fixture::define(input, "n", "N");
        auto index = Fixture::index("by-s", "s", "ALL");
        index.KeySchema->emplace_back();
        index.KeySchema->back().AttributeName = "n";
        index.KeySchema->back().KeyType = "RANGE";
        input.GlobalSecondaryIndexes = {index};
        fixture_.call<api::CreateTable>(input);
    }

    void run_sequence(std::uint64_t seed) {
        dice_ = Dice(seed);
        for (int i = 0; i < kOperations; ++i) step();
        check_all();
        for (const auto& [key, item] : table_) erase(key);
        table_.clear();
    }

    std::map<std::string, int> counts;

private:
    ReferenceKey random_key() {
        return {std::string(1, static_cast<char>('p' + dice_.roll(kPartitions))), dice_.roll(kSortKeys)};
    }

    const ReferenceItem* find(const ReferenceKey& key) const {
        const auto found = table_.find(key);
        return found == table_.end() ? nullptr : &found->second;
    }

    void step() {
        switch (dice_.roll(8)) {
            case 0:
                return put();
            case 1:
            case 2:
                return update();
            case 3:
                return erase_one();
            case 4:
                return transact();
            case 5:
                return batch();
            case 6:
                return query();
            default:
                return query_index();
        }
    }

    // The expected answer of a single write, which changes the table where nothing stands against it.
    template <class Change>
    std::string outcome(const ReferenceKey& key, const std::optional<Condition>& condition, Change change) {
        const ReferenceItem* old = find(key);
        if (condition && !condition->holds(old)) return kFailed;
        ReferenceItem item = old != nullptr ? *old : ReferenceItem();
        if (!change(item)) return "refused";
        table_[key] = item;
        return "accepted";
    }

    template <class Op>
    void expect(const typename Op::Input& input, const std::string& wanted) {
        std::string got = fixture_.refusal<Op>(input);
        if (got.starts_with("ValidationException")) got = "refused";
        CHECK(got == wanted);
        ++counts[got];
    }

    template <class Input>
    std::optional<Condition> maybe_condition(Input& input, Values& values) {
        if (!dice_.one_in(3)) return std::nullopt;
        Condition condition = random_condition(dice_, values);
        input.ConditionExpression = condition.text;
        return condition;
    }

    template <class Input>
    static void set_values(Input& input, const Values& values) {
        if (!values.json().empty()) input.ExpressionAttributeValues = item(values.json());
    }

    void put() {
        const ReferenceKey key = random_key();
        const ReferenceItem made = random_item(dice_);
        Values values;
        auto input = Fixture::put_input(json_of(key, made));
        const auto condition = maybe_condition(input, values);
        set_values(input, values);
        const std::string wanted = outcome(key, condition, [&](ReferenceItem& item) {
            item = made;
            return true;
        });
        INFO("put " << json_of(key, made) << " if " << input.ConditionExpression.value_or(""));
        expect<api::PutItem>(input, wanted);
    }

    void update() {
        const ReferenceKey key = random_key();
        Values values;
        api::UpdateItem::Input input;
        input.TableName = "table";
        input.Key = item(json_of(key));
        const Update change = random_update(dice_, values);
        input.UpdateExpression = change.text;
        const auto condition = maybe_condition(input, values);
        set_values(input, values);
        input.ReturnValues = "ALL_NEW";
        const std::string wanted = outcome(key, condition, change.apply);
        INFO("update " << json_of(key) << ": " << change.text << " with " << values.json() << " if "
                       << input.ConditionExpression.value_or(""));
        if (wanted != "accepted") return expect<api::UpdateItem>(input, wanted);
        const auto output = fixture_.call<api::UpdateItem>(input);
        CHECK(text(output.Attributes) == json_of(key, table_.at(key)));
        ++counts["updated"];
    }

    void erase_one() {
        const ReferenceKey key = random_key();
        Values values;
        api::DeleteItem::Input input;
        input.TableName = "table";
        input.Key = item(json_of(key));
        const auto condition = maybe_condition(input, values);
        set_values(input, values);
        const bool holds = !condition || condition->holds(find(key));
        if (holds) table_.erase(key);
        INFO("delete " << json_of(key) << " if " << input.ConditionExpression.value_or(""));
        expect<api::DeleteItem>(input, holds ? "accepted" : kFailed);
    }

    void erase(const ReferenceKey& key) {
        api::DeleteItem::Input input;
        input.TableName = "table";
        input.Key = item(json_of(key));
        fixture_.call<api::DeleteItem>(input);
    }

    // One action of a transaction: its reason, and the item it leaves (nothing: none).
    struct Acted {
        std::string reason = "None";
        std::optional<ReferenceItem> item;
    };

    template <class Given>
    void condition_action(Given& given, Values& values, const ReferenceItem* old, Acted& acted) {
        const auto condition = maybe_condition(given, values);
        set_values(given, values);
        if (condition && !condition->holds(old)) acted.reason = "ConditionalCheckFailed";
    }

    Acted add_action(const ReferenceKey& key, api::TransactWriteItem& out) {
        const ReferenceItem* old = find(key);
        Acted acted;
        if (old != nullptr) acted.item = *old;
        Values values;
        const int kind = dice_.roll(3);
        if (kind == 0) {
            acted.item = random_item(dice_);
            out.Put.emplace();
            out.Put->TableName = "table";
            out.Put->Item = item(json_of(key, *acted.item));
            condition_action(*out.Put, values, old, acted);
        } else if (kind == 1) {
            out.Update.emplace();
            out.Update->TableName = "table";
            out.Update->Key = item(json_of(key));
            const Update change = random_update(dice_, values);
            out.Update->UpdateExpression = change.text;
            condition_action(*out.Update, values, old, acted);
            if (!acted.item) acted.item.emplace();
            const bool is_applied = change.apply(*acted.item);
            if (acted.reason == "None" && !is_applied) acted.reason = "ValidationError";
        } else {
            acted.item.reset();
            out.Delete.emplace();
            out.Delete->TableName = "table";
            out.Delete->Key = item(json_of(key));
            condition_action(*out.Delete, values, old, acted);
        }
        return acted;
    }

    void transact() {
        api::TransactWriteItems::Input input;
        input.TransactItems.emplace();
        std::map<ReferenceKey, Acted> all;
        std::string reasons;
        bool is_cancelled = false;
        const int actions = 1 + dice_.roll(3);
        for (int i = 0; i < actions; ++i) {
            const ReferenceKey key = random_key();
            if (all.contains(key)) continue;
            const Acted acted = add_action(key, input.TransactItems->emplace_back());
            reasons += (reasons.empty() ? "" : ", ") + acted.reason;
            is_cancelled = is_cancelled || acted.reason != "None";
            all[key] = acted;
        }
        if (is_cancelled) {
            CHECK(fixture_.refusal<api::TransactWriteItems>(input) ==
                  "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons "
                  "for specific "
                  "reasons [" +
                      reasons + "]");
            ++counts["cancelled"];
            return;
        }
        for (const auto& [key, acted] : all) {
            if (acted.item) {
                table_[key] = *acted.item;
            } else {
                table_.erase(key);
            }
        }
        expect<api::TransactWriteItems>(input, "accepted");
    }

    void batch() {
        api::BatchWriteItem::Input input;
        input.RequestItems.emplace();
        std::set<ReferenceKey> keys;
        for (int i = 0; i < 3; ++i) keys.insert(random_key());
        for (const ReferenceKey& key : keys) {
            api::WriteRequest& request = (*input.RequestItems)["table"].emplace_back();
            if (dice_.one_in(3)) {
                table_.erase(key);
                request.DeleteRequest.emplace();
                request.DeleteRequest->Key = item(json_of(key));
            } else {
                table_[key] = random_item(dice_);
                request.PutRequest.emplace();
                request.PutRequest->Item = item(json_of(key, table_[key]));
            }
        }
        expect<api::BatchWriteItem>(input, "accepted");
    }

    // All pages of a Query or Scan.
    template <class Op>
    std::vector<std::string> pages(typename Op::Input input) {
        std::vector<std::string> out;
        do {
            auto output = fixture_.call<Op>(input);
            for (std::string& each : texts(output.Items)) out.push_back(std::move(each));
            input.ExclusiveStartKey = std::move(output.LastEvaluatedKey);
        } while (input.ExclusiveStartKey);
        ++counts["read"];
        return out;
    }

    void query() {
        const ReferenceKey from = random_key();
        Values values;
        api::Query::Input input;
        input.TableName = "table";
        input.KeyConditionExpression = "pk = " + values.add(R"({"S":")" + from.pk + R"("})") + " AND sk >= " +
                                       values.add(R"({"N":")" + std::to_string(from.sk) + R"("})");
        input.ScanIndexForward = dice_.one_in(2);
        if (dice_.one_in(2)) input.Limit = 1 + dice_.roll(3);
        std::optional<Condition> filter;
        if (dice_.one_in(2)) {
            filter = random_condition(dice_, values);
            // A key is no part of a filter.
            if (filter->text.find("pk") != std::string::npos)
                filter = Condition{"attribute_exists(n)", has_number};
            input.FilterExpression = filter->text;
        }
        // Values that a dropped filter has left behind are not sent.
        std::vector<std::string> wanted;
        for (const auto& [key, item] : table_) {
            if (key.pk == from.pk && key.sk >= from.sk && (!filter || filter->holds(&item)))
                wanted.push_back(json_of(key, item));
        }
        if (!*input.ScanIndexForward) std::reverse(wanted.begin(), wanted.end());
        input.ExpressionAttributeValues =
            used_values(values, *input.KeyConditionExpression + input.FilterExpression.value_or(""));
        INFO("query " << *input.KeyConditionExpression << " filter " << input.FilterExpression.value_or(""));
        CHECK(pages<api::Query>(input) == wanted);
    }

    static bool has_number(const ReferenceItem* item) { return item != nullptr && item->n.has_value(); }

    static Item used_values(const Values& values, const std::string& expressions) {
        AttributeMap out;
        const AttributeMap all = decode_stored(values.json());
        for (const Attribute& each : all) {
            if (expressions.find(each.name) != std::string::npos) out.set(each.name, each.value);
        }
        return Item::of(std::move(out));
    }

    void query_index() {
        const std::string word = random_word(dice_);
        api::Query::Input input;
        input.TableName = "table";
        input.IndexName = "by-s";
        input.KeyConditionExpression = "s = :s AND n > :n";
        input.ExpressionAttributeValues = item(R"({":s":{"S":")" + word + R"("},":n":{"N":"-3"}})");
        if (dice_.one_in(2)) input.Limit = 1;
        std::vector<std::pair<std::int64_t, std::string>> wanted;
        for (const auto& [key, item] : table_) {
            if (item.s == word && item.n && *item.n > -3) wanted.emplace_back(*item.n, json_of(key, item));
        }
        std::sort(wanted.begin(), wanted.end());
        std::vector<std::pair<std::int64_t, std::string>> got;
        for (std::string& each : pages<api::Query>(input)) {
            got.emplace_back(std::stoll(decode_stored(each).find("n")->text()), std::move(each));
        }
        CHECK(std::is_sorted(got.begin(), got.end(),
                             [](const auto& a, const auto& b) { return a.first < b.first; }));
        std::sort(got.begin(), got.end());
        CHECK(got == wanted);
    }

    void check_all() {
        api::Scan::Input input;
        input.TableName = "table";
        if (dice_.one_in(2)) input.Limit = 2;
        std::vector<std::string> got = pages<api::Scan>(input);
        std::sort(got.begin(), got.end());
        std::vector<std::string> wanted;
        for (const auto& [key, item] : table_) wanted.push_back(json_of(key, item));
        std::sort(wanted.begin(), wanted.end());
        CHECK(got == wanted);
    }

    Fixture fixture_;
    ReferenceTable table_;
    Dice dice_{0};
};

}  // namespace

TEST_CASE("the service answers thousands of random sequences as a plain model of the table does") {
    const std::uint64_t chosen = Catch::rngSeed();
    const std::uint64_t first = chosen != 0 ? chosen : 1;
    const std::uint64_t last = chosen != 0 ? chosen : kSequences;
    World world;
    for (std::uint64_t seed = first; seed <= last; ++seed) {
        INFO("seed " << seed);
        world.run_sequence(seed);
    }
    std::cout << "seeds " << first << " to " << last << ":";
    for (const auto& [name, count] : world.counts) std::cout << " " << count << " " << name.substr(0, 30);
    std::cout << "\n";
    if (first == last) return;
    // Sequences in which nothing goes wrong prove nothing.
    CHECK(world.counts["cancelled"] > 500);
    CHECK(world.counts["refused"] > 500);
    CHECK(world.counts[kFailed] > 500);
}
