// What CreateEventSourceMapping and UpdateEventSourceMapping accept.
#pragma once

#include "services/lambda/model/create_event_source_mapping.h"
#include "services/lambda/model/update_event_source_mapping.h"
#include "services/lambda/store/mappings.h"

namespace fogbank::lambda {

// Throw InvalidParameterValueException with AWS's messages, or 501 for what is not served.
void check_create(const api::CreateEventSourceMappingRequest& input);
void check_update(const api::UpdateEventSourceMappingRequest& input);

// Fills in AWS's defaults for streams.
api::EventSourceMappingConfiguration make_configuration(const api::CreateEventSourceMappingRequest& input);
void apply_update(const api::UpdateEventSourceMappingRequest& input,
                  api::EventSourceMappingConfiguration& configuration);

}  // namespace fogbank::lambda
