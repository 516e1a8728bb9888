#include "tests/service/dynamodb/reference.h"

#include <algorithm>
#include <array>
#include <memory>

namespace fogbank::dynamodb::test {
namespace {

using Action = std::function<bool(ReferenceItem&)>;

std::string number(std::int64_t value) {
    return R"({"N":")" + std::to_string(value) + R"("})";
}

std::string text(const std::string& value) {
    return R"({"S":")" + value + R"("})";
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts) out += (out.empty() ? "" : ",") + part;
    return out;
}

std::string list(const std::vector<std::int64_t>& values) {
    std::vector<std::string> parts;
    for (const std::int64_t value : values) parts.push_back(number(value));
    return R"({"L":[)" + joined(parts) + "]}";
}

std::string string_set(const std::set<std::string>& values) {
    std::vector<std::string> parts;
    for (const std::string& value : values) parts.push_back('"' + value + '"');
    return R"({"SS":[)" + joined(parts) + "]}";
}

std::string map(const std::map<std::string, std::int64_t>& values) {
    std::vector<std::string> parts;
    for (const auto& [key, value] : values) parts.push_back('"' + key + "\":" + number(value));
    return R"({"M":{)" + joined(parts) + "}}";
}

std::int64_t small(Dice& dice) {
    return dice.roll(21) - 10;
}

std::set<std::string> words(Dice& dice) {
    std::set<std::string> out{random_word(dice)};
    while (dice.one_in(2)) out.insert(random_word(dice));
    return out;
}

// One change: the section of the update expression it stands in, its text, and what it does.
struct Change {
    std::string section;
    std::string text;
    Action apply;
};

Change change_number(Dice& dice, Values& values) {
    const std::int64_t by = small(dice);
    const std::string value = values.add(number(by));
    switch (dice.roll(4)) {
        case 0:
            return {"SET", "n = if_not_exists(n, " + value + ") + " + value, [by](ReferenceItem& item) {
                        item.n = item.n.value_or(by) + by;
                        return true;
                    }};
        case 1:
            return {"SET", "n = n - " + value, [by](ReferenceItem& item) {
                        if (!item.n) return false;
                        item.n = *item.n - by;
                        return true;
                    }};
        case 2:
            return {"SET", "n = " + value, [by](ReferenceItem& item) {
                        item.n = by;
                        return true;
                    }};
        default:
            return {"ADD", "n " + value, [by](ReferenceItem& item) {
                        item.n = item.n.value_or(0) + by;
                        return true;
                    }};
    }
}

Change change_text(Dice& dice, Values& values) {
    if (dice.one_in(4)) {
        return {"REMOVE", "s", [](ReferenceItem& item) {
                    item.s.reset();
                    return true;
                }};
    }
    const std::string word = random_word(dice);
    return {"SET", "s = " + values.add(text(word)), [word](ReferenceItem& item) {
                item.s = word;
                return true;
            }};
}

Change change_set(Dice& dice, Values& values) {
    const std::set<std::string> given = words(dice);
    const std::string value = values.add(string_set(given));
    if (dice.one_in(2)) {
        return {"ADD", "t " + value, [given](ReferenceItem& item) {
                    if (!item.t) item.t.emplace();
                    item.t->insert(given.begin(), given.end());
                    return true;
                }};
    }
    return {"DELETE", "t " + value, [given](ReferenceItem& item) {
                if (!item.t) return true;
                for (const std::string& word : given) item.t->erase(word);
                if (item.t->empty()) item.t.reset();  // a set is never empty
                return true;
            }};
}

Change change_list(Dice& dice, Values& values) {
    const auto index = static_cast<std::size_t>(dice.roll(4));
    const std::string place = "l[" + std::to_string(index) + "]";
    if (dice.one_in(3)) {
        return {"REMOVE", place, [index](ReferenceItem& item) {
                    if (!item.l) return false;
                    if (index < item.l->size())
                        item.l->erase(item.l->begin() + static_cast<std::ptrdiff_t>(index));
                    return true;
                }};
    }
    const std::int64_t element = small(dice);
    if (dice.one_in(2)) {
        return {"SET", place + " = " + values.add(number(element)), [index, element](ReferenceItem& item) {
                    if (!item.l) return false;
                    if (index < item.l->size()) {
                        (*item.l)[index] = element;
                    } else {
                        item.l->push_back(element);
                    }
                    return true;
                }};
    }
    const std::string none = values.add(list({}));
    const std::string one = values.add(list({element}));
    return {"SET", "l = list_append(if_not_exists(l, " + none + "), " + one + ")",
            [element](ReferenceItem& item) {
                if (!item.l) item.l.emplace();
                item.l->push_back(element);
                return true;
            }};
}

Change change_map(Dice& dice, Values& values) {
    const std::string key(1, static_cast<char>('a' + dice.roll(3)));
    const std::int64_t value = small(dice);
    switch (dice.roll(3)) {
        case 0:
            return {"SET", "m = " + values.add(map({{key, value}})), [key, value](ReferenceItem& item) {
                        item.m = std::map<std::string, std::int64_t>{{key, value}};
                        return true;
                    }};
        case 1:
            return {"SET", "m." + key + " = " + values.add(number(value)), [key, value](ReferenceItem& item) {
                        if (!item.m) return false;
                        (*item.m)[key] = value;
                        return true;
                    }};
        default:
            return {"REMOVE", "m." + key, [key](ReferenceItem& item) {
                        if (!item.m) return false;
                        item.m->erase(key);
                        return true;
                    }};
    }
}

Condition simple_condition(Dice& dice, Values& values) {
    const std::int64_t bound = small(dice);
    const std::string word = random_word(dice);
    switch (dice.roll(9)) {
        case 0:
            return {"attribute_exists(pk)", [](const ReferenceItem* item) { return item != nullptr; }};
        case 1:
            return {"attribute_not_exists(s)", [](const ReferenceItem* item) { return !item || !item->s; }};
        case 2:
            return {"n >= " + values.add(number(bound)),
                    [bound](const ReferenceItem* item) { return item && item->n && *item->n >= bound; }};
        case 3: {
            const std::string low = values.add(number(bound));
            return {"n BETWEEN " + low + " AND " + values.add(number(bound + 5)),
                    [bound](const ReferenceItem* item) {
                        return item && item->n && *item->n >= bound && *item->n <= bound + 5;
                    }};
        }
        case 4:
            // aws: what is not there differs from every value.
            return {"s <> " + values.add(text(word)),
                    [word](const ReferenceItem* item) { return !item || item->s != word; }};
        case 5:
            return {"begins_with(s, " + values.add(text(word.substr(0, 1))) + ")",
                    [word](const ReferenceItem* item) {
                        return item && item->s && item->s->substr(0, 1) == word.substr(0, 1);
                    }};
        case 6:
            return {"contains(t, " + values.add(text(word)) + ")",
                    [word](const ReferenceItem* item) { return item && item->t && item->t->contains(word); }};
        case 7:
            return {"size(l) > " + values.add(number(1)),
                    [](const ReferenceItem* item) { return item && item->l && item->l->size() > 1; }};
        default: {
            const std::string first = values.add(number(bound));
            return {"m.a IN (" + first + ", " + values.add(number(bound + 1)) + ")",
                    [bound](const ReferenceItem* item) {
                        if (!item || !item->m || !item->m->contains("a")) return false;
                        const std::int64_t value = item->m->at("a");
                        return value == bound || value == bound + 1;
                    }};
        }
    }
}

}  // namespace

