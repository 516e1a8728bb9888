#include "services/apigateway/rest/documents.h"

#include "services/apigateway/model/create_deployment.h"
#include "services/apigateway/model/create_rest_api.h"
#include "services/apigateway/model/get_resource.h"
#include "services/apigateway/model/get_resources.h"
#include "services/apigateway/model/get_stage.h"
#include "services/apigateway/model/service.h"
#include "src/protocol/json_body.h"

namespace fogbank::apigateway::rest {

namespace {

// The shape of a structure is that of the output of an operation that answers with it.
template <class Op>
std::string encode(const typename Op::Output& value) {
    std::string text;
    json::Writer out(text);
    protocol::encode_json(*Op::descriptor().output, &value, out);
    return text;
}

template <class Op>
typename Op::Output decode(std::string_view text) {
    typename Op::Output value;
    protocol::JsonDecoder(api::service())
        .document(*Op::descriptor().output, text, &value, protocol::BodyMembers::all);
    return value;
}

}  // namespace

std::string to_json(const api::RestApi& value) {
    return encode<api::CreateRestApi>(value);
}
std::string to_json(const api::Resource& value) {
    return encode<api::GetResource>(value);
}
std::string to_json(const api::Resources& value) {
    return encode<api::GetResources>(value);
}
std::string to_json(const api::Deployment& value) {
    return encode<api::CreateDeployment>(value);
}
std::string to_json(const api::Stage& value) {
    return encode<api::GetStage>(value);
}

api::RestApi parse_rest_api(std::string_view text) {
    return decode<api::CreateRestApi>(text);
}
api::Resource parse_resource(std::string_view text) {
    return decode<api::GetResource>(text);
}
api::Resources parse_resources(std::string_view text) {
    return decode<api::GetResources>(text);
}
api::Deployment parse_deployment(std::string_view text) {
    return decode<api::CreateDeployment>(text);
}
api::Stage parse_stage(std::string_view text) {
    return decode<api::GetStage>(text);
}

}  // namespace fogbank::apigateway::rest
