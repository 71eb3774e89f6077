#include "lookup/lookup_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lookup/lookup_for_test.h"

namespace cairn {
namespace {

using testing::HasSubstr;

class LookupServiceTest : public LookupTest {
 protected:
  LookupService& Service() {
    if (service_ == nullptr) {
      Config& config = config_;
      config.cache.location = dir_.path() + "/cache";
      config.sources = {source_};
      LookupHooks hooks;
      hooks.transport = &transport_;
      hooks.cache_clock = &cache_clock_;
      auto opened = LookupService::Open(config, hooks);
      EXPECT_TRUE(opened) << opened.status();
      service_ = std::move(*opened);
    }
    return *service_;
  }
  Question Animal7() { return {"zoo", "animal", {{"id", "7"}}}; }

  Config config_;
  std::unique_ptr<LookupService> service_;
};

TEST_F(LookupServiceTest, OfflineByConfigurationMakesNoConnection) {
  server_.Answer("/animals/7?lang=en", {.body = "[1]"});
  ASSERT_TRUE(Service().Ask(Animal7(), {}));
  ASSERT_TRUE(Service().cache().Flush().ok());
  service_.reset();
  config_.cache.offline = true;
  config_.warm.predictive = true;
  cache_clock_.Pass(std::chrono::hours(2));
  const std::uint64_t before = transport_.requests;
  const auto stale = Service().Ask(Animal7(), {});
  ASSERT_TRUE(stale) << stale.error();
  EXPECT_EQ(stale->state, CacheState::kStale);
  EXPECT_EQ(Service().Ask({"zoo", "animal", {{"id", "8"}}}, {}).status().code(), StatusCode::kUnavailable);
  service_.reset();
  EXPECT_EQ(transport_.requests, before);
  EXPECT_EQ(server_.connections(), 1u);
}

TEST_F(LookupServiceTest, WhatWasAskedCanBeSeenAndCleared) {
  server_.Answer("/animals/7?lang=en", {.body = "[1]"});
  ASSERT_TRUE(Service().Ask(Animal7(), {}));
  const auto seen = Service().Get(Animal7());
  ASSERT_TRUE(seen) << seen.error();
  EXPECT_EQ(seen->key, "zoo:animal:id=7&lang=en");
  ASSERT_FALSE(seen->levels.empty());
  EXPECT_EQ(seen->levels[0].state, CacheState::kFresh);
  EXPECT_EQ(seen->levels[0].entry->value, "[1]");

  const auto cleared = Service().Clear({"tag:animal:7", "tag:none"}, ClearVerb::kRemove);
  ASSERT_TRUE(cleared) << cleared.error();
  EXPECT_EQ(cleared->size(), 2u);
  EXPECT_FALSE(Service().Ask(Animal7(), {.offline = true}));
}

TEST_F(LookupServiceTest, AWrongSelectorClearsNothing) {
  server_.Answer("/animals/7?lang=en", {.body = "[1]"});
  ASSERT_TRUE(Service().Ask(Animal7(), {}));
  EXPECT_EQ(Service().Clear({"all", "everything"}, ClearVerb::kRemove).status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Service().Clear({}, ClearVerb::kRemove).status().code(), StatusCode::kInvalidArgument);
  EXPECT_TRUE(Service().Ask(Animal7(), {.offline = true}));
}

TEST_F(LookupServiceTest, AQuestionThatIsNotDeclaredIsNoKey) {
  EXPECT_THAT(Service().Get(Question{"zoo", "animl", {}}).status().message(), HasSubstr("did you mean"));
}

TEST_F(LookupServiceTest, WhatIsExportedAnotherHostCanImport) {
  server_.Answer("/animals/7?lang=en", {.body = "[1]"});
  ASSERT_TRUE(Service().Ask(Animal7(), {}));
  const std::string file = dir_.path() + "/export";
  const auto written = Service().Export("source:zoo", file);
  ASSERT_TRUE(written) << written.error();
  EXPECT_EQ(*written, 1u);
  EXPECT_FALSE(Service().Export("what", file));
  ASSERT_TRUE(Service().Clear({"all"}, ClearVerb::kRemove));
  service_.reset();
  std::filesystem::remove_all(dir_.path() + "/cache");
  const auto read = Service().Import(file);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(read->stored, 1u);
  const auto answer = Service().Ask(Animal7(), {.offline = true});
  ASSERT_TRUE(answer) << answer.error();
  EXPECT_EQ(answer->value, "[1]");
}

TEST_F(LookupServiceTest, StatsCountWhatWasAsked) {
  server_.Answer("/animals/7?lang=en", {.body = "[1]"});
  ASSERT_TRUE(Service().Ask(Animal7(), {}));
  const CacheStats before = Service().cache().Stats();
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(Service().Ask(Animal7(), {}));
  const CacheReport report = Service().Stats(&before);
  ASSERT_FALSE(report.loads.empty());
  EXPECT_EQ(report.loads.back().operation, "all");
  EXPECT_EQ(report.loads.back().loads, 0u);
  ASSERT_FALSE(report.lines.empty());
  EXPECT_EQ(report.lines.front().counts.hits, 4u);
}

}  // namespace
}  // namespace cairn