std::string json_of(const ReferenceKey& key) {
    return R"({"pk":)" + text(key.pk) + R"(,"sk":)" + number(key.sk) + "}";
}

std::string json_of(const ReferenceKey& key, const ReferenceItem& item) {
    std::vector<std::string> parts;
    if (item.l) parts.push_back(R"("l":)" + list(*item.l));
    if (item.m) parts.push_back(R"("m":)" + map(*item.m));
    if (item.n) parts.push_back(R"("n":)" + number(*item.n));
    parts.push_back(R"("pk":)" + text(key.pk));
    if (item.s) parts.push_back(R"("s":)" + text(*item.s));
    parts.push_back(R"("sk":)" + number(key.sk));
    if (item.t) parts.push_back(R"("t":)" + string_set(*item.t));
    return "{" + joined(parts) + "}";
}

std::string Values::add(const std::string& json) {
    const std::string name = ":v" + std::to_string(count_++);
    text_ += (text_.empty() ? "\"" : ",\"") + name + "\":" + json;
    return name;
}

Condition random_condition(Dice& dice, Values& values, int depth) {
    const int kind = depth == 0 ? 0 : dice.roll(6);
    if (kind < 3) return simple_condition(dice, values);
    const Condition first = random_condition(dice, values, depth - 1);
    if (kind == 3) {
        return {"NOT (" + first.text + ")",
                [first](const ReferenceItem* item) { return !first.holds(item); }};
    }
    const Condition second = random_condition(dice, values, depth - 1);
    if (kind == 4) {
        return {"(" + first.text + ") AND (" + second.text + ")", [first, second](const ReferenceItem* item) {
                    return first.holds(item) && second.holds(item);
                }};
    }
    return {"(" + first.text + ") OR (" + second.text + ")",
            [first, second](const ReferenceItem* item) { return first.holds(item) || second.holds(item); }};
}

Update random_update(Dice& dice, Values& values) {
    using Maker = Change (*)(Dice&, Values&);
    constexpr std::array<Maker, 5> kMakers{change_number, change_text, change_set, change_list, change_map};
    // Of different attributes, so that their order does not matter.
    std::set<int> chosen{dice.roll(5)};
    while (dice.one_in(2)) chosen.insert(dice.roll(5));
    std::map<std::string, std::string> sections;
    auto actions = std::make_shared<std::vector<Action>>();
    for (const int maker : chosen) {
        Change change = kMakers.at(static_cast<std::size_t>(maker))(dice, values);
        std::string& section = sections[change.section];
        section += (section.empty() ? "" : ", ") + change.text;
        actions->push_back(std::move(change.apply));
    }
    Update out;
    for (const auto& [name, changes] : sections)
        out.text += (out.text.empty() ? "" : " ") + name + " " + changes;
    out.apply = [actions](ReferenceItem& item) {
        return std::all_of(actions->begin(), actions->end(),
                           [&](const Action& action) { return action(item); });
    };
    return out;
}

ReferenceItem random_item(Dice& dice) {
    ReferenceItem out;
    if (dice.one_in(2)) out.n = small(dice);
    if (dice.one_in(2)) out.s = random_word(dice);
    if (dice.one_in(2)) out.t = words(dice);
    if (dice.one_in(2))
        out.l = std::vector<std::int64_t>(static_cast<std::size_t>(dice.roll(4)), small(dice));
    if (dice.one_in(2)) out.m = std::map<std::string, std::int64_t>{{"a", small(dice)}};
    return out;
}

std::string random_word(Dice& dice) {
    constexpr std::array<const char*, 6> kWords{"ape", "asp", "bee", "bat", "cat", "cow"};
    return kWords.at(static_cast<std::size_t>(dice.roll(6)));
}

}  // namespace fogbank::dynamodb::test
