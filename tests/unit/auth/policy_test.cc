#include <catch2/catch.hpp>

#include "src/auth/policy_decision.h"

#include <map>

namespace fogbank::auth {

namespace {

using Values = std::map<std::string, std::vector<std::string>>;

Policy policy(std::string_view json) {
    auto parsed = parse_policy(json);
    if (auto* problem = std::get_if<PolicyProblem>(&parsed)) {
        FAIL("fault " << static_cast<int>(problem->fault) << ": " << problem->detail);
    }
    return std::get<Policy>(parsed);
}

PolicyProblem fault(std::string_view json) {
    auto parsed = parse_policy(json);
    REQUIRE(std::holds_alternative<PolicyProblem>(parsed));
    return std::get<PolicyProblem>(parsed);
}

Principal user() {
    Principal out;
    out.kind = PrincipalKind::user;
    out.account = "111122223333";
    out.arn = "arn:aws:iam::111122223333:user/fog";
    return out;
}

struct Question {
    std::string action = "s3:GetObject";
    std::string resource = "arn:aws:s3:::b/k";
    Values values = {};
    Principal principal = user();
    std::string canonical = "c0ffee";
};

Decision ask(const Policy& document, const Question& question = {}) {
    const RequestValues values = [&](std::string_view key) -> std::optional<std::vector<std::string>> {
        const auto found = question.values.find(std::string(key));
        if (found == question.values.end()) return std::nullopt;
        return found->second;
    };
    return evaluate(document,
                    {question.principal, question.canonical, question.action, question.resource, values});
}

// A policy that allows the question under `condition` only.
bool allowed_if(const std::string& condition, const Values& values) {
    const Policy document = policy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*",)"
                                   R"("Action":"*","Resource":"*","Condition":)" +
                                   condition + "}}");
    Question question;
    question.values = values;
    return ask(document, question) == Decision::allow;
}

bool allowed_for(const std::string& principal, const Principal& who) {
    const Policy document = policy(
        R"({"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":)" + principal + "}]}");
    Question question;
    question.principal = who;
    return ask(document, question) == Decision::allow;
}

}  // namespace

