#include "services/sts/service.h"

#include "services/sts/model/get_caller_identity.h"
#include "services/sts/model/service.h"

namespace fogbank::sts {

void Service::bind(gateway::OperationTable& table) {
    table.serve(api::service());
    table.on<api::GetCallerIdentity>(*this, &Service::get_caller_identity);
}

}  // namespace fogbank::sts
