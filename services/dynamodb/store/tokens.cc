#include "services/dynamodb/store/tokens.h"

#include "services/dynamodb/model/errors.h"

namespace fogbank::dynamodb {
namespace {

constexpr std::int64_t kLifeMs = 10 * 60 * 1000;  // docs: "A client request token is valid for 10 minutes"

}  // namespace

TokenState take_token(store::Txn& txn, const RequestToken& token, std::int64_t now_ms) {
    txn.execute("delete from dynamodb_tokens where made_ms < ?1", now_ms - kLifeMs);
    {
        auto rows = txn.query(
            "select digest from dynamodb_tokens where account = ?1 and region = ?2 and token = ?3",
            std::string_view(token.account), std::string_view(token.region), std::string_view(token.token));
        if (rows.next()) {
            if (rows->text(0) == token.digest) return TokenState::known;
            throw errors::IdempotentParameterMismatchException(
                "The provided ClientRequestToken was already used with different parameters");
        }
    }
    txn.execute(
        "insert into dynamodb_tokens (account, region, token, digest, made_ms) values (?1, ?2, ?3, ?4, ?5)",
        std::string_view(token.account), std::string_view(token.region), std::string_view(token.token),
        std::string_view(token.digest), now_ms);
    return TokenState::taken;
}

}  // namespace fogbank::dynamodb
