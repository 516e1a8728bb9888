#include "services/apigateway/service.h"

#include "services/apigateway/model/service.h"
#include "services/apigateway/rest/store.h"

namespace fogbank::apigateway {

Service::Service(store::Database& database, Clock& clock, Entropy& entropy,
                 const gateway::LocalClient& client)
    : operations_(database, entropy), route_(database, clock, entropy, client) {}

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    operations_.bind(table);
}

void Service::reset(store::Txn& txn, std::string_view account) {
    rest::erase_account(txn, account);
}

void Service::after_reset(std::string_view) {
    route_.forget_stages();
}

}  // namespace fogbank::apigateway
