// The model compiler: one service model of botocore and the service's patch in, C++ out.
#include "src/model/modelc/emit.h"
#include "src/model/modelc/patch.h"

#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

namespace {

using fogbank::modelc::ModelError;

void compile(const std::map<std::string, std::string>& options) {
    using namespace fogbank::modelc;
    ServiceModel service = parse_model(options.at("--id"), read_file(options.at("--model")));
    const auto patch = options.find("--patch");
    if (patch != options.end()) {
        try {
            apply_patch(read_file(patch->second), service);
        } catch (const ModelError& error) {
            throw ModelError(patch->second + ": " + error.what());
        }
    }
    const Plan plan(service);
    OutputFolder out(options.at("--out"));
    emit_types(plan, out);
    emit_tables(plan, std::atoi(options.at("--tables").c_str()), out);
    emit_service(plan, out);
    out.commit();
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> options;
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    for (const char* name : {"--id", "--model", "--out", "--tables"}) {
        if (!options.contains(name)) {
            std::fprintf(stderr,
                         "usage: modelc --id ID --model FILE [--patch FILE] --out DIR --tables COUNT\n");
            return 2;
        }
    }
    try {
        compile(options);
    } catch (const ModelError& error) {
        std::fprintf(stderr, "modelc: %s: %s\n", options["--id"].c_str(), error.what());
        return 1;
    }
    return 0;
}
