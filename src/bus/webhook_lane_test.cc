#include "bus/webhook_lane.h"

#include <gmock/gmock.h>

#include "bus/webhook_for_test.h"

namespace cairn {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class WebhookLaneTest : public StoreWithWebhooks {
 protected:
  // Opens it anew, as after a crash: what was not written down is gone.
  void Open(const Webhook& hook) {
    WebhookLane::Tools tools;
    tools.repository = store.get();
    tools.registry = registry.get();
    tools.transport = &receiver;
    tools.files = FileSystem::Default();
    tools.clock = &clock;
    tools.random = [] { return 0; };
    tools.backoff = {seconds(10), hours(1)};
    auto opened = WebhookLane::Open(hook, tools);
    ASSERT_TRUE(opened) << opened.error();
    lane = std::move(*opened);
  }
  // Of the records 3 and 4.
  Webhook OpenWithDeadLetter() {
    Webhook hook = Hook();
    hook.attempts = 1;
    hook = Make(hook);
    Open(hook);
    PutMany(2);
    receiver.Answer(500);
    Step();
    return hook;
  }
  WebhookLane::Wait Step() { return lane->Step({}); }
  void PutMany(int count, std::string_view kind = "volume") {
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(++stored_);
      Put(RecordOf("db", "t" + n, kind, {}, R"({"n":)" + n + "}"));
    }
  }
  // The ids of what was sent, without the webhook's own.
  std::vector<std::string> Sent(const Webhook& hook) {
    std::vector<std::string> out;
    for (const auto& delivery : receiver.deliveries()) {
      const std::string id = delivery.headers.at("webhook-id");
      EXPECT_THAT(id, HasSubstr(hook.id));
      out.push_back(id.substr(("wh_" + hook.id + "_").size()));
    }
    return out;
  }
  static std::string IdOf(std::uint64_t first, std::uint64_t last) {
    return std::to_string(first) + "_" + std::to_string(last);
  }

  ScriptedReceiver receiver;
  std::unique_ptr<WebhookLane> lane;

 private:
  int stored_ = 0;
};

TEST_F(WebhookLaneTest, ADeliveryIsSignedAndHoldsTheFactsAsTheServiceWritesThem) {
  auto created = registry->Create(Hook());
  ASSERT_TRUE(created) << created.error();
  Open(created->hook);
  PutMany(2);
  const WebhookLane::Wait wait = Step();
  ASSERT_TRUE(wait.news) << "then it waits for more";
  ASSERT_EQ(receiver.deliveries().size(), 1U);
  const auto sent = receiver.deliveries().front();
  EXPECT_THAT(sent.body,
              MatchesRegex(R"(\{"type":"records","facts":\[\{"seq":3,"ingested_at":"[^"]*","record":\{.*\}\},)"
                           R"(\{"seq":4,.*"payload":\{"n":2\}\}\}\]\})"));
  const std::string at = std::to_string(clock.Now().ns / 1'000'000'000);
  EXPECT_EQ(sent.headers.at("webhook-timestamp"), at);
  EXPECT_EQ(sent.headers.at("Content-Type"), "application/json");
  const auto secret = WebhookSecret::Parse(created->secret);
  ASSERT_TRUE(secret);
  EXPECT_EQ(sent.headers.at("webhook-signature"), secret->Sign(sent.headers.at("webhook-id"), at, sent.body));
}

TEST_F(WebhookLaneTest, OnlyWhatItAskedForIsSent) {
  Webhook hook = Hook();
  hook.kinds = {"vol*"};
  hook.prefix = "dataset:db:t";
  hook.filter = "payload.n > 3";
  hook = Make(hook);
  Open(hook);
  PutMany(4);                                             // Records 3 to 6; n is 4 in the last.
  PutMany(1, "schema");                                   // Another kind.
  Put(RecordOf("db", "x1", "volume", {}, R"({"n":9})"));  // Another name.
  Put(RecordOf("db", "t9", "volume", R"("context":{"tenant":"other"},)", R"({"n":9})"));  // Another tenant.
  Step();
  EXPECT_EQ(Sent(hook), std::vector{IdOf(6, 6)});
  EXPECT_TRUE(Step().news);
  EXPECT_EQ(receiver.deliveries().size(), 1U);
  EXPECT_EQ(lane->progress().records, 1U);
  EXPECT_EQ(lane->progress().position.value, 10U) << "what is not for it is passed over";
}

