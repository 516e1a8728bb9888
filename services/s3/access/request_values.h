// What a request has for the condition keys of policies. docs: "Bucket policy examples using condition keys",
// Service Authorization Reference for Amazon S3.
#pragma once

#include "src/auth/policy_conditions.h"
#include "src/gateway/request_context.h"

#include <string_view>

namespace fogbank::s3 {

// What an operation was given: `value` is of the C++ type of the operation's input. Null: the request has no
// such values.
struct RequestInput {
    const model::Operation* operation = nullptr;
    const void* value = nullptr;
};

struct RequestFacts {
    const gateway::RequestContext& context;
    RequestInput input;
    std::string_view resource_account;  // who owns the bucket
    std::string_view object_tags;       // of the object that is there, as in x-amz-tagging
    std::string_view prefix = {};       // where nothing but a key is asked about, and `input` has no prefix
};

// Views `facts`. Keys of headers and parameters ("s3:x-amz-acl", "s3:prefix") are found by the model's
// tables.
auth::RequestValues request_values(const RequestFacts& facts);

}  // namespace fogbank::s3
