#include "services/dynamodb/expression/evaluate.h"
#include "services/dynamodb/refuse.h"
#include "services/dynamodb/value/codec.h"
#include "services/dynamodb/value/number.h"

#include <algorithm>

namespace fogbank::dynamodb::expression {
namespace {

using Type = AttributeValue::Type;

[[noreturn]] void refuse_type() {
    refuse("An operand in the update expression has an incorrect data type");
}

// aws: AttributeUpdates has words of its own (dynalite's suite).
[[noreturn]] void refuse_type(const UpdateAction& action) {
    if (action.is_legacy) refuse("Type mismatch for attribute to update");
    refuse_type();
}

[[noreturn]] void refuse_path() {
    refuse("The document path provided in the update expression is invalid for update");
}

AttributeValue checked_number(NormalizedNumber number) {
    if (!number.defect.empty()) refuse(std::move(number.defect));
    return AttributeValue::number(std::move(number.text));
}

AttributeValue value_of(const Operand& operand, const AttributeMap& item) {
    switch (operand.kind) {
        case Operand::Kind::value:
            return *operand.value;
        case Operand::Kind::path:
            if (const AttributeValue* found = find(item, operand.path)) return *found;
            refuse("The provided expression refers to an attribute that does not exist in the item");
        case Operand::Kind::if_not_exists:
            if (const AttributeValue* found = find(item, operand.path)) return *found;
            return value_of(operand.operands[0], item);
        case Operand::Kind::list_append: {
            AttributeValue first = value_of(operand.operands[0], item);
            AttributeValue second = value_of(operand.operands[1], item);
            if (first.type() != Type::L || second.type() != Type::L) refuse_type();
            for (AttributeValue& element : second.list()) first.list().push_back(std::move(element));
            return first;
        }
        default:
            break;
    }
    const AttributeValue left = value_of(operand.operands[0], item);
    const AttributeValue right = value_of(operand.operands[1], item);
    if (left.type() != Type::N || right.type() != Type::N) refuse_type();
    const auto combine = operand.kind == Operand::Kind::plus ? add_numbers : subtract_numbers;
    return checked_number(combine(left.text(), right.text()));
}

// The map or list that holds the last step of `path`, which may be the item itself (then null).
AttributeValue* parent_of(AttributeMap& item, const Path& path) {
    const Path above(path.begin(), path.end() - 1);
    AttributeValue* parent = find(item, above);
    if (parent == nullptr) refuse_path();
    if (parent->type() != (path.back().is_index ? Type::L : Type::M)) refuse_path();
    return parent;
}

void set_at(AttributeMap& item, const Path& path, AttributeValue value) {
    if (path.size() == 1) {
        item.set(path[0].name, std::move(value));
        return;
    }
    AttributeValue& parent = *parent_of(item, path);
    const PathStep& last = path.back();
    if (!last.is_index) {
        parent.map().set(last.name, std::move(value));
    } else if (last.index < parent.list().size()) {
        parent.list()[last.index] = std::move(value);
    } else {
        // docs: "If you add an element beyond the end, it is appended"
        parent.list().push_back(std::move(value));
    }
}

void remove_at(AttributeMap& item, const Path& path) {
    if (path.size() == 1) {
        item.erase(path[0].name);
        return;
    }
    AttributeValue& parent = *parent_of(item, path);
    const PathStep& last = path.back();
    if (!last.is_index) {
        parent.map().erase(last.name);
    } else if (last.index < parent.list().size()) {
        parent.list().erase(parent.list().begin() + static_cast<std::ptrdiff_t>(last.index));
    }
}

AttributeValue united(const AttributeValue& old, const AttributeValue& added) {
    AttributeValue::Set elements = old.set();
    for (const std::string& element : added.set()) {
        if (std::find(elements.begin(), elements.end(), element) == elements.end())
            elements.push_back(element);
    }
    return set_of(old.type(), std::move(elements));
}

void add(AttributeMap& item, const UpdateAction& action) {
    const AttributeValue& operand = *action.operand.value;
    const AttributeValue* old = find(item, action.path);
    if (old == nullptr) {
        set_at(item, action.path, operand);
    } else if (old->type() != operand.type()) {
        refuse_type(action);
    } else if (operand.type() == Type::L) {
        // Only the legacy AttributeUpdates add to lists: "the new element(s) are appended".
        AttributeValue longer = *old;
        for (const AttributeValue& element : operand.list()) longer.list().push_back(element);
        set_at(item, action.path, std::move(longer));
    } else if (operand.type() == Type::N) {
        set_at(item, action.path, checked_number(add_numbers(old->text(), operand.text())));
    } else {
        set_at(item, action.path, united(*old, operand));
    }
}

// Whether the set is to be removed with its last element, as it is never empty: in a list that moves what
// stands behind it, so it waits for the other removals.
bool erase_elements(AttributeMap& item, const UpdateAction& action) {
    const AttributeValue& operand = *action.operand.value;
    const AttributeValue* old = find(item, action.path);
    if (old == nullptr) {
        if (action.path.size() > 1) parent_of(item, action.path);
        return false;
    }
    if (old->type() != operand.type()) refuse_type(action);
    AttributeValue::Set left;
    for (const std::string& element : old->set()) {
        const AttributeValue::Set& gone = operand.set();
        if (std::find(gone.begin(), gone.end(), element) == gone.end()) left.push_back(element);
    }
    if (left.empty()) return true;
    set_at(item, action.path, AttributeValue::set(old->type(), std::move(left)));
    return false;
}

// Whether `a` is removed before `b`: higher indexes of a list first, so that lower ones keep their meaning.
bool removed_before(const Path* a, const Path* b) {
    for (std::size_t i = 0; i < a->size() && i < b->size(); ++i) {
        const PathStep& one = (*a)[i];
        const PathStep& two = (*b)[i];
        if (one == two) continue;
        return one.is_index && two.is_index ? one.index > two.index : one.name < two.name;
    }
    return false;
}

// A SET with its value, an ADD or a DELETE.
struct Change {
    const UpdateAction* action;
    AttributeValue value;  // of SET
};

}  // namespace

AttributeMap apply(const Update& update, const AttributeMap& item) {
    AttributeMap out = item;
    std::vector<Change> changes;
    std::vector<const Path*> removals;
    for (const UpdateAction& action : update) {
        if (action.kind == UpdateAction::Kind::remove) {
            removals.push_back(&action.path);
        } else {
            const bool is_set = action.kind == UpdateAction::Kind::set;
            changes.push_back({&action, is_set ? value_of(action.operand, item) : AttributeValue()});
        }
    }
    // aws: indexes beyond the end append, SET's and ADD's alike, in the order of the indexes, not of the text
    // (dynalite's suite).
    std::stable_sort(changes.begin(), changes.end(), [](const Change& a, const Change& b) {
        return removed_before(&b.action->path, &a.action->path);
    });
    for (auto& [action, value] : changes) {
        if (action->kind == UpdateAction::Kind::set) set_at(out, action->path, std::move(value));
        if (action->kind == UpdateAction::Kind::add) add(out, *action);
        if (action->kind == UpdateAction::Kind::erase && erase_elements(out, *action)) {
            removals.push_back(&action->path);
        }
    }
    std::stable_sort(removals.begin(), removals.end(), removed_before);
    for (const Path* path : removals) remove_at(out, *path);
    return out;
}

}  // namespace fogbank::dynamodb::expression
