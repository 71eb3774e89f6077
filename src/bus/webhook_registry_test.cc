#include "bus/webhook_registry.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <atomic>
#include <thread>

#include "access/tokens.h"
#include "bus/webhook_for_test.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class WebhookRegistryTest : public StoreWithWebhooks {
 protected:
  StatusCode CodeOf(const Webhook& hook) { return CheckWebhook(hook).code(); }
  std::string Log() {
    std::string out;
    auto page = store->Tail(Seq{1}, 1'000);
    for (const Fact& fact : page->facts) out += std::string(fact.line()) + "\n";
    return out;
  }
};

TEST_F(WebhookRegistryTest, AWebhookIsMadeReadAndListed) {
  Webhook hook = Hook();
  hook.kinds = {"schema_*", "volume"};
  hook.prefix = "dataset:db:";
  hook.filter = "payload.n > 1";
  hook.attempts = 3;
  hook.batch_records = 7;
  hook.timeout_ms = 100;
  const Webhook made = Make(hook);
  EXPECT_EQ(made.id.size(), 16U);
  const auto read = registry->Get("", "alerts");
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(WebhookPayload(*read, false), WebhookPayload(made, false));
  hook.tenant = "acme";
  Make(hook);
  hook.name = "audit";
  Make(hook);
  const auto all = registry->List();
  ASSERT_TRUE(all);
  std::vector<std::string> names;
  for (const Webhook& each : *all) names.push_back(each.tenant + "/" + each.name);
  EXPECT_THAT(names, ElementsAre("/alerts", "acme/alerts", "acme/audit"));
  EXPECT_EQ(registry->Get("", "audit").error().code(), StatusCode::kNotFound);
}

