// FilterSpecification of an export: which items it holds, and what of them.
#pragma once

#include "services/dynamodb/expression/ast.h"
#include "services/dynamodb/expression/placeholders.h"
#include "services/dynamodb/model/types/filter_specification.h"
#include "services/dynamodb/table.h"

#include <optional>
#include <string>

namespace fogbank::dynamodb {

class ExportFilter {
public:
    // Refuses what Query and Scan refuse of such expressions. `given` outlives the filter.
    ExportFilter(const api::FilterSpecification& given, const Table& table);
    ExportFilter(const ExportFilter&) = delete;
    ExportFilter& operator=(const ExportFilter&) = delete;

    // What the export shows of an item; nothing where it leaves it out. Both as DynamoDB's JSON.
    std::optional<std::string> shown(const std::string& item) const;

private:
    expression::Placeholders placeholders_;
    std::optional<expression::Condition> keys_;
    std::optional<expression::Condition> filter_;
    std::optional<expression::Projection> projection_;
};

}  // namespace fogbank::dynamodb
