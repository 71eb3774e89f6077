#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>

#include "cache/redis_connection.h"
#include "cache/redis_for_test.h"

namespace cairn {
namespace {

/// Writes a key and a certificate for `name` (as in `IP:127.0.0.1`) that it signs itself.
void MakeCertificate(const std::string& name, const std::string& key_file, const std::string& cert_file) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* cert = X509_new();
  X509_set_version(cert, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
  X509_gmtime_adj(X509_getm_notBefore(cert), -3600);
  X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
  X509_set_pubkey(cert, key);
  X509_NAME* subject = X509_get_subject_name(cert);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
  X509_set_issuer_name(cert, subject);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
  X509_add_ext(cert, extension, -1);
  X509_EXTENSION_free(extension);
  X509_sign(cert, key, EVP_sha256());
  FILE* file = std::fopen(key_file.c_str(), "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  file = std::fopen(cert_file.c_str(), "w");
  PEM_write_X509(file, cert);
  std::fclose(file);
  X509_free(cert);
  EVP_PKEY_free(key);
}

class RedisTlsTest : public testing::Test {
 protected:
  RedisTlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cairn-tls-XXXXXX").string();
    dir_ = mkdtemp(pattern.data());
  }
  ~RedisTlsTest() override { std::filesystem::remove_all(dir_); }

  void SetUp() override { ASSERT_TRUE(HasRedisServer()) << kNoRedisServer; }
  /// A server whose TLS port is the one that `Open` takes.
  std::unique_ptr<RedisServerForTest> Server(const std::string& name) {
    MakeCertificate(name, dir_ + "/key.pem", dir_ + "/cert.pem");
    return std::make_unique<RedisServerForTest>(std::vector<std::string>{
        "--unixsocket", "plain", "--port", "0", "--tls-port", "{port}", "--tls-cert-file", dir_ + "/cert.pem",
        "--tls-key-file", dir_ + "/key.pem", "--tls-ca-cert-file", dir_ + "/cert.pem", "--tls-auth-clients", "no"});
  }
  static Result<std::unique_ptr<RedisConnection>> Open(const RedisServerForTest& server, const std::string& options) {
    const auto url = ParseRedisUrl("rediss://" + server.endpoint().ToString() + options);
    return RedisConnection::Open(*url, server.endpoint(), Soon());
  }
  static RedisDeadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(10); }

  std::string dir_;
};

TEST_F(RedisTlsTest, AsksAndAnswers) {
  const auto server = Server("IP:127.0.0.1");
  auto connection = Open(*server, "?ca=" + dir_ + "/cert.pem");
  ASSERT_TRUE(connection) << connection.status();
  const std::string value(1 << 20, 'x');
  EXPECT_EQ((*connection)->Run({"SET", "a", value}, Soon())->text, "OK");
  EXPECT_EQ((*connection)->Run({"GET", "a"}, Soon())->text, value);
}

TEST_F(RedisTlsTest, CertificateOfAnotherNameIsRefused) {
  const auto server = Server("DNS:elsewhere.example");
  const auto connection = Open(*server, "?ca=" + dir_ + "/cert.pem");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code(), StatusCode::kUnauthenticated) << connection.error();
}

TEST_F(RedisTlsTest, CertificateThatNobodyVouchesForIsRefused) {
  const auto server = Server("IP:127.0.0.1");
  const auto connection = Open(*server, "");
  ASSERT_FALSE(connection);
  EXPECT_EQ(connection.error().code(), StatusCode::kUnauthenticated) << connection.error();
}

TEST_F(RedisTlsTest, FilesThatCannotBeRead) {
  const auto server = Server("IP:127.0.0.1");
  for (const char* option : {"?ca=/nowhere/ca", "?cert=/nowhere/cert", "?key=/nowhere/key"}) {
    const auto connection = Open(*server, option);
    ASSERT_FALSE(connection);
    EXPECT_EQ(connection.error().code(), StatusCode::kInvalidArgument) << connection.error();
  }
}

TEST_F(RedisTlsTest, ServerThatDiesRaisesNoSignal) {
  const auto server = Server("IP:127.0.0.1");
  auto connection = Open(*server, "?ca=" + dir_ + "/cert.pem");
  ASSERT_TRUE(connection) << connection.status();
  server->Kill();
  const std::string value(1 << 20, 'x');
  // The first write may still go into the socket's buffer; a second one meets the closed connection.
  const auto transport_broke = [&] { return !(*connection)->Run({"SET", "a", value}, Soon()); };
  EXPECT_TRUE(transport_broke());
  EXPECT_TRUE(transport_broke());
}

}  // namespace
}  // namespace cairn
