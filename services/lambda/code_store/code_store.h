// The code of functions on disk: one folder per deployment package, named by its SHA-256, shared by every
// version that has it.
#pragma once

#include "services/lambda/limits.h"
#include "src/base/task.h"
#include "src/store/database.h"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace fogbank::lambda {

struct StoredCode {
    std::string id;          // SHA-256 in hex, the folder's name
    std::string sha_base64;  // as CodeSha256 has it
    std::uint64_t size = 0;  // of the zip
};

class CodeStore {
public:
    // `pool` runs what blocks. `zipped_limit` is LAMBDA_LIMITS_CODE_SIZE_ZIPPED.
    CodeStore(std::string folder, store::Database& database, Executor pool, std::uint64_t zipped_limit);

    // Keeps the package from being erased while it is in use: by a create under way, by a running sandbox.
    class Pin {
    public:
        Pin() = default;
        Pin(CodeStore& store, std::string id);
        ~Pin();
        Pin(Pin&& other) noexcept;
        Pin& operator=(Pin&& other) noexcept;

    private:
        CodeStore* store_ = nullptr;
        std::string id_;
    };

    struct Added {
        StoredCode code;
        Pin pin;  // to be held until a row names the code
    };
    // Unpacks `zip` on the pool, unless it is there. Throws InvalidParameterValueException with AWS's
    // messages.
    Task<Added> add(std::string zip);

    std::string folder(const std::string& id) const { return folder_ + "/" + id; }
    std::string zip_path(const std::string& id) const { return folder_ + "/" + id + ".zip"; }

    // Removes, on the pool, what neither a row of lambda_version nor a Pin names.
    Task<void> erase_unused(std::string id);
    // The same for all folders; at start, before functions run.
    void sweep();

private:
    void unpack(const std::string& zip, const std::string& id) const;
    bool is_used(const std::string& id) const;
    void pin(const std::string& id);
    void unpin(const std::string& id);

    std::string folder_;
    store::Database& database_;
    Executor pool_;
    std::uint64_t zipped_limit_;
    std::mutex mutex_;  // guards pins_, and the step from "unused" to "renamed away"
    std::map<std::string, int> pins_;
};

}  // namespace fogbank::lambda
