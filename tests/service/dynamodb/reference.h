// A plain model of one table in memory, and random changes and conditions that know what they mean to it.
// Shares no code with the service: what the service answers is compared with it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fogbank::dynamodb::test {

struct ReferenceKey {
    std::string pk;
    int sk = 0;
    auto operator<=>(const ReferenceKey&) const = default;
};

struct ReferenceItem {
    std::optional<std::int64_t> n;
    std::optional<std::string> s;
    std::optional<std::set<std::string>> t;
    std::optional<std::vector<std::int64_t>> l;
    std::optional<std::map<std::string, std::int64_t>> m;
    bool operator==(const ReferenceItem&) const = default;
};

using ReferenceTable = std::map<ReferenceKey, ReferenceItem>;

// As DynamoDB answers them, attributes by name.
std::string json_of(const ReferenceKey& key);
std::string json_of(const ReferenceKey& key, const ReferenceItem& item);

class Dice {
public:
    explicit Dice(std::uint64_t seed) : engine_(seed) {}
    // From 0 to `sides` - 1.
    int roll(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(engine_); }
    bool one_in(int sides) { return roll(sides) == 0; }

private:
    std::mt19937_64 engine_;
};

// Values of a request's placeholders: ":v0" ...
class Values {
public:
    // The placeholder of a value that is given as JSON.
    std::string add(const std::string& json);
    // The values as JSON; empty where there are none.
    std::string json() const { return text_.empty() ? "" : "{" + text_ + "}"; }

private:
    std::string text_;
    int count_ = 0;
};

struct Condition {
    std::string text;
    // Of an item that may not be there.
    std::function<bool(const ReferenceItem*)> holds;
};
Condition random_condition(Dice& dice, Values& values, int depth = 2);

struct Update {
    std::string text;
    // False where the update is refused; the item is then of no meaning.
    std::function<bool(ReferenceItem&)> apply;
};
Update random_update(Dice& dice, Values& values);

ReferenceItem random_item(Dice& dice);
std::string random_word(Dice& dice);

}  // namespace fogbank::dynamodb::test
