#include "bus/webhook_delivery.h"

#include <gmock/gmock.h>
#include <simdjson.h>

#include <set>

#include "bus/subscriber_for_test.h"
#include "bus/webhook_for_test.h"
#include "lookup/server_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// With real receivers.
class WebhookDeliveryTest : public StoreWithWebhooks {
 protected:
  void SetUp() override {
    StoreWithWebhooks::SetUp();
    news = std::make_unique<News>(*store);
  }
  WebhookDelivery::Options Quick() {
    WebhookDelivery::Options options;
    options.folder = temp.Sub("store/webhooks");
    options.backoff = {milliseconds(5), milliseconds(20)};
    options.linger = milliseconds(1);
    options.look = milliseconds(5);
    return options;
  }
  std::unique_ptr<WebhookDelivery> Start() { return std::make_unique<WebhookDelivery>(*store, *news, Quick()); }
  static Webhook HookTo(const TestServer& server, const std::string& name = "alerts") {
    Webhook hook = Hook(name);
    hook.url = server.url() + "/" + name;
    hook.timeout_ms = 5'000;
    return hook;
  }
  void PutMany(int count) {
    for (int i = 0; i < count; ++i) Put(RecordOf("db", "t" + std::to_string(stored_++)));
  }
  // Sequence numbers of records about `db`, by delivery.
  static std::vector<std::uint64_t> SeqsOf(const TestServer::Request& request) {
    std::vector<std::uint64_t> out;
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    EXPECT_EQ(parser.parse(request.body).get(root), simdjson::SUCCESS) << request.body;
    for (const auto fact : simdjson::dom::array(root["facts"])) out.push_back(std::uint64_t(fact["seq"]));
    return out;
  }
  static std::vector<std::uint64_t> Taken(const TestServer& server, const std::string& target) {
    std::vector<std::uint64_t> out;
    for (const auto& request : server.requests()) {
      if (request.target != target) continue;
      for (const std::uint64_t seq : SeqsOf(request)) out.push_back(seq);
    }
    return out;
  }

  std::unique_ptr<News> news;

 private:
  int stored_ = 0;
};

TEST_F(WebhookDeliveryTest, WhatComesIsSentInOrderOverOneConnection) {
  TestServer server;
  server.Answer("/alerts", {.status = 204});
  const auto delivery = Start();
  Make(HookTo(server));
  for (int i = 0; i < 50; ++i) PutMany(4);
  AwaitThat([&] { return Taken(server, "/alerts").size() >= 200; });
  const auto taken = Taken(server, "/alerts");
  ASSERT_EQ(taken.size(), 200U);
  EXPECT_TRUE(std::is_sorted(taken.begin(), taken.end()));
  EXPECT_EQ(server.connections(), 1U);
  AwaitThat([&] { return delivery->Lanes().front().progress.records == 200; });
  EXPECT_EQ(delivery->Lanes().front().progress.failed, 0U);
}

TEST_F(WebhookDeliveryTest, AReceiverThatIsAwayForAWhileLosesNothing) {
  TestServer server;
  server.AnswerInTurn(
      "/alerts", {{.status = 500}, {.status = 200, .body = "half", .cut = true}, {.status = 503}, {.status = 200}});
  const auto delivery = Start();
  const Webhook hook = Make(HookTo(server));
  PutMany(3);
  AwaitThat([&] { return server.requests().size() >= 4; });
  const auto requests = server.requests();
  ASSERT_GE(requests.size(), 4U);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(requests[i].headers.at("webhook-id"), requests[0].headers.at("webhook-id"));
    EXPECT_EQ(requests[i].body, requests[0].body);
  }
}

TEST_F(WebhookDeliveryTest, ASlowReceiverHoldsUpNobodyElse) {
  TestServer server;
  server.Answer("/slow", {.silent = true});
  server.Answer("/quick", {});
  const auto delivery = Start();
  Make(HookTo(server, "slow"));
  Make(HookTo(server, "quick"));
  PutMany(1);
  server.AwaitHeld(1);
  for (int i = 0; i < 20; ++i) PutMany(1);
  AwaitThat([&] { return Taken(server, "/quick").size() >= 21; });
  EXPECT_EQ(Taken(server, "/quick").size(), 21U);
  // Nor the end: what is under way is cut short.
  const auto began = std::chrono::steady_clock::now();
  delivery->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(4)) << "less than the receiver's time";
}

