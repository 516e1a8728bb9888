#include "src/model/modelc/patch.h"

#include <catch2/catch.hpp>

using namespace fogbank::modelc;

namespace {

ServiceModel model() {
    return parse_model("x", R"({"metadata": {"protocol": "json"}, "operations": {}, "shapes": {
        "In": {"type": "structure", "members": {"A": {"shape": "Text"}}}, "Text": {"type": "string"}}})");
}

std::string refusal(const std::string& patch) {
    ServiceModel service = model();
    try {
        apply_patch(patch, service);
    } catch (const ModelError& error) {
        return error.what();
    }
    return "none";
}

}  // namespace

TEST_CASE("a patch with a mistake is refused with its place") {
    CHECK(refusal("{").starts_with("no JSON: "));
    CHECK(refusal(R"({"error": []})") == "error: unknown section");
    CHECK(refusal(R"({"errors": [{"name": "E"}]})") == "errors: [0]: 'reason' is missing");
    CHECK(refusal(R"({"errors": [{"name": "E", "reason": ""}]})") == "errors: [0]: an entry gives no reason");
    CHECK(refusal(R"({"errors": [{"name": "E", "status": "400", "reason": "r"}]})") ==
          "errors: [0]: 'status' is no number");
    CHECK(refusal(R"({"types": {"T": {"reason": "r", "cpp": "a", "header": "b", "access": "c"}}})") ==
          "types: T: no shape 'T'");
    CHECK(refusal(R"({"constraints": [{"shape": "In", "member": "B", "max": 1, "reason": "r"}]})") ==
          "constraints: [0]: shape 'In' has no member 'B'");
    CHECK(refusal(R"({"constraints": [{"shape": "Text", "maximum": 1, "reason": "r"}]})") ==
          "constraints: [0]: unknown key 'maximum'");
    CHECK(refusal(R"({"constraints": [{"shape": "Text", "required": true, "reason": "r"}]})") ==
          "constraints: [0]: 'required' belongs to a member");
    CHECK(refusal(R"({"operations": {"Go": {"status": 201, "reason": "r"}}})") ==
          "operations: Go: no operation 'Go'");
    CHECK(refusal(R"({"structures": {"In": {"choice": {}, "reason": "r"}}})") ==
          "structures: In: 'choice' names no lists");
    CHECK(refusal(R"({"structures": {"In": {"choice": {"member": "M", "shape": "S", "of": ["A"]}, "reason":)"
                  R"( "r"}}})") == "structures: In: 'A' is no flattened list");
    CHECK(refusal(R"({"constraints": [{"shape": "Text", "max": 1, "reason": "r"}]})") == "none");
}