TEST_F(WebhookLaneTest, BatchesAreBoundedAndInOrder) {
  Webhook hook = Hook();
  hook.batch_records = 3;
  hook = Make(hook);
  Open(hook);
  PutMany(8);  // Records 3 to 10.
  for (int i = 0; i < 3; ++i) Step();
  EXPECT_EQ(Sent(hook), (std::vector{IdOf(3, 5), IdOf(6, 8), IdOf(9, 10)}));
  // Of long records fewer fit.
  for (int i = 0; i < 3; ++i) {
    Put(RecordOf("db", "long" + std::to_string(i), "volume", {}, "{\"x\":\"" + std::string(700'000, 'x') + "\"}"));
  }
  Step();
  EXPECT_EQ(Sent(hook).back(), IdOf(11, 12));
}

TEST_F(WebhookLaneTest, AFailureIsTriedAgainUnderTheSameIdAndHoldsBackWhatIsBehind) {
  const Webhook hook = Make(Hook());
  Open(hook);
  PutMany(1);
  receiver.Answer(500);
  receiver.Fail({StatusCode::kUnavailable, "no connection"});
  WebhookLane::Wait wait = Step();
  EXPECT_FALSE(wait.news);
  EXPECT_EQ(wait.time, seconds(8)) << "ten seconds, a fifth less";
  EXPECT_EQ(lane->progress().last_status, 500);
  EXPECT_EQ(lane->progress().failures, 1U);
  PutMany(1);  // Does not join the batch that is under way.
  clock.Advance(seconds(7));
  EXPECT_EQ(Step().time, seconds(1)) << "not yet";
  EXPECT_EQ(receiver.deliveries().size(), 1U);
  clock.Advance(seconds(1));
  EXPECT_EQ(Step().time, seconds(24)) << "three times as long";
  EXPECT_THAT(lane->progress().last_error, HasSubstr("no connection"));
  clock.Advance(seconds(24));
  EXPECT_TRUE(Step().news);
  Step();
  EXPECT_EQ(Sent(hook), (std::vector{IdOf(3, 3), IdOf(3, 3), IdOf(3, 3), IdOf(4, 4)}));
  EXPECT_EQ(lane->progress().failures, 0U);
  EXPECT_EQ(lane->progress().failed, 2U);
  EXPECT_EQ(lane->progress().last_error, "");
}

TEST_F(WebhookLaneTest, RetryAfterIsHeeded) {
  Open(Make(Hook()));
  PutMany(1);
  receiver.Answer(429, "120");
  EXPECT_EQ(Step().time, seconds(120));
  clock.Advance(seconds(119));
  Step();
  EXPECT_EQ(receiver.deliveries().size(), 1U);
  clock.Advance(seconds(1));
  Step();
  EXPECT_EQ(receiver.deliveries().size(), 2U);
}

TEST_F(WebhookLaneTest, ARedirectIsAFailure) {
  Open(Make(Hook()));
  PutMany(1);
  receiver.Answer(302);
  Step();
  EXPECT_THAT(lane->progress().last_error, HasSubstr("302; redirects are not followed"));
}

TEST_F(WebhookLaneTest, WhatIsGivenUpIsADeadLetterAndTheRestGoesOn) {
  Webhook hook = Hook();
  hook.attempts = 2;
  hook.batch_records = 2;
  hook = Make(hook);
  Open(hook);
  PutMany(3);
  receiver.Answer(503);
  receiver.Answer(500);
  Step();
  clock.Advance(seconds(30));
  EXPECT_GE(Step().time, seconds(8)) << "the next is not sent at once to where this one was refused";
  auto letters = registry->DeadLetters(hook);
  ASSERT_TRUE(letters) << letters.error();
  ASSERT_EQ(letters->size(), 1U);
  const DeadLetter& letter = letters->front();
  EXPECT_EQ(letter.id(), "3-4");
  EXPECT_EQ(letter.records, 2U);
  EXPECT_EQ(letter.attempts, 2U);
  EXPECT_EQ(letter.status, 500);
  EXPECT_EQ(letter.reason, "it answered 500");
  EXPECT_EQ(lane->progress().dead, 1U);
  clock.Advance(seconds(30));
  Step();
  EXPECT_EQ(Sent(hook).back(), IdOf(5, 5));
}

TEST_F(WebhookLaneTest, ADeadLetterIsSentOnceMoreUnderItsId) {
  const Webhook hook = OpenWithDeadLetter();
  const std::string body = receiver.deliveries().front().body;
  EXPECT_FALSE(registry->Retry(hook, "7-9"));
  ASSERT_EQ(*registry->Retry(hook, "3-4"), 1U);
  ASSERT_EQ(*registry->Retry(hook, std::nullopt), 0U) << "it is under way already";
  // Refused, it is dead again; taken, it is gone.
  for (const int answer : {500, 200}) {
    auto letters = registry->DeadLetters(hook);
    ASSERT_EQ(letters->size(), 1U);
    EXPECT_EQ(letters->front().state, DeadLetter::State::kRetry);
    lane->SetRetries(*letters);
    receiver.Answer(answer);
    clock.Advance(seconds(1));
    Step();
    EXPECT_EQ(Sent(hook).back(), IdOf(3, 4));
    EXPECT_EQ(receiver.deliveries().back().body, body);
    letters = registry->DeadLetters(hook);
    ASSERT_EQ(letters->size(), answer == 500 ? 1U : 0U);
    EXPECT_EQ(lane->progress().last_status, answer);
    EXPECT_EQ(lane->progress().last_error.empty(), answer == 200);
    EXPECT_EQ(lane->progress().last_at, clock.Now());
    if (answer == 200) break;
    EXPECT_EQ(letters->front().state, DeadLetter::State::kDead);
    EXPECT_EQ(letters->front().attempts, 2U);
    ASSERT_EQ(*registry->Retry(hook, std::nullopt), 1U);
  }
}

TEST_F(WebhookLaneTest, ADeadLetterOnItsWayIsNotSentTwice) {
  const Webhook hook = OpenWithDeadLetter();
  ASSERT_EQ(*registry->Retry(hook, std::nullopt), 1U);
  // A change of the webhook has the letters read again: while one is sent, and so late that it was taken meanwhile.
  const auto letters = registry->DeadLetters(hook);
  lane->SetRetries(*letters);
  receiver.Answer(500);
  clock.Advance(seconds(1));
  Step();
  lane->SetRetries(*letters);
  Step();
  EXPECT_EQ(Sent(hook), (std::vector{IdOf(3, 4), IdOf(3, 4)}));
  // Refused, it may be asked for again.
  ASSERT_EQ(*registry->Retry(hook, std::nullopt), 1U);
  lane->SetRetries(*registry->DeadLetters(hook));
  receiver.Answer(200);
  clock.Advance(seconds(1));
  Step();
  EXPECT_EQ(Sent(hook).size(), 3U);
  EXPECT_TRUE(registry->DeadLetters(hook)->empty());
}

TEST_F(WebhookLaneTest, AReceiverThatIsGoneTurnsItOff) {
  Webhook hook = Make(Hook());
  Open(hook);
  PutMany(1);
  receiver.Answer(410);
  Step();
  auto off = registry->Get("", "alerts");
  ASSERT_TRUE(off);
  EXPECT_EQ(off->state, WebhookState::kOff);
  EXPECT_THAT(off->reason, HasSubstr("410"));
  // Turned on again it goes on with what was not taken.
  auto on = registry->SetState(*off, WebhookState::kActive, "me");
  ASSERT_TRUE(on);
  Open(*on);
  Step();
  EXPECT_EQ(Sent(hook), (std::vector{IdOf(3, 3), IdOf(3, 3)}));
}

TEST_F(WebhookLaneTest, OneThatWasDeletedIsNotBroughtBackByAReceiverThatIsGone) {
  Webhook hook = Make(Hook());
  Open(hook);
  PutMany(1);
  ASSERT_TRUE(registry->Delete(hook, "me").ok());
  receiver.Answer(410);
  Step();
  EXPECT_EQ(registry->Get("", "alerts").error().code(), StatusCode::kNotFound);
}

// Killed with the request on its way: the receiver may have it or not.
TEST_F(WebhookLaneTest, AfterACrashTheSameBatchHasTheSameId) {
  const Webhook hook = Make(Hook());
  Open(hook);
  PutMany(2);
  receiver.Fail({StatusCode::kCancelled, "killed"});
  Step();
  PutMany(5);  // What came since does not change it.
  Open(hook);
  Step();
  Step();
  EXPECT_EQ(Sent(hook), (std::vector{IdOf(3, 4), IdOf(3, 4), IdOf(5, 9)}));
  EXPECT_EQ(receiver.deliveries()[0].body, receiver.deliveries()[1].body);
}

TEST_F(WebhookLaneTest, WhatWasTakenIsNotSentAgainAfterACrash) {
  const Webhook hook = Make(Hook());
  Open(hook);
  PutMany(2);
  Step();
  Open(hook);
  EXPECT_TRUE(Step().news);
  EXPECT_EQ(receiver.deliveries().size(), 1U);
  EXPECT_EQ(lane->progress().records, 2U);
}

TEST_F(WebhookLaneTest, AttemptsAreCountedOverRestarts) {
  Webhook hook = Hook();
  hook.attempts = 3;
  hook = Make(hook);
  PutMany(1);
  for (int i = 0; i < 3; ++i) {
    Open(hook);
    receiver.Answer(500);
    Step();
  }
  EXPECT_EQ(registry->DeadLetters(hook)->size(), 1U);
}

TEST_F(WebhookLaneTest, WhereHowFarItGotCannotBeWrittenNothingIsSent) {
  const Webhook hook = Make(Hook());
  Open(hook);
  PutMany(1);
  const std::string folder = temp.Sub("store/webhooks");
  std::filesystem::rename(folder, folder + ".away");
  EXPECT_EQ(Step().time, seconds(1));
  EXPECT_TRUE(receiver.deliveries().empty());
  std::filesystem::rename(folder + ".away", folder);
  clock.Advance(seconds(2));
  Step();
  EXPECT_EQ(receiver.deliveries().size(), 1U);
}

TEST_F(WebhookLaneTest, HowFarItGotThatCannotBeReadIsSaid) {
  const Webhook hook = Make(Hook());
  std::ofstream(registry->ProgressPath(hook)) << "{\"position\":";
  WebhookLane::Tools tools;
  tools.registry = registry.get();
  tools.files = FileSystem::Default();
  tools.clock = &clock;
  EXPECT_EQ(WebhookLane::Open(hook, tools).status().code(), StatusCode::kDataLoss);
  EXPECT_THAT(registry->StatusOf(hook)->problem, HasSubstr("cannot be read"));
}

TEST_F(WebhookLaneTest, WhatIsPassedOverIsWrittenDownNowAndThen) {
  Webhook hook = Hook();
  hook.kinds = {"nothing"};
  hook = Make(hook);
  Open(hook);
  PutMany(3);
  EXPECT_EQ(Step().time, seconds(5));
  EXPECT_FALSE(std::filesystem::exists(registry->ProgressPath(hook)));
  clock.Advance(seconds(5));
  PutMany(1);
  Step();
  EXPECT_EQ(registry->StatusOf(hook)->progress.position.value, 7U);
  EXPECT_EQ(registry->StatusOf(hook)->lag, 0U);
}

}  // namespace
}  // namespace cairn