TEST_F(WebhookRegistryTest, TheSecretStandsInAFileOfItsOwnerAndNowhereElse) {
  auto created = registry->Create(Hook());
  ASSERT_TRUE(created) << created.error();
  EXPECT_EQ(registry->Secret(created->hook)->text(), created->secret);
  EXPECT_THAT(Log(), Not(HasSubstr(created->secret.substr(6))));
  EXPECT_THAT(WebhookStatusJson(*registry->StatusOf(created->hook)), Not(HasSubstr("whsec_")));
  struct stat info {};
  ASSERT_EQ(::stat((registry->folder() + "/" + created->hook.id + ".secret").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(registry->folder().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST_F(WebhookRegistryTest, ASecretMayBeGiven) {
  const std::string own = WebhookSecret::Make()->text();
  auto created = registry->Create(Hook(), own + "\n");
  ASSERT_TRUE(created) << created.error();
  EXPECT_EQ(created->secret, own);
  const auto wrong = registry->Create(Hook("other"), "hunter2");
  EXPECT_EQ(wrong.status().code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(wrong.error().message(), Not(HasSubstr("hunter2")));
}

TEST_F(WebhookRegistryTest, ItsWholeLifeStandsInTheLog) {
  Webhook hook = Make(Hook());
  hook = *registry->SetState(hook, WebhookState::kPaused, "me");
  EXPECT_EQ(registry->Get("", "alerts")->state, WebhookState::kPaused);
  ASSERT_TRUE(registry->Delete(hook, "you").ok());
  EXPECT_EQ(registry->Get("", "alerts").error().code(), StatusCode::kNotFound);
  EXPECT_TRUE(registry->List()->empty());
  EXPECT_FALSE(registry->Secret(hook));
  const auto history = store->History(kKindWebhook, NodeKey{std::string(kSystemTenant), "webhook", "", "alerts", ""});
  ASSERT_TRUE(history);
  ASSERT_EQ(history->size(), 3U);
  EXPECT_THAT(std::string(history->back().record()), HasSubstr(R"("state":"deleted")"));
  EXPECT_THAT(std::string(history->back().record()), HasSubstr(R"("changed_by":"you")"));
  EXPECT_EQ(registry->SetState(hook, WebhookState::kActive, "me").status().code(), StatusCode::kNotFound);
  EXPECT_NE(Make(Hook()).id, hook.id) << "another of that name is another";
}

TEST_F(WebhookRegistryTest, EachChangeIsNewWhateverTheClockSays) {
  EXPECT_EQ(registry->ChangedAt()->value, 0U);
  Webhook hook = Make(Hook());
  const Seq made = *registry->ChangedAt();
  clock.Advance(-std::chrono::hours(1));
  hook = *registry->SetState(hook, WebhookState::kPaused, "me");
  const Seq paused = *registry->ChangedAt();
  EXPECT_GT(paused, made);
  EXPECT_EQ(registry->Get("", "alerts")->state, WebhookState::kPaused);
  ASSERT_TRUE(registry->SetState(hook, WebhookState::kPaused, "me"));
  EXPECT_EQ(*registry->ChangedAt(), paused) << "nothing differs";
}

TEST_F(WebhookRegistryTest, ANameIsTakenOnceAndThereIsAnEnd) {
  Make(Hook());
  EXPECT_EQ(registry->Create(Hook()).status().code(), StatusCode::kAlreadyExists);
  for (std::size_t i = 1; i < WebhookRegistry::kWebhooksMax; ++i) Make(Hook("w" + std::to_string(i)));
  EXPECT_EQ(registry->Create(Hook("more")).status().code(), StatusCode::kResourceExhausted);
}

TEST_F(WebhookRegistryTest, FromNowOnIsBehindWhatStands) {
  Put(RecordOf("db", "t"));
  EXPECT_EQ(Make(Hook()).from.value, 2U);
  Webhook all = Hook("all");
  all.from = Seq{1};
  EXPECT_EQ(Make(all).from.value, 1U);
}

TEST_F(WebhookRegistryTest, UrlsThatAreTaken) {
  Webhook hook = Hook();
  for (const char* url :
       {"https://example.org", "https://example.org:8443/a?b=c", "HTTPS://EXAMPLE.ORG/", "http://127.0.0.1:1/",
        "http://127.1.2.3/x", "http://localhost:9/", "http://[::1]:80/x", "https://[2001:db8::1]/"}) {
    hook.url = url;
    EXPECT_TRUE(CheckWebhook(hook).ok()) << url << CheckWebhook(hook);
  }
  hook.allows_plain = true;
  hook.url = "http://hooks.internal/";
  EXPECT_TRUE(CheckWebhook(hook).ok());
}

TEST_F(WebhookRegistryTest, UrlsThatAreNot) {
  Webhook hook = Hook();
  for (const char* url : {"",
                          "example.org",
                          "ftp://example.org/",
                          "file:///etc/passwd",
                          "unix:/run/x",
                          "gopher://x/",
                          "http://example.org/",
                          "http://10.0.0.1/",
                          "http://127.0.0.1.example.org/",
                          "http://127.evil.org/",
                          "http://localhost.example.org/",
                          "http://127.0.0.1@example.org/",
                          "https://user:hunter2@example.org/",
                          "https://",
                          "https:///x",
                          "https://:80/",
                          "https://example.org/ x",
                          "https://example.org/\r\nX: y",
                          "https://a\\@b/",
                          "https://example.org/#x"}) {
    hook.url = url;
    EXPECT_EQ(CodeOf(hook), StatusCode::kInvalidArgument) << url;
    EXPECT_THAT(CheckWebhook(hook).message(), Not(HasSubstr("hunter2")));
  }
}

TEST_F(WebhookRegistryTest, WhatElseIsRefused) {
  const auto with = [](auto change) {
    Webhook hook = Hook();
    change(hook);
    return CheckWebhook(hook).code();
  };
  constexpr auto kWrong = StatusCode::kInvalidArgument;
  EXPECT_EQ(with([](Webhook& hook) { hook.name = ""; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.name = "a/b"; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.name = std::string(65, 'a'); }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.tenant = kSystemTenant; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.filter = "payload. >"; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.attempts = 0; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.batch_records = 100'000; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.timeout_ms = 0; }), kWrong);
  EXPECT_EQ(with([](Webhook& hook) { hook.kinds = {""}; }), kWrong);
}

TEST_F(WebhookRegistryTest, OfManyThatTakeANameAtOnceOneHasIt) {
  constexpr int kThreads = 4;
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      WebhookRegistry own(*store, clock, *FileSystem::Default(), registry->folder());  // As another process has it.
      const auto created = own.Create(Hook());
      if (created) {
        ++made;
        EXPECT_EQ(registry->Get("", "alerts")->id, created->hook.id);
      } else {
        EXPECT_EQ(created.error().code(), StatusCode::kAlreadyExists);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

}  // namespace
}  // namespace cairn
