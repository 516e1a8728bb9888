#include "src/http/tls/identity.h"

#include "src/base/log.h"
#include "src/http/coarse_time.h"
#include "src/http/server.h"
#include "src/http/tls/certificate.h"

#include <openssl/ssl.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <system_error>

namespace fogbank::http::tls {

namespace {

namespace asio = boost::asio;

constexpr int kRenewDays = 7;
constexpr std::int64_t kLookAgainMs = 60 * 60 * 1000;

constexpr std::array<const char*, 8> kNames{
    "localhost",
    "*.localhost",
    "127.0.0.1",
    "::1",
    "localhost.localstack.cloud",
    "*.localhost.localstack.cloud",
    "*.s3.localhost.localstack.cloud",
    "*.execute-api.localhost.localstack.cloud",
};

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return file ? text.str() : std::string();
}

// Complete or not at all, and never readable by others, not even for a moment.
void write_file(const std::string& path, const std::string& text, mode_t mode) {
    const std::string temporary = path + "." + std::to_string(::getpid()) + ".new";
    const int file = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (file < 0) throw std::system_error(errno, std::generic_category(), temporary);
    const ssize_t written = ::write(file, text.data(), text.size());
    const int problem = written == static_cast<ssize_t>(text.size()) ? 0 : errno;
    ::close(file);
    if (problem != 0) throw std::system_error(problem, std::generic_category(), temporary);
    std::filesystem::rename(temporary, path);
}

Pair read_pair(const std::string& certificate_file, const std::string& key_file) {
    Pair pair{parse_certificate(read_file(certificate_file)), parse_key(read_file(key_file))};
    if (!pair.certificate || !pair.key || !belongs_to(pair.certificate, pair.key)) return {};
    return pair;
}

// HTTP/2 where the client offers it, else HTTP/1.1.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned int offered_size, void*) {
    static constexpr std::array<unsigned char, 12> kServed{2,   'h', '2', 8,   'h', 't',
                                                           't', 'p', '/', '1', '.', '1'};
    unsigned char* out = nullptr;
    const int result =
        SSL_select_next_proto(&out, chosen_size, kServed.data(), kServed.size(), offered, offered_size);
    *chosen = out;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

Identity::Identity(const ServerOptions& options)
    : folder_(options.tls_folder),
      certificate_file_(options.certificate_file),
      key_file_(options.key_file),
      names_(kNames.begin(), kNames.end()) {
    const std::set<std::string> known(names_.begin(), names_.end());
    for (const std::string& name : options.certificate_names) {
        if (known.contains(name)) continue;
        if (is_certificate_name(name)) {
            names_.push_back(name);
        } else {
            log::warning("not a name for a certificate", {{"name", name}});
        }
    }
}

std::shared_ptr<asio::ssl::context> Identity::context() {
    const std::lock_guard lock(mutex_);
    const std::int64_t now = steady_millis();
    if (context_ && now < look_again_ms_) return context_;
    if (folder_.empty() && certificate_file_.empty()) return nullptr;
    try {
        context_ = load();
        look_again_ms_ = now + kLookAgainMs;
    } catch (const std::exception& problem) {
        log::error("no TLS", {{"reason", problem.what()}});
    }
    return context_;
}

void Identity::prepare_files(const std::string& folder) const {
    namespace fs = std::filesystem;
    const bool made = fs::create_directories(folder);
    if (made) fs::permissions(folder, fs::perms::owner_all);
    Pair authority = read_pair(folder + "/ca.pem", folder + "/ca.key");
    if (!authority.certificate || expires_within_days(authority.certificate, kRenewDays)) {
        authority = make_authority();
        write_file(folder + "/ca.key", key_pem(authority.key), 0600);
        write_file(folder + "/ca.pem", certificate_pem(authority.certificate), 0644);
    }
    const Pair server = read_pair(folder + "/server.pem", folder + "/server.key");
    const std::set<std::string> wanted(names_.begin(), names_.end());
    if (server.certificate && !expires_within_days(server.certificate, kRenewDays) &&
        signed_by(server.certificate, authority.certificate) && subject_names(server.certificate) == wanted) {
        return;
    }
    const Pair fresh = make_server_certificate(authority, names_);
    write_file(folder + "/server.key", key_pem(fresh.key), 0600);
    write_file(folder + "/server.pem",
               certificate_pem(fresh.certificate) + certificate_pem(authority.certificate), 0644);
}

std::shared_ptr<asio::ssl::context> Identity::load() {
    std::string certificate = certificate_file_, key = key_file_;
    if (certificate.empty()) {
        prepare_files(folder_);
        certificate = folder_ + "/server.pem";
        key = folder_ + "/server.key";
    } else if (key.empty()) {
        key = certificate;  // one PEM with both, as CUSTOM_SSL_CERT_PATH has it
    }
    auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
    context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    context->use_certificate_chain_file(certificate);
    context->use_private_key_file(key, asio::ssl::context::pem);
    SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_protocol, nullptr);
    SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
    return context;
}

}  // namespace fogbank::http::tls