TEST_CASE("Silence is no permission, and a Deny beats every Allow wherever it stands") {
    const Policy allow =
        policy(R"({"Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::b/*"}]})");
    CHECK(ask(allow) == Decision::allow);
    Question put;
    put.action = "s3:PutObject";
    CHECK(ask(allow, put) == Decision::none);
    Question elsewhere;
    elsewhere.resource = "arn:aws:s3:::other/k";
    CHECK(ask(allow, elsewhere) == Decision::none);
    for (const char* order :
         {R"([{"Effect":"Deny","Action":"*","Resource":"*"},{"Effect":"Allow","Action":"*","Resource":"*"}])",
          R"([{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*",)"
          R"("Resource":"*"}])"}) {
        CHECK(ask(policy(std::string(R"({"Statement":)") + order + "}")) == Decision::deny);
    }
    CHECK(combine(Decision::allow, Decision::none) == Decision::allow);
    CHECK(combine(Decision::allow, Decision::deny) == Decision::deny);
}

TEST_CASE("Actions match in any case, NotAction and NotResource mean all others") {
    const Policy lower =
        policy(R"({"Statement":{"Effect":"Allow","Action":["S3:getobject"],"Resource":"*"}})");
    CHECK(ask(lower) == Decision::allow);
    const Policy others = policy(R"({"Statement":{"Effect":"Allow","NotAction":"s3:Delete*",)"
                                 R"("NotResource":"arn:aws:s3:::b/secret*"}})");
    CHECK(ask(others) == Decision::allow);
    Question question;
    question.action = "s3:DeleteObject";
    CHECK(ask(others, question) == Decision::none);
    question.action = "s3:GetObject";
    question.resource = "arn:aws:s3:::b/secret/1";
    CHECK(ask(others, question) == Decision::none);
    const Policy one =
        policy(R"({"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/a?c"}})");
    question.resource = "arn:aws:s3:::b/abc";
    CHECK(ask(one, question) == Decision::allow);
    question.resource = "arn:aws:s3:::b/ac";
    CHECK(ask(one, question) == Decision::none);
}

TEST_CASE(
    "A principal is everyone, an account, a user, a role and its sessions, a service or a canonical user") {
    Principal anonymous;
    anonymous.kind = PrincipalKind::anonymous;
    CHECK(allowed_for(R"("*")", anonymous));
    CHECK(allowed_for(R"({"AWS":"*"})", anonymous));
    CHECK_FALSE(allowed_for(R"({"AWS":"111122223333"})", anonymous));
    CHECK(allowed_for(R"({"AWS":"111122223333"})", user()));
    CHECK(allowed_for(R"({"AWS":["arn:aws:iam::111122223333:root"]})", user()));
    CHECK(allowed_for(R"({"AWS":"arn:aws:iam::111122223333:user/fog"})", user()));
    CHECK_FALSE(allowed_for(R"({"AWS":"arn:aws:iam::111122223333:user/mist"})", user()));
    CHECK_FALSE(allowed_for(R"({"AWS":"arn:aws:iam::444455556666:root"})", user()));
    CHECK(allowed_for(R"({"CanonicalUser":"c0ffee"})", user()));
    CHECK_FALSE(allowed_for(R"({"CanonicalUser":"decaf"})", user()));
    Principal session;
    session.kind = PrincipalKind::role;
    session.account = "111122223333";
    session.arn = "arn:aws:sts::111122223333:assumed-role/reader/s1";
    CHECK(allowed_for(R"({"AWS":"arn:aws:iam::111122223333:role/reader"})", session));
    CHECK(allowed_for(R"({"AWS":"arn:aws:sts::111122223333:assumed-role/reader/s1"})", session));
    CHECK_FALSE(allowed_for(R"({"AWS":"arn:aws:iam::111122223333:role/writer"})", session));
    Principal service;
    service.kind = PrincipalKind::service;
    service.arn = "logging.s3.amazonaws.com";
    CHECK(allowed_for(R"({"Service":"logging.s3.amazonaws.com"})", service));
    CHECK_FALSE(allowed_for(R"({"Service":"lambda.amazonaws.com"})", service));
    const Policy other = policy(
        R"({"Statement":{"Effect":"Deny",)"
        R"("NotPrincipal":{"AWS":"arn:aws:iam::111122223333:user/fog"},"Action":"*","Resource":"*"}})");
    CHECK(ask(other) == Decision::none);
    Question question;
    question.principal = session;
    CHECK(ask(other, question) == Decision::deny);
}

TEST_CASE("Strings, numbers, dates, booleans, bytes and addresses compare as AWS compares them") {
    CHECK(allowed_if(R"({"StringEquals":{"s3:prefix":["a/","b/"]}})", {{"s3:prefix", {"b/"}}}));
    CHECK_FALSE(allowed_if(R"({"StringEquals":{"s3:prefix":"a/"}})", {{"s3:prefix", {"A/"}}}));
    CHECK(allowed_if(R"({"StringEqualsIgnoreCase":{"S3:Prefix":"a/"}})", {{"s3:prefix", {"A/"}}}));
    CHECK_FALSE(allowed_if(R"({"StringEquals":{"s3:prefix":"a"}})", {}));
    CHECK_FALSE(allowed_if(R"({"StringNotEquals":{"s3:prefix":["a","b"]}})", {{"s3:prefix", {"b"}}}));
    CHECK(allowed_if(R"({"StringNotEquals":{"s3:prefix":"a"}})", {}));
    CHECK(allowed_if(R"({"StringLike":{"aws:referer":"http://*.example.com/*"}})",
                     {{"aws:referer", {"http://www.example.com/page"}}}));
    CHECK(allowed_if(R"({"NumericLessThanEquals":{"s3:max-keys":10}})", {{"s3:max-keys", {"10"}}}));
    CHECK_FALSE(allowed_if(R"({"NumericLessThan":{"s3:max-keys":"10"}})", {{"s3:max-keys", {"10"}}}));
    CHECK_FALSE(allowed_if(R"({"NumericEquals":{"s3:max-keys":"ten"}})", {{"s3:max-keys", {"10"}}}));
    CHECK(allowed_if(R"({"DateGreaterThan":{"aws:CurrentTime":"2024-01-01T00:00:00Z"}})",
                     {{"aws:currenttime", {"2024-01-01T00:00:01Z"}}}));
    CHECK(allowed_if(R"({"DateLessThan":{"aws:EpochTime":"2024-01-01"}})",
                     {{"aws:epochtime", {"1704067199"}}}));
    CHECK(allowed_if(R"({"Bool":{"aws:SecureTransport":false}})", {{"aws:securetransport", {"false"}}}));
    CHECK(allowed_if(R"({"BinaryEquals":{"k":"AQI="}})", {{"k", {"\x01\x02"}}}));
    CHECK(allowed_if(R"({"IpAddress":{"aws:SourceIp":["10.0.0.0/8","192.0.2.7"]}})",
                     {{"aws:sourceip", {"10.200.3.4"}}}));
    CHECK_FALSE(
        allowed_if(R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/9"}})", {{"aws:sourceip", {"10.200.3.4"}}}));
    CHECK(
        allowed_if(R"({"NotIpAddress":{"aws:SourceIp":"10.0.0.0/8"}})", {{"aws:sourceip", {"2001:db8::1"}}}));
    CHECK(allowed_if(R"({"IpAddress":{"aws:SourceIp":"2001:db8::/32"}})",
                     {{"aws:sourceip", {"2001:db8:1::1"}}}));
    CHECK_FALSE(
        allowed_if(R"({"IpAddress":{"aws:SourceIp":"10.0.0.0/33"}})", {{"aws:sourceip", {"10.0.0.1"}}}));
    CHECK(allowed_if(R"({"ArnLike":{"aws:SourceArn":"arn:aws:s3:*:*:bucket*"}})",
                     {{"aws:sourcearn", {"arn:aws:s3:eu-west-1:111122223333:bucket/x:y"}}}));
    CHECK_FALSE(allowed_if(R"({"ArnEquals":{"aws:SourceArn":"arn:aws:s3*"}})",
                           {{"aws:sourcearn", {"arn:aws:s3:eu-west-1:111122223333:bucket"}}}));
}

TEST_CASE("Null asks for presence, IfExists forgives absence, and quantifiers judge every value") {
    CHECK(allowed_if(R"({"Null":{"s3:x-amz-acl":"true"}})", {}));
    CHECK_FALSE(allowed_if(R"({"Null":{"s3:x-amz-acl":"true"}})", {{"s3:x-amz-acl", {"private"}}}));
    CHECK(allowed_if(R"({"Null":{"s3:x-amz-acl":false}})", {{"s3:x-amz-acl", {"private"}}}));
    CHECK(allowed_if(R"({"StringEqualsIfExists":{"s3:x-amz-acl":"private"}})", {}));
    CHECK_FALSE(allowed_if(R"({"StringEqualsIfExists":{"s3:x-amz-acl":"private"}})",
                           {{"s3:x-amz-acl", {"public-read"}}}));
    const Values tags = {{"s3:requestobjecttagkeys", {"a", "b"}}};
    CHECK(allowed_if(R"({"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","b","c"]}})", tags));
    CHECK_FALSE(allowed_if(R"({"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["a","c"]}})", tags));
    CHECK(allowed_if(R"({"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"a"}})", {}));
    CHECK(allowed_if(R"({"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":["b","z"]}})", tags));
    CHECK_FALSE(allowed_if(R"({"ForAnyValue:StringEquals":{"s3:RequestObjectTagKeys":"z"}})", tags));
    CHECK_FALSE(allowed_if(R"({"ForAnyValue:StringNotEquals":{"s3:RequestObjectTagKeys":"z"}})", {}));
    CHECK(allowed_if(R"({"StringEquals":{"k":"a","l":"b"},"Null":{"m":"true"}})",
                     {{"k", {"a"}}, {"l", {"b"}}}));
    CHECK_FALSE(allowed_if(R"({"StringEquals":{"k":"a","l":"b"}})", {{"k", {"a"}}, {"l", {"c"}}}));
}

TEST_CASE("Variables stand for the request's values in version 2012-10-17 only, and never for wildcards") {
    const std::string statement =
        R"("Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::b/${aws:username}/*"}})";
    const Policy with = policy(R"({"Version":"2012-10-17",)" + statement);
    const Policy without = policy("{" + statement);
    Question question;
    question.resource = "arn:aws:s3:::b/fog/k";
    question.values = {{"aws:username", {"fog"}}};
    CHECK(ask(with, question) == Decision::allow);
    CHECK(ask(without, question) == Decision::none);
    question.values = {};
    CHECK(ask(with, question) == Decision::none);
    question.values = {{"aws:username", {"f*"}}};
    CHECK(ask(with, question) == Decision::none);
    question.resource = "arn:aws:s3:::b/f*/k";
    CHECK(ask(with, question) == Decision::allow);
    const Policy fallback = policy(R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*",)"
                                   R"("Resource":"arn:aws:s3:::b/${aws:username, 'guest'}/${*}"}})");
    question.values = {};
    question.resource = "arn:aws:s3:::b/guest/*";
    CHECK(ask(fallback, question) == Decision::allow);
    question.resource = "arn:aws:s3:::b/guest/k";
    CHECK(ask(fallback, question) == Decision::none);
    CHECK(allowed_if(R"({"StringEquals":{"s3:prefix":"${aws:username}"}})",
                     {{"s3:prefix", {"a*"}}, {"aws:username", {"a*"}}}));
}

TEST_CASE("What is wrong with a document is said") {
    CHECK(fault("[]").fault == PolicyFault::not_json);
    CHECK(fault("{").fault == PolicyFault::not_json);
    CHECK(fault(R"({"Version":"2012-10-17"})").detail == "Statement");
    CHECK(fault(R"({"Statement":[]})").fault == PolicyFault::missing_field);
    CHECK(fault(R"({"Version":"2020-01-01","Statement":[]})").fault == PolicyFault::bad_version);
    CHECK(fault(R"({"Statements":[]})").fault == PolicyFault::unknown_field);
    const auto statement = [](const std::string& text) { return fault(R"({"Statement":[{)" + text + "}]}"); };
    CHECK(statement(R"("Action":"s3:*","Resource":"*")").detail == "Effect");
    CHECK(statement(R"("Effect":"Allow","Resource":"*")").detail == "Action");
    CHECK(statement(R"("Effect":"allow","Action":"s3:*","Resource":"*")").fault == PolicyFault::bad_effect);
    CHECK(statement(R"("Effect":"Allow","Action":"GetObject","Resource":"*")").fault ==
          PolicyFault::bad_action);
    CHECK(statement(R"("Effect":"Allow","Action":"s3:*","Resource":"bucket")").fault ==
          PolicyFault::bad_resource);
    CHECK(statement(R"("Effect":"Allow","Principal":"me","Action":"s3:*")").fault ==
          PolicyFault::bad_principal);
    CHECK(statement(R"("Effect":"Allow","Principal":{"Me":"x"},"Action":"s3:*")").detail == "Me");
    CHECK(statement(R"("Effect":"Allow","Action":"s3:*","Condition":{"StringSame":{"k":"v"}})").detail ==
          "StringSame");
    CHECK(statement(R"("Effect":"Allow","Action":"s3:*","Condition":{"NullIfExists":{"k":"true"}})").fault ==
          PolicyFault::bad_condition);
    CHECK(statement(R"("Effect":"Allow","Action":"s3:*","NotAction":"s3:*")").fault ==
          PolicyFault::bad_syntax);
    CHECK(statement(R"("Effect":"Allow","Action":{"s3":"*"}")").fault == PolicyFault::not_json);
    CHECK(statement(R"("Effect":"Allow","Action":{"s3":"*"})").fault == PolicyFault::bad_syntax);
    CHECK(fault(R"({"Statement":[{"Sid":"a","Effect":"Deny","Action":"*"},{"Sid":"a",)"
                R"("Effect":"Deny","Action":"*"}]})")
              .fault == PolicyFault::repeated_sid);
    CHECK(fault(std::string(R"({"Statement":)") + std::string(20, '[') + std::string(20, ']') + "}").fault ==
          PolicyFault::not_json);
}

TEST_CASE("A long pattern of stars is judged in no more than the product of the lengths") {
    std::string pattern;
    for (int i = 0; i < 2000; ++i) pattern += "*a";
    CHECK_FALSE(matches_pattern(pattern + "b", std::string(4000, 'a')));
    CHECK(matches_pattern(pattern, std::string(4000, 'a')));
}

}  // namespace fogbank::auth
