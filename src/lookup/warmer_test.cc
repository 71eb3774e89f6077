#include "lookup/warmer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lookup/lookup_for_test.h"

namespace cairn {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class WarmerTest : public LookupTest {
 protected:
  WarmerTest() {
    cache_options_.history = true;
    config_.concurrency = 1;
    config_.rate_tokens = 1000;
    for (int i = 0; i < 30; ++i) {
      server_.Answer("/animals/" + std::to_string(i) + "?lang=en", {.body = std::to_string(i)});
    }
  }
  ~WarmerTest() override { warmer_.reset(); }

  Warmer& Warm() {
    if (warmer_ == nullptr) {
      Made();
      WarmerOptions options{lookup_.get(), cache_.get(), config_, &waiter_, &cache_clock_};
      warmer_ = std::make_unique<Warmer>(options);
    }
    return *warmer_;
  }
  std::vector<std::string> Asked() {
    std::vector<std::string> out;
    for (const TestServer::Request& request : server_.requests()) out.push_back(request.target);
    return out;
  }

  WarmConfig config_;
  std::unique_ptr<Warmer> warmer_;
};

TEST_F(WarmerTest, AListIsAskedOnceAndWhatStandsIsLeft) {
  Answered({{"id", "1"}});
  std::vector<std::uint64_t> told;
  const auto warmed =
      Warm().FromList("# the first\n\nzoo animal id=1\nzoo:animal:id=2&lang=en\n  zoo animal id=3\nzoo animal id=99\n",
                      [&](const WarmProgress& progress) {
                        told.push_back(progress.done);
                        return true;
                      },
                      {});
  ASSERT_TRUE(warmed) << warmed.error();
  EXPECT_EQ(warmed->total, 4u);
  EXPECT_EQ(warmed->done, 4u);
  EXPECT_EQ(warmed->fresh, 1u);
  EXPECT_EQ(warmed->loaded, 2u);
  EXPECT_EQ(warmed->not_found, 1u);
  EXPECT_FALSE(told.empty());
  EXPECT_EQ(told.back(), 4u);
  EXPECT_EQ(Answered({{"id", "3"}}, {.offline = true}).value, "3");
  EXPECT_EQ(server_.requests().size(), 4u);
}

TEST_F(WarmerTest, ALineThatCannotBeReadIsNamedBeforeAnythingIsAsked) {
  const auto warmed = Warm().FromList("zoo animal id=1\nzoo animals id=2\n", {}, {});
  ASSERT_FALSE(warmed);
  EXPECT_THAT(warmed.error().message(), HasSubstr("line 2: there is no operation \"animals\""));
  EXPECT_TRUE(server_.requests().empty());
}

TEST_F(WarmerTest, ItKeepsItsRate) {
  config_.rate_tokens = 2;
  std::string list;
  for (int i = 0; i < 5; ++i) list += "zoo animal id=" + std::to_string(i) + "\n";
  ASSERT_TRUE(Warm().FromList(list, {}, {}));
  EXPECT_THAT(waiter_.waits(), ElementsAre(60s, 60s));
}

TEST_F(WarmerTest, ASourceThatIsDownEndsIt) {
  std::string list;
  for (int i = 0; i < 20; ++i) {
    list += "zoo animal id=" + std::to_string(i) + "\n";
    server_.Answer("/animals/" + std::to_string(i) + "?lang=en", {.status = 503});
  }
  const auto warmed = Warm().FromList(list, {}, {});
  ASSERT_FALSE(warmed);
  EXPECT_EQ(warmed.error().code(), StatusCode::kUnavailable);
  EXPECT_THAT(warmed.error().message(), HasSubstr("5 of 20 done: zoo answered HTTP 503"));
  EXPECT_EQ(server_.requests().size(), Warmer::kFailuresMax);
}

TEST_F(WarmerTest, WhoWatchesCanEndIt) {
  std::string list;
  for (int i = 0; i < 30; ++i) list += "zoo animal id=" + std::to_string(i) + "\n";
  // Held back until the watch has seen the first, so that there is something left to end.
  server_.AnswerInTurn("/animals/1?lang=en", {{.body = "1", .held = true}});
  const auto warmed = Warm().FromList(list,
                                      [&](const WarmProgress&) {
                                        server_.Release();
                                        return false;
                                      },
                                      {});
  EXPECT_EQ(warmed.status().code(), StatusCode::kCancelled);
  EXPECT_LT(server_.requests().size(), 4u);
}

TEST_F(WarmerTest, UsageIsAskedAgainMostUsedFirst) {
  for (int i = 0; i < 3; ++i) Answered({{"id", "5"}});
  for (int i = 0; i < 2; ++i) Answered({{"id", "6"}});
  Answered({{"id", "7"}});
  ASSERT_TRUE(cache_->Flush().ok());
  ASSERT_TRUE(cache_->Remove(CacheSelector::All()));
  const auto warmed = Warm().FromUsage(2, {}, {});
  ASSERT_TRUE(warmed) << warmed.error();
  EXPECT_EQ(warmed->loaded, 2u);
  EXPECT_EQ(Asked().size(), 5u);
  EXPECT_EQ(Asked()[3], "/animals/5?lang=en");
  EXPECT_EQ(Asked()[4], "/animals/6?lang=en");
}

TEST_F(WarmerTest, WhatIsInUseIsRefreshedBeforeItExpiresAndNothingElse) {
  config_.before = 10min;
  Answered({{"id", "7"}});
  Answered({{"id", "8"}});
  for (int i = 0; i < 5; ++i) {
    cache_clock_.Pass(11min);
    Answered({{"id", "7"}});
    // The history takes uses down from time to time.
    ASSERT_FALSE(cache_->Accesses(1).empty());
  }
  const auto round = Warm().Step({});
  ASSERT_TRUE(round) << round.error();
  EXPECT_EQ(round->loaded, 1u);
  EXPECT_THAT(Asked(), ElementsAre("/animals/7?lang=en", "/animals/8?lang=en", "/animals/7?lang=en"));
  cache_clock_.Pass(30min);
  EXPECT_EQ(Answered({{"id", "7"}}).state, CacheState::kFresh);
  EXPECT_EQ(Asked().size(), 3u);
}

TEST_F(WarmerTest, ARefreshIsNoUse) {
  config_.before = 10min;
  Answered({{"id", "7"}});
  for (int i = 0; i < 2; ++i) {
    cache_clock_.Pass(1min);
    Answered({{"id", "7"}});
    ASSERT_FALSE(cache_->Accesses(1).empty());
  }
  // Nobody asks any more: it must not keep itself warm for ever.
  std::uint64_t refreshed = 0;
  for (int i = 0; i < 200; ++i) {
    cache_clock_.Pass(9min);
    const auto round = Warm().Step({});
    ASSERT_TRUE(round) << round.error();
    refreshed += round->loaded;
  }
  EXPECT_GE(refreshed, 1u);
  EXPECT_LE(refreshed, 2u);
}

TEST_F(WarmerTest, TheBudgetHolds) {
  config_.before = 2h;
  config_.loads_max = 3;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 10; ++i) Answered({{"id", std::to_string(i)}});
    cache_clock_.Pass(1min);
    (void)cache_->Accesses(1);
  }
  EXPECT_EQ(Warm().Step({})->loaded, 3u);
}

TEST_F(WarmerTest, InTheBackgroundItEndsWithItsOwner) {
  Answered({{"id", "7"}});
  Warm().Start();
  warmer_.reset();
  SUCCEED();
}

}  // namespace
}  // namespace cairn