TEST_F(WebhookDeliveryTest, OfTwoOneDeliversAndTheOtherTakesOver) {
  TestServer server;
  server.Answer("/alerts", {});
  auto first = Start();
  Make(HookTo(server));
  AwaitThat([&] { return first->is_delivering(); });
  const auto second = Start();
  PutMany(10);
  AwaitThat([&] { return Taken(server, "/alerts").size() >= 10; });
  EXPECT_FALSE(second->is_delivering());
  AwaitThat([&] { return first->Lanes().front().progress.records == 10; });
  first.reset();
  AwaitThat([&] { return second->is_delivering(); });
  PutMany(5);
  AwaitThat([&] { return Taken(server, "/alerts").size() >= 15; });
  const auto taken = Taken(server, "/alerts");
  EXPECT_EQ(taken.size(), 15U) << "each once";
  EXPECT_EQ(std::set<std::uint64_t>(taken.begin(), taken.end()).size(), 15U);
}

TEST_F(WebhookDeliveryTest, ChangesHoldAtOnce) {
  TestServer server;
  server.Answer("/alerts", {});
  const auto delivery = Start();
  Webhook hook = Make(HookTo(server));
  AwaitThat([&] { return delivery->is_delivering(); });
  hook = *registry->SetState(hook, WebhookState::kPaused, "me");
  AwaitThat([&] { return !delivery->is_delivering(); });
  PutMany(3);
  hook = *registry->SetState(hook, WebhookState::kActive, "me");
  AwaitThat([&] { return Taken(server, "/alerts").size() >= 3; });
  EXPECT_EQ(Taken(server, "/alerts").size(), 3U) << "what came meanwhile is not lost";
  ASSERT_TRUE(registry->Delete(hook, "me").ok());
  AwaitThat([&] { return !delivery->is_delivering(); });
  PutMany(1);
  EXPECT_EQ(Taken(server, "/alerts").size(), 3U);
  // Nothing of it is left beside the log.
  std::vector<std::string> left;
  const auto look = [&] {
    left = *FileSystem::Default()->List(registry->folder());
    return left.size() == 2;
  };
  AwaitThat(look);
  EXPECT_EQ(left, (std::vector<std::string>{"CHANGE", "LOCK"}));
}

TEST_F(WebhookDeliveryTest, ADeadLetterIsSentOnceMore) {
  TestServer server;
  server.AnswerInTurn("/alerts", {{.status = 500}, {.status = 200}});
  const auto delivery = Start();
  Webhook hook = HookTo(server);
  hook.attempts = 1;
  hook = Make(hook);
  PutMany(1);
  AwaitThat([&] { return registry->DeadLetters(hook)->size() == 1; });
  PutMany(1);
  AwaitThat([&] { return server.requests().size() >= 2; });
  ASSERT_EQ(*registry->Retry(hook, std::nullopt), 1U);
  AwaitThat([&] { return registry->DeadLetters(hook)->empty(); });
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_EQ(requests[2].headers.at("webhook-id"), requests[0].headers.at("webhook-id"));
  EXPECT_NE(requests[1].headers.at("webhook-id"), requests[0].headers.at("webhook-id"));
}

TEST_F(WebhookDeliveryTest, ACertificateThatIsNoneIsAFailure) {
  TestServer server;  // Speaks no TLS.
  const auto delivery = Start();
  Webhook hook = HookTo(server);
  hook.url.replace(0, 4, "https");
  hook.timeout_ms = 200;
  hook = Make(hook);
  PutMany(1);
  AwaitThat([&] { return registry->StatusOf(hook)->progress.failed > 0; });
  EXPECT_NE(registry->StatusOf(hook)->progress.last_error, "");
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(WebhookDeliveryTest, ALongAnswerIsNotKeptAndARedirectNotFollowed) {
  TestServer server;
  server.Answer("/long", {.status = 200, .endless_body = std::size_t{8} << 20});
  server.Answer("/moved", {.status = 307, .headers = {{"Location", "/other"}}});
  const auto delivery = Start();
  const Webhook longer = Make(HookTo(server, "long"));
  const Webhook moved = Make(HookTo(server, "moved"));
  PutMany(1);
  AwaitThat([&] { return registry->StatusOf(longer)->progress.deliveries > 0; });
  AwaitThat([&] { return registry->StatusOf(moved)->progress.failed > 1; });
  for (const auto& request : server.requests()) EXPECT_NE(request.target, "/other");
}

TEST_F(WebhookDeliveryTest, APingIsSignedAndToldApart) {
  TestServer server;
  server.AnswerInTurn("/alerts", {{.status = 200}, {.status = 401}});
  const auto delivery = Start();
  auto created = registry->Create(HookTo(server));
  ASSERT_TRUE(created);
  auto answer = delivery->Ping(created->hook);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->error, "");
  EXPECT_THAT(delivery->Ping(created->hook)->error, HasSubstr("401"));
  const auto request = server.requests().front();
  EXPECT_EQ(request.body, R"({"type":"ping","webhook":"alerts"})");
  EXPECT_EQ(request.headers.at("webhook-signature"),
            WebhookSecret::Parse(created->secret)
                ->Sign(request.headers.at("webhook-id"), request.headers.at("webhook-timestamp"), request.body));
}

}  // namespace
}  // namespace cairn
