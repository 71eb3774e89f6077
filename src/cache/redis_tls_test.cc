#include <gtest/gtest.h>

#include <filesystem>

#include "cache/redis_connection.h"
#include "cache/redis_for_test.h"
#include "certificate_for_test.h"

namespace cairn {
namespace {

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
