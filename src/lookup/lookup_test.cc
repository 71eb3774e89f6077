#include "lookup/lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "lookup/lookup_for_test.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(LookupTest, ASourceIsAskedOnceAndTheAnswerKept) {
  server_.Answer("/animals/7?lang=en", {.body = " {\"name\": \"ox\"} "});
  const LookupAnswer first = Answered({{"id", "7"}});
  EXPECT_EQ(first.value, "{\"name\":\"ox\"}");
  EXPECT_EQ(first.state, CacheState::kFresh);
  EXPECT_EQ(first.level, CacheLevel::kNone);
  EXPECT_EQ(first.key, "zoo:animal:id=7&lang=en");
  EXPECT_EQ(first.why, "zoo answered HTTP 200");
  EXPECT_THAT(first.tags, ElementsAre("animal:7", "zoo"));
  cache_clock_.Pass(252s);
  const LookupAnswer second = Answered({{"id", "7"}, {"lang", "en"}});
  EXPECT_EQ(second.value, first.value);
  EXPECT_EQ(second.level, CacheLevel::kMemory);
  EXPECT_EQ(second.why, "from memory, 4m12s old");
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(LookupTest, NotFoundAndSourceDownAreDifferentAnswers) {
  server_.Answer("/animals/8?lang=en", {.status = 503});
  const LookupAnswer none = Answered({{"id", "7"}});
  EXPECT_EQ(none.state, CacheState::kNegative);
  EXPECT_EQ(none.value, "");
  EXPECT_EQ(none.why, "zoo says that there is no such thing (HTTP 404)");
  const auto down = Ask({{"id", "8"}});
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code(), StatusCode::kUnavailable);
  EXPECT_EQ(Answered({{"id", "7"}}).state, CacheState::kNegative);
  EXPECT_FALSE(Ask({{"id", "8"}}));
  EXPECT_EQ(server_.requests().size(), 3u) << "what is not there is believed, what is down is asked again";
  cache_clock_.Pass(2min);
  Answered({{"id", "7"}});
  EXPECT_EQ(server_.requests().size(), 4u);
}

TEST_F(LookupTest, TooManyRequestsAndServerErrorsAreNeverKept) {
  for (const int status : {429, 500, 502, 503, 504}) {
    server_.AnswerInTurn("/animals/7?lang=en", {{.status = status, .body = "{}"}, {.body = "1"}});
    EXPECT_FALSE(Ask({{"id", "7"}}, {.refresh = true})) << status;
    EXPECT_EQ(Answered({{"id", "7"}}).value, "1") << status;
    ASSERT_TRUE(cache_->Remove(CacheSelector::All()));
  }
}

TEST_F(LookupTest, WhileTheSourceIsDownTheStaleAnswerIsServedAndSaysWhy) {
  server_.AnswerInTurn("/animals/7?lang=en", {{.body = "1"}, {.status = 503}});
  Answered({{"id", "7"}});
  cache_clock_.Pass(2h);
  const LookupAnswer stale = Answered({{"id", "7"}});
  EXPECT_EQ(stale.value, "1");
  EXPECT_EQ(stale.state, CacheState::kStale);
  EXPECT_EQ(stale.why, "stale, from memory, 2h old: zoo answered HTTP 503");
}

TEST_F(LookupTest, OfflineMakesNoConnection) {
  server_.Answer("/animals/7?lang=en", {.body = "1"});
  Answered({{"id", "7"}});
  const std::uint64_t before = transport_.requests;
  const std::size_t connections = server_.connections();
  EXPECT_EQ(Answered({{"id", "7"}}, {.offline = true}).state, CacheState::kFresh);
  cache_clock_.Pass(2h);
  const LookupAnswer stale = Answered({{"id", "7"}}, {.offline = true});
  EXPECT_EQ(stale.state, CacheState::kStale);
  EXPECT_EQ(stale.value, "1");
  const auto unknown = Ask({{"id", "8"}}, {.offline = true});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code(), StatusCode::kUnavailable);
  ASSERT_TRUE(cache_->Flush().ok());
  EXPECT_EQ(transport_.requests, before);
  EXPECT_EQ(server_.connections(), connections);
}

