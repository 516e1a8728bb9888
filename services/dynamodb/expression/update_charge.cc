#include "services/dynamodb/expression/update_charge.h"

namespace fogbank::dynamodb::expression {
namespace {

constexpr std::size_t kUpdate = 3;
constexpr std::size_t kSetOrAdd = 19;
constexpr std::size_t kRemoveOrDelete = 1;
constexpr std::size_t kTargetStep = 4;
constexpr std::size_t kPathOperand = 1;
constexpr std::size_t kOperandStep = 14;
constexpr std::size_t kPlus = 34;
constexpr std::size_t kMinus = 37;
constexpr std::size_t kListAppend = 37;
constexpr std::size_t kIfNotExists = 39;

std::size_t step_size(const PathStep& step) {
    return step.is_index ? std::to_string(step.index).size() : step.name.size();
}

std::size_t target_charge(const Path& path) {
    std::size_t total = step_size(path[0]);
    for (std::size_t i = 1; i < path.size(); ++i) total += kTargetStep + step_size(path[i]);
    return total;
}

std::size_t path_charge(const Path& path) {
    std::size_t total = kPathOperand;
    for (const PathStep& step : path) total += kOperandStep + step_size(step);
    return total;
}

std::size_t operand_charge(const Operand& operand) {
    std::size_t total = 0;
    switch (operand.kind) {
        case Operand::Kind::value:
            return value_size(*operand.value);
        case Operand::Kind::path:
            return path_charge(operand.path);
        case Operand::Kind::if_not_exists:
            total = kIfNotExists + path_charge(operand.path);
            break;
        case Operand::Kind::list_append:
            total = kListAppend;
            break;
        case Operand::Kind::plus:
            total = kPlus;
            break;
        default:
            total = kMinus;
    }
    for (const Operand& each : operand.operands) total += operand_charge(each);
    return total;
}

}  // namespace

std::size_t update_charge(const Update& update) {
    std::size_t total = kUpdate;
    for (const UpdateAction& action : update) {
        total += target_charge(action.path);
        switch (action.kind) {
            case UpdateAction::Kind::set:
            case UpdateAction::Kind::add:
                total += kSetOrAdd + operand_charge(action.operand);
                break;
            default:
                total += kRemoveOrDelete;
        }
    }
    return total;
}

}  // namespace fogbank::dynamodb::expression
