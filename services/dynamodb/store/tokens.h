// ClientRequestTokens: a transaction that is sent again within ten minutes is made once.
#pragma once

#include "src/store/database.h"

#include <cstdint>
#include <string>

namespace fogbank::dynamodb {

struct RequestToken {
    std::string account;
    std::string region;
    std::string token;
    std::string digest;  // of what is asked for
};

enum class TokenState { taken, known };

// Throws IdempotentParameterMismatchException where the token stands for something else.
TokenState take_token(store::Txn& txn, const RequestToken& token, std::int64_t now_ms);

}  // namespace fogbank::dynamodb