TEST_F(LookupTest, AnExpiredAnswerIsAskedForConditionally) {
  server_.Answer("/animals/7?lang=en", {.body = "[1,2]", .etag = "\"v1\""});
  Answered({{"id", "7"}});
  cache_clock_.Pass(2h);
  const LookupAnswer again = Answered({{"id", "7"}}, {.refresh = true});
  EXPECT_EQ(again.value, "[1,2]");
  EXPECT_EQ(again.state, CacheState::kFresh);
  EXPECT_EQ(server_.requests().back().headers.at("if-none-match"), "\"v1\"");
  EXPECT_EQ(again.why, "zoo answered HTTP 304");
  cache_clock_.Pass(30min);
  EXPECT_EQ(Answered({{"id", "7"}}).state, CacheState::kFresh) << "its time began anew";
  EXPECT_EQ(server_.requests().size(), 2u);
}

TEST_F(LookupTest, ABrokenAnswerIsNotKept) {
  server_.AnswerInTurn("/animals/7?lang=en", {{.body = "<html>"}, {.body = "1"}});
  const auto broken = Ask({{"id", "7"}});
  ASSERT_FALSE(broken);
  EXPECT_EQ(broken.error().code(), StatusCode::kDataLoss);
  EXPECT_EQ(Answered({{"id", "7"}}).value, "1");
}

TEST_F(LookupTest, EmptyAndFalseAnswersAreKept) {
  int i = 0;
  for (const char* body : {"0", "false", "\"\"", "[]", "null", "{}"}) {
    const std::string id = std::to_string(i++);
    server_.Answer("/animals/" + id + "?lang=en", {.body = body});
    EXPECT_EQ(Answered({{"id", id}}).value, body);
    const std::size_t asked = server_.requests().size();
    const LookupAnswer kept = Answered({{"id", id}});
    EXPECT_EQ(kept.value, body);
    EXPECT_EQ(kept.state, CacheState::kFresh);
    EXPECT_EQ(server_.requests().size(), asked) << body;
  }
}

TEST_F(LookupTest, ManyCallersOneRequest) {
  server_.Answer("/animals/7?lang=en", {.body = "1", .held = true});
  Made();
  std::vector<std::thread> threads;
  std::atomic<int> good{0};
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      if (auto answer = Ask({{"id", "7"}}); answer && answer->value == "1") ++good;
    });
  }
  server_.AwaitHeld(1);
  server_.Release();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 20);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(LookupTest, BypassKeepsNothing) {
  server_.Answer("/animals/7?lang=en", {.body = "1"});
  Answered({{"id", "7"}}, {.bypass = true});
  Answered({{"id", "7"}}, {.bypass = true});
  EXPECT_EQ(server_.requests().size(), 2u);
  EXPECT_FALSE(Ask({{"id", "7"}}, {.offline = true}));
}

TEST_F(LookupTest, ATagRemovesWhatItStandsOn) {
  server_.Answer("/animals/7?lang=en", {.body = "7"});
  server_.Answer("/animals/8?lang=en", {.body = "8"});
  Answered({{"id", "7"}});
  Answered({{"id", "8"}});
  ASSERT_TRUE(cache_->Remove(CacheSelector::Tag("animal:7")));
  EXPECT_FALSE(Ask({{"id", "7"}}, {.offline = true}));
  EXPECT_TRUE(Ask({{"id", "8"}}, {.offline = true}));
  ASSERT_TRUE(cache_->Remove(CacheSelector::Tag("zoo")));
  EXPECT_FALSE(Ask({{"id", "8"}}, {.offline = true}));
}

