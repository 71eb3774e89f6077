// The remote repository over TLS, and with packed bodies: who is trusted, and what goes over the wire.

#include <gmock/gmock.h>

#include <mutex>

#include "cairn/client.h"
#include "certificate_for_test.h"
#include "cli_for_test.h"
#include "random_facts.h"
#include "server/api.h"
#include "server/http_server.h"

namespace cairn {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class RemoteTls : public testing::Test {
 protected:
  void Serve(bool tls) {
    auto store = OpenRepository(temp_.Sub("store"));
    ASSERT_TRUE(store) << store.status();
    Api::Options open;
    open.access.is_open = true;
    api_ = std::make_unique<Api>(std::shared_ptr<Repository>(std::move(*store)), open);
    HttpServerOptions options;
    options.listen = {"127.0.0.1:0"};
    if (tls) {
      MakeCertificate(certified_, temp_.Sub("key.pem"), temp_.Sub("cert.pem"));
      options.tls_certificate = temp_.Sub("cert.pem");
      options.tls_key = temp_.Sub("key.pem");
    }
    auto server =
        HttpServer::Start(options, [this](const ServerRequest& request, const std::string& id, Suspender& wait) {
          {
            const std::lock_guard lock(mutex_);
            ++requests_;
            codings_.emplace_back(request.Header("Content-Encoding"));
            accepted_.emplace_back(request.Header("Accept-Encoding"));
            tokens_.emplace_back(request.Header("Authorization"));
          }
          return api_->Answer(request, id, wait);
        });
    ASSERT_TRUE(server) << server.status();
    server_ = std::move(*server);
  }
  void TearDown() override {
    if (api_) api_->Drain();
    server_.reset();
  }
  std::unique_ptr<Repository> Connect(RemoteOptions options) {
    options.store_patience = options.read_patience = std::chrono::milliseconds(300);
    auto remote = ConnectRepository(server_->addresses().front(), options);
    EXPECT_TRUE(remote) << remote.status();
    return remote ? std::move(*remote) : nullptr;
  }

  TempDir temp_;
  std::string certified_ = "IP:127.0.0.1";
  std::mutex mutex_;
  int requests_ = 0;
  std::vector<std::string> codings_, accepted_, tokens_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(RemoteTls, AServiceWhoseAuthorityIsNamedIsTrusted) {
  Serve(true);
  const auto remote = Connect({.token = "cairn_a_b", .ca_file = temp_.Sub("cert.pem")});
  ASSERT_NE(remote, nullptr);
  const auto stored = remote->Store(Record(1, 10));
  ASSERT_TRUE(stored) << stored.status();
  EXPECT_FALSE(stored->known);
  const auto stats = remote->Stats();
  ASSERT_TRUE(stats) << stats.status();
  EXPECT_EQ(stats->records, 1U);
  EXPECT_THAT(tokens_, Each("Bearer cairn_a_b"));
}

TEST_F(RemoteTls, ACertificateThatNobodyVouchesForIsToldNothing) {
  Serve(true);
  const auto remote = Connect({.token = "cairn_a_b"});
  ASSERT_NE(remote, nullptr);
  const auto stored = remote->Store(Record(1, 10));
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().code(), StatusCode::kUnauthenticated);
  EXPECT_THAT(stored.error().message(), AllOf(HasSubstr("not trusted"), HasSubstr("store.ca_file"),
                                              HasSubstr(server_->addresses().front()), Not(HasSubstr("cairn_a_b"))));
  EXPECT_EQ(requests_, 0);
}

TEST_F(RemoteTls, ACertificateOfAnotherHostIsNone) {
  certified_ = "DNS:another.example";
  Serve(true);
  const auto remote = Connect({.token = "cairn_a_b", .ca_file = temp_.Sub("cert.pem")});
  ASSERT_NE(remote, nullptr);
  EXPECT_EQ(remote->Stats().status().code(), StatusCode::kUnauthenticated);
  EXPECT_EQ(requests_, 0);
}

TEST_F(RemoteTls, PlainSpeechToATlsPortIsAnErrorThatSaysSo) {
  Serve(true);
  std::string address = server_->addresses().front();
  ASSERT_TRUE(address.starts_with("https://"));
  address.erase(4, 1);
  RemoteOptions options;
  options.read_patience = std::chrono::milliseconds(300);
  auto remote = ConnectRepository(address, options);
  ASSERT_TRUE(remote) << remote.status();
  const auto stats = (*remote)->Stats();
  ASSERT_FALSE(stats);
  EXPECT_THAT(stats.error().message(), HasSubstr(address));
}

TEST_F(RemoteTls, PackedOrNotTheServiceKeepsTheSame) {
  Serve(false);
  RandomFacts random(7);
  const auto batch = random.Batch(200);
  const std::vector<std::string_view> records(batch.begin(), batch.end());
  const auto plain = Connect({.packing = Packing::kOff});
  ASSERT_NE(plain, nullptr);
  for (const auto& one : plain->BulkStore(records)) EXPECT_TRUE(one) << one.status();
  const auto before = plain->Tail(Seq{1}, 1'000);
  ASSERT_TRUE(before) << before.status();
  EXPECT_THAT(codings_, Each(IsEmpty()));
  EXPECT_THAT(accepted_, Each(IsEmpty()));
  codings_.clear();
  accepted_.clear();
  const auto packed = Connect({.packing = Packing::kOn});
  ASSERT_NE(packed, nullptr);
  for (const auto& one : packed->BulkStore(records)) {
    ASSERT_TRUE(one) << one.status();
    EXPECT_TRUE(one->known) << "the same bytes came";
  }
  EXPECT_THAT(codings_, Each("zstd"));
  const auto after = packed->Tail(Seq{1}, 1'000);
  ASSERT_TRUE(after) << after.status();
  EXPECT_THAT(accepted_, Each(HasSubstr("zstd")));
  ASSERT_EQ(after->facts.size(), before->facts.size());
  for (std::size_t i = 0; i < after->facts.size(); ++i) {
    EXPECT_EQ(after->facts[i].record(), before->facts[i].record());
  }
}

TEST_F(RemoteTls, OnThisMachineNothingIsPackedUnlessToldSo) {
  Serve(false);
  const auto remote = Connect({});
  ASSERT_NE(remote, nullptr);
  RandomFacts random(8);
  const auto batch = random.Batch(100);
  (void)remote->BulkStore(std::vector<std::string_view>(batch.begin(), batch.end()));
  EXPECT_GT(requests_, 0);
  EXPECT_THAT(codings_, Each(IsEmpty()));
}

}  // namespace
}  // namespace cairn
