// TLS on the same port, our own certificates, and the client.
#include "src/http/client.h"
#include "src/http/tls/certificate.h"
#include "tests/unit/http/live_server.h"

#include <catch2/catch.hpp>

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace fogbank;
using namespace fogbank::http;
using namespace fogbank::http::test;
namespace fs = std::filesystem;

namespace {

class Folder {
public:
    Folder() {
        char name[] = "/tmp/fogbank-tls-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path_ = name;
    }
    ~Folder() { fs::remove_all(path_); }
    Folder(const Folder&) = delete;
    std::string operator/(const std::string& file) const { return path_ + "/" + file; }

private:
    std::string path_;
};

std::string read(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Task<Response> tell(Request& request) {
    Response response = co_await echo(request);
    response.headers.add("x-secure", request.secure ? "yes" : "no");
    co_return response;
}

ClientRequest ask(const std::string& scheme, int port) {
    ClientRequest request;
    request.method = "PUT";
    request.url = scheme + "://localhost:" + std::to_string(port) + "/k%20?a=%2F";
    request.body = "body";
    request.verify_tls = false;
    return request;
}

}  // namespace

TEST_CASE("HTTP and HTTPS are told apart on one port, and the certificate is made at the first TLS hello") {
    const Folder folder;
    ServerOptions options;
    options.tls_folder = folder / "tls";
    options.certificate_names = {"my.host", "10.1.2.3", "localhost", "with:4566", "a,DNS:evil"};
    LiveServer server(tell, options);
    const ClientResult plain = send(ask("http", server.port()));
    REQUIRE(std::holds_alternative<ClientResponse>(plain));
    CHECK(std::get<ClientResponse>(plain).headers.get("X-Secure") == "no");
    CHECK(std::get<ClientResponse>(plain).body == "PUT /k%20?a=%2F 4:body");
    CHECK_FALSE(fs::exists(folder / "tls"));

    const ClientResult secure = send(ask("https", server.port()));
    REQUIRE(std::holds_alternative<ClientResponse>(secure));
    CHECK(std::get<ClientResponse>(secure).headers.get("X-Secure") == "yes");
    CHECK(std::get<ClientResponse>(secure).body == "PUT /k%20?a=%2F 4:body");
    for (const char* file : {"ca.key", "server.key"}) {
        struct stat status {};
        REQUIRE(::stat((folder / ("tls/" + std::string(file))).c_str(), &status) == 0);
        CHECK((status.st_mode & 0777) == 0600);
    }
    const auto certificate = tls::parse_certificate(read(folder / "tls/server.pem"));
    REQUIRE(certificate);
    CHECK(tls::subject_names(certificate) ==
          std::set<std::string>{"localhost", "*.localhost", "127.0.0.1", "::1", "localhost.localstack.cloud",
                                "*.localhost.localstack.cloud", "*.s3.localhost.localstack.cloud",
                                "*.execute-api.localhost.localstack.cloud", "my.host", "10.1.2.3"});
    CHECK(tls::signed_by(certificate, tls::parse_certificate(read(folder / "tls/ca.pem"))));
    CHECK_FALSE(tls::expires_within_days(certificate, 396));
    CHECK(tls::expires_within_days(certificate, 398));
}

TEST_CASE("The certificates are used again by the next server, and made anew for other names") {
    const Folder folder;
    ServerOptions options;
    options.tls_folder = folder / "";
    const auto hello = [&options] {
        LiveServer server(tell, options);
        REQUIRE(std::holds_alternative<ClientResponse>(send(ask("https", server.port()))));
    };
    hello();
    const std::string authority = read(folder / "ca.pem"), certificate = read(folder / "server.pem");
    hello();
    CHECK(read(folder / "ca.pem") == authority);
    CHECK(read(folder / "server.pem") == certificate);
    options.certificate_names = {"other.host"};
    hello();
    CHECK(read(folder / "ca.pem") == authority);
    CHECK(read(folder / "server.pem") != certificate);
}

TEST_CASE("A user's own certificate is served as it is") {
    const Folder folder;
    const auto authority = tls::make_authority();
    const auto own = tls::make_server_certificate(authority, {"localhost"});
    std::ofstream(folder / "both.pem") << tls::key_pem(own.key) << tls::certificate_pem(own.certificate);
    ServerOptions options;
    options.certificate_file = folder / "both.pem";
    LiveServer server(tell, options);
    CHECK(std::holds_alternative<ClientResponse>(send(ask("https", server.port()))));
}

TEST_CASE("Without a TLS folder a hello is answered by closing") {
    LiveServer server(tell);
    const ClientResult result = send(ask("https", server.port()));
    REQUIRE(std::holds_alternative<ClientError>(result));
    CHECK(std::get<ClientError>(result).message ==
          "no TLS connection to localhost:" + std::to_string(server.port()));
}

TEST_CASE("Large bodies go both ways over TLS, and files too") {
    const Folder folder;
    const std::string contents(3'000'000, 'f');
    std::ofstream(folder / "file") << contents;
    ServerOptions options;
    options.tls_folder = folder / "tls";
    LiveServer server(
        [&](Request& request) -> Task<Response> {
            if (request.method == "PUT") {
                Response response = co_await echo(request);
                co_return response;
            }
            Response response;
            response.body = FileBody{::open((folder / "file").c_str(), 0), 1, contents.size() - 1};
            co_return response;
        },
        options);
    ClientRequest request = ask("https", server.port());
    request.body.assign(5'000'000, 'b');
    const ClientResult put = send(request);
    REQUIRE(std::holds_alternative<ClientResponse>(put));
    CHECK(std::get<ClientResponse>(put).body == "PUT /k%20?a=%2F 5000000:" + std::string(200, 'b'));
    request.method = "GET";
    request.body.clear();
    const ClientResult get = send(request);
    REQUIRE(std::holds_alternative<ClientResponse>(get));
    CHECK(std::get<ClientResponse>(get).body == contents.substr(1));
}

TEST_CASE("The client verifies certificates unless told otherwise") {
    const Folder folder;
    ServerOptions options;
    options.tls_folder = folder / "tls";
    LiveServer server(tell, options);
    ClientRequest request = ask("https", server.port());
    request.verify_tls = true;
    const ClientResult result = send(request);
    REQUIRE(std::holds_alternative<ClientError>(result));
    CHECK(std::get<ClientError>(result).message ==
          "the certificate of localhost:" + std::to_string(server.port()) + " is not trusted");
}

TEST_CASE("The client names what went wrong") {
    ClientRequest request;
    request.url = "http://127.0.0.1:1/";
    CHECK(std::get<ClientError>(send(request)).message == "connection refused by 127.0.0.1:1");
    request.url = "ftp://host/";
    CHECK(std::get<ClientError>(send(request)).message == "not an http or https URL: ftp://host/");
}

TEST_CASE("The client leaves a compressed body compressed and can stop a stream") {
    LiveServer server([](Request& request) -> Task<Response> {
        Response response = text("\x1f\x8b not really gzip");
        response.headers.add("Content-Encoding", "gzip");
        if (request.target == "/large") response = text(std::string(1'000'000, 'x'));
        co_return response;
    });
    ClientRequest request;
    request.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    const ClientResult whole = send(request);
    REQUIRE(std::holds_alternative<ClientResponse>(whole));
    CHECK(std::get<ClientResponse>(whole).body == "\x1f\x8b not really gzip");
    request.url += "large";
    std::size_t seen = 0;
    const ClientResult stopped = stream(request, [&seen](std::string_view piece) {
        seen += piece.size();
        return seen < 10'000;
    });
    REQUIRE(std::holds_alternative<ClientError>(stopped));
    CHECK(seen >= 10'000);
    CHECK(seen < 1'000'000);
}