TEST_F(LookupTest, FieldsHaveDeadlinesOfTheirOwn) {
  Animal().fields = {{.name = "name", .path = "data.name"}, {.name = "weight", .path = "data.weight", .ttl = 1min}};
  server_.AnswerInTurn("/animals/7?lang=en", {{.body = R"({"data":{"name":"ox","weight":1}})"},
                                              {.body = R"({"data":{"name":"ox","weight":2}})"}});
  EXPECT_EQ(Answered({{"id", "7"}}).value, R"({"name":"ox","weight":1})");
  cache_clock_.Pass(2min);
  EXPECT_EQ(Answered({{"id", "7"}}, {.fields = {"name"}}).value, R"({"name":"ox"})");
  EXPECT_EQ(server_.requests().size(), 1u);
  EXPECT_EQ(Answered({{"id", "7"}}).value, R"({"name":"ox","weight":2})");
  EXPECT_EQ(server_.requests().size(), 2u);
  EXPECT_THAT(Ask({{"id", "7"}}, {.fields = {"nam"}}).error().message(), HasSubstr("did you mean \"name\"?"));
}

TEST_F(LookupTest, AnAnswerBecomesARecordOnceWhenAsked) {
  server_.Answer("/animals/7?lang=en", {.body = R"({"name":"ox"})"});
  EXPECT_TRUE(Answered({{"id", "7"}}, {.as_record = true}).record.ok());
  Answered({{"id", "7"}}, {.as_record = true});
  ASSERT_EQ(records_.size(), 1u) << "what is cached already is no news";
  EXPECT_THAT(records_[0], HasSubstr(R"("kind":"lookup.zoo.animal")"));
  EXPECT_THAT(records_[0], HasSubstr(R"("payload":{"name":"ox"})"));
  EXPECT_THAT(records_[0], HasSubstr("2015-10-21T07:28:00Z"));
  Answered({{"id", "8"}}, {.as_record = true});
  EXPECT_EQ(records_.size(), 1u) << "what is not there is no fact";
}

TEST_F(LookupTest, OneUsersAnswerIsNotAnothers) {
  Animal().policy.per_user = true;
  server_.AnswerInTurn("/animals/7?lang=en", {{.body = "1"}, {.body = "2"}});
  EXPECT_EQ(Answered({{"id", "7"}}, {.user = "ann"}).value, "1");
  EXPECT_EQ(Answered({{"id", "7"}}, {.user = "bob"}).value, "2");
  EXPECT_EQ(Answered({{"id", "7"}}, {.user = "ann"}).value, "1");
  EXPECT_EQ(Ask({{"id", "7"}}).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(LookupTest, AnotherServerUnderTheSameNameHasEntriesOfItsOwn) {
  server_.Answer("/animals/7?lang=en", {.body = "1"});
  Answered({{"id", "7"}});
  ASSERT_TRUE(cache_->Flush().ok());
  TestServer other;
  other.Answer("/animals/7?lang=en", {.body = "2"});
  source_.base_url = other.url();
  Reopen();
  EXPECT_EQ(Answered({{"id", "7"}}).value, "2");
}

TEST_F(LookupTest, TheRateIsSharedThroughTheCachesFolder) {
  source_.rate_tokens = 1;
  source_.rate_wait = 0s;
  server_.Answer("/animals/7?lang=en", {.body = "1"});
  Answered({{"id", "7"}}, {.bypass = true});
  Reopen();
  EXPECT_EQ(Ask({{"id", "7"}}, {.bypass = true}).status().code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(server_.requests().size(), 1u);
}

TEST_F(LookupTest, WhatIsNotDeclaredNamesItsNearest) {
  EXPECT_THAT(Made().Ask("zo", "animal", {}).error().message(), HasSubstr("did you mean \"zoo\"?"));
  EXPECT_THAT(Made().Ask("zoo", "animals", {}).error().message(), HasSubstr("did you mean \"animal\"?"));
  EXPECT_THAT(Ask({{"idd", "7"}, {"id", "7"}}).error().message(), HasSubstr("did you mean \"id\"?"));
  EXPECT_EQ(Made().Ask("zoo", "animal", {}).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(LookupTest, AQuestionHasItsKeyWithoutBeingAsked) {
  EXPECT_EQ(Made().Key({"zoo", "animal", {{"id", "7"}}})->text(), "zoo:animal:id=7&lang=en");
  EXPECT_EQ(transport_.requests, 0u);
}

}  // namespace
}  // namespace cairn
