#include "services/lambda/store/functions.h"

#include "services/lambda/model/get_function_configuration.h"
#include "services/lambda/store/json_text.h"

#include <charconv>
#include <limits>

namespace fogbank::lambda {

namespace {

// Columns of every query that yields a Function: version, then its function's settings.
#define FOGBANK_LAMBDA_FUNCTION_COLUMNS                                                                \
    "select v.account, v.region, v.name, v.number, v.configuration, v.code_id, v.hot_reload_folder, "  \
    "f.reserved_concurrency, f.max_retries, f.max_age_s from lambda_version v join lambda_function f " \
    "on f.account = v.account and f.region = v.region and f.name = v.name "

Function read_function(const store::Statement& row) {
    Function function;
    function.account = row.text(0);
    function.region = row.text(1);
    function.name = row.text(2);
    function.number = row.integer(3);
    function.configuration = from_json<api::GetFunctionConfiguration>(row.text(4));
    function.code_id = row.text(5);
    function.hot_reload_folder = row.text(6);
    if (!row.is_null(7)) function.reserved_concurrency = row.integer(7);
    if (!row.is_null(8)) function.max_retries = row.integer(8);
    if (!row.is_null(9)) function.max_age_s = row.integer(9);
    return function;
}

std::vector<Function> read_all(store::Rows rows) {
    std::vector<Function> result;
    for (const auto& row : rows) result.push_back(read_function(row));
    return result;
}

std::string write_tags(const Tags& tags) {
    std::string text;
    json::Writer out(text);
    out.begin_object();
    for (const auto& [name, value] : tags) out.field(name, value);
    out.end_object();
    return text;
}

std::optional<std::int64_t> version_number(store::ReadTxn& txn, const FunctionReference& reference) {
    const std::string& qualifier = reference.qualifier;
    if (qualifier.empty() || qualifier == kLatest) return 0;
    if (is_version_number(qualifier)) {
        std::int64_t number = 0;
        const auto result = std::from_chars(qualifier.data(), qualifier.data() + qualifier.size(), number);
        // 0 would be $LATEST's row.
        if (result.ec != std::errc() || number == 0) return std::nullopt;
        return number;
    }
    auto rows = txn.query(
        "select number from lambda_alias where account = ?1 and region = ?2 and name = ?3 and alias = ?4",
        reference.account, reference.region, reference.name, qualifier);
    if (!rows.next()) return std::nullopt;
    return rows->integer(0);
}

}  // namespace

std::optional<Function> find_version(store::ReadTxn& txn, const FunctionReference& reference,
                                     std::int64_t number) {
    auto rows = txn.query(FOGBANK_LAMBDA_FUNCTION_COLUMNS
                          "where v.account = ?1 and v.region = ?2 and v.name = ?3 and v.number = ?4",
                          reference.account, reference.region, reference.name, number);
    if (!rows.next()) return std::nullopt;
    return read_function(*rows);
}

std::optional<Function> find_function(store::ReadTxn& txn, const FunctionReference& reference) {
    const std::optional<std::int64_t> number = version_number(txn, reference);
    if (!number) return std::nullopt;
    return find_version(txn, reference, *number);
}

bool function_exists(store::ReadTxn& txn, const FunctionReference& reference) {
    auto rows = txn.query("select 1 from lambda_function where account = ?1 and region = ?2 and name = ?3",
                          reference.account, reference.region, reference.name);
    return rows.next();
}

void insert_function(store::Txn& txn, const Function& latest, const Tags& tags) {
    txn.execute(
        "insert into lambda_function (account, region, name, last_version, tags) values (?1, ?2, ?3, 0, ?4)",
        latest.account, latest.region, latest.name, write_tags(tags));
    insert_version(txn, latest);
}

void insert_version(store::Txn& txn, const Function& version) {
    txn.execute(
        "insert into lambda_version (account, region, name, number, configuration, code_id, "
        "hot_reload_folder) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        version.account, version.region, version.name, version.number,
        to_json<api::GetFunctionConfiguration>(version.configuration), version.code_id,
        version.hot_reload_folder);
}

void update_version(store::Txn& txn, const Function& version) {
    txn.execute(
        "update lambda_version set configuration = ?5, code_id = ?6, hot_reload_folder = ?7 "
        "where account = ?1 and region = ?2 and name = ?3 and number = ?4",
        version.account, version.region, version.name, version.number,
        to_json<api::GetFunctionConfiguration>(version.configuration), version.code_id,
        version.hot_reload_folder);
}

std::int64_t take_version_number(store::Txn& txn, const FunctionReference& reference) {
    auto rows = txn.query(
        "update lambda_function set last_version = last_version + 1 "
        "where account = ?1 and region = ?2 and name = ?3 returning last_version",
        reference.account, reference.region, reference.name);
    if (!rows.next()) throw std::logic_error("a version of a function that is not there");
    const std::int64_t number = rows->integer(0);
    while (rows.next()) {
    }
    return number;
}

std::vector<std::string> erase_version(store::Txn& txn, const FunctionReference& reference,
                                       std::int64_t number) {
    const std::optional<Function> version = find_version(txn, reference, number);
    if (!version) return {};
    txn.execute("delete from lambda_version where account = ?1 and region = ?2 and name = ?3 and number = ?4",
                reference.account, reference.region, reference.name, number);
    txn.execute(
        "delete from lambda_permission where account = ?1 and region = ?2 and name = ?3 and qualifier = ?4",
        reference.account, reference.region, reference.name, std::to_string(number));
    return {version->code_id};
}

std::vector<std::string> erase_function(store::Txn& txn, const FunctionReference& reference) {
    std::vector<std::string> codes;
    for (const auto& row :
         txn.query("select distinct code_id from lambda_version where account = ?1 and region = ?2 "
                   "and name = ?3",
                   reference.account, reference.region, reference.name)) {
        codes.emplace_back(row.text(0));
    }
    txn.execute("delete from lambda_function where account = ?1 and region = ?2 and name = ?3",
                reference.account, reference.region, reference.name);
    txn.execute("delete from lambda_version where account = ?1 and region = ?2 and name = ?3",
                reference.account, reference.region, reference.name);
    txn.execute("delete from lambda_alias where account = ?1 and region = ?2 and name = ?3",
                reference.account, reference.region, reference.name);
    txn.execute("delete from lambda_permission where account = ?1 and region = ?2 and name = ?3",
                reference.account, reference.region, reference.name);
    return codes;
}

std::vector<Function> list_functions(store::ReadTxn& txn, std::string_view account, std::string_view region,
                                     std::string_view marker, std::int64_t limit) {
    return read_all(txn.query(FOGBANK_LAMBDA_FUNCTION_COLUMNS
                              "where v.account = ?1 and v.region = ?2 and v.name > ?3 and v.number = 0 "
                              "order by v.name limit ?4",
                              account, region, marker, limit));
}

std::vector<Function> list_all_versions(store::ReadTxn& txn, std::string_view account,
                                        std::string_view region, std::string_view marker_name,
                                        std::int64_t marker_number, std::int64_t limit) {
    return read_all(txn.query(FOGBANK_LAMBDA_FUNCTION_COLUMNS
                              "where v.account = ?1 and v.region = ?2 and (v.name > ?3 or (v.name = ?3 and "
                              "v.number > ?4)) order by v.name, v.number limit ?5",
                              account, region, marker_name, marker_number, limit));
}

std::vector<Function> list_versions(store::ReadTxn& txn, const FunctionReference& reference,
                                    std::int64_t after_number, std::int64_t limit) {
    return read_all(txn.query(FOGBANK_LAMBDA_FUNCTION_COLUMNS
                              "where v.account = ?1 and v.region = ?2 and v.name = ?3 and v.number > ?4 "
                              "order by v.number limit ?5",
                              reference.account, reference.region, reference.name, after_number, limit));
}

Tags find_tags(store::ReadTxn& txn, const FunctionReference& reference) {
    auto rows = txn.query("select tags from lambda_function where account = ?1 and region = ?2 and name = ?3",
                          reference.account, reference.region, reference.name);
    Tags tags;
    if (!rows.next()) return tags;
    const auto document = json::parse(rows->text(0));
    for (const json::Member& member : document->root().members()) {
        tags.emplace(member.name, member.value.string());
    }
    return tags;
}

void update_tags(store::Txn& txn, const FunctionReference& reference, const Tags& tags) {
    txn.execute("update lambda_function set tags = ?4 where account = ?1 and region = ?2 and name = ?3",
                reference.account, reference.region, reference.name, write_tags(tags));
}

void update_reserved_concurrency(store::Txn& txn, const FunctionReference& reference,
                                 std::optional<std::int64_t> reserved) {
    txn.execute(
        "update lambda_function set reserved_concurrency = ?4 where account = ?1 and region = ?2 and name = "
        "?3",
        reference.account, reference.region, reference.name, reserved);
}

std::int64_t reserved_total(store::ReadTxn& txn, std::string_view account, std::string_view region,
                            std::string_view except_name) {
    auto rows = txn.query(
        "select coalesce(sum(reserved_concurrency), 0) from lambda_function where account = ?1 and "
        "region = ?2 and name <> ?3",
        account, region, except_name);
    return rows.next() ? rows->integer(0) : 0;
}

std::optional<EventInvokeSettings> find_event_invoke(store::ReadTxn& txn,
                                                     const FunctionReference& reference) {
    auto rows = txn.query(
        "select max_retries, max_age_s, event_config_ms from lambda_function "
        "where account = ?1 and region = ?2 and name = ?3 and event_config_ms is not null",
        reference.account, reference.region, reference.name);
    if (!rows.next()) return std::nullopt;
    EventInvokeSettings settings;
    if (!rows->is_null(0)) settings.max_retries = rows->integer(0);
    if (!rows->is_null(1)) settings.max_age_s = rows->integer(1);
    settings.modified_ms = rows->integer(2);
    return settings;
}

void update_event_invoke(store::Txn& txn, const FunctionReference& reference,
                         const std::optional<EventInvokeSettings>& settings) {
    const EventInvokeSettings values = settings.value_or(EventInvokeSettings{});
    const std::optional<std::int64_t> modified =
        settings ? std::optional<std::int64_t>(values.modified_ms) : std::nullopt;
    txn.execute(
        "update lambda_function set max_retries = ?4, max_age_s = ?5, event_config_ms = ?6 "
        "where account = ?1 and region = ?2 and name = ?3",
        reference.account, reference.region, reference.name, values.max_retries, values.max_age_s, modified);
}

}  // namespace fogbank::lambda
