// Building and checking a function's configuration, as CreateFunction and UpdateFunctionConfiguration do.
#pragma once

#include "services/lambda/function.h"
#include "services/lambda/model/create_function.h"
#include "services/lambda/model/update_function_configuration.h"
#include "src/base/clock.h"
#include "src/base/error.h"

#include <optional>
#include <string>
#include <vector>

namespace fogbank::lambda {

// What AWS has and Fogbank does not act on: refused with 501, never ignored.
Error not_served(std::string_view what);

// Throws where the request asks for something that is not served, or breaks a rule that the model does not
// state.
void check_create(const api::CreateFunctionRequest& input);
void check_update(const api::UpdateFunctionConfigurationRequest& input);

// Names of the settings that `configuration` has and that change nothing here: they are stored and echoed.
std::vector<std::string> settings_without_effect(const api::FunctionConfiguration& configuration);
// Refuses them where STRICT=1 asks for that.
void refuse_settings(const api::FunctionConfiguration& configuration);
// Logs them.
void warn_of_settings(const api::FunctionConfiguration& configuration);

// The new function's configuration, without what its code and its row decide (CodeSha256, RevisionId ...).
api::FunctionConfiguration make_configuration(const api::CreateFunctionRequest& input,
                                              const std::string& name);
void apply_update(const api::UpdateFunctionConfigurationRequest& input,
                  api::FunctionConfiguration& configuration);

void check_environment_size(const std::optional<api::Environment>& environment, std::size_t limit);

// "2026-11-23T15:27:00.000+0000", the form that LastModified has.
std::string modified_text(Timestamp time);

// Throws PreconditionFailedException where `wanted` is given and not `current`.
void check_revision(const std::optional<std::string>& wanted, const std::optional<std::string>& current);

// What an answer says of a function right after a change: being created, being updated.
api::FunctionConfiguration as_pending(api::FunctionConfiguration configuration);
api::FunctionConfiguration as_updating(api::FunctionConfiguration configuration);

}  // namespace fogbank::lambda
