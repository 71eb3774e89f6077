#include "lookup/cache_report.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

CacheOperationStats Operation(std::string name, std::uint64_t hits, std::uint64_t misses, std::uint64_t loads) {
  CacheOperationStats out;
  out.operation = std::move(name);
  out.memory.hits = hits;
  out.memory.misses = misses;
  out.disk.misses = misses;
  out.memory.hit_latency.Add(100, hits);
  out.loads = loads;
  out.load_latency.Add(1'000'000, loads);
  return out;
}

TEST(CacheReport, EachOperationAndLevelAndAllOfThem) {
  CacheStats stats;
  stats.operations = {Operation("b:x", 3, 1, 1), Operation("a:x", 1, 3, 2)};
  stats.operations[0].memory.negative = 4;
  const CacheReport report = MakeCacheReport(stats);
  ASSERT_EQ(report.lines.size(), 6u);
  EXPECT_EQ(report.lines[0].operation, "a:x");
  EXPECT_EQ(report.lines[0].level, CacheLevel::kMemory);
  EXPECT_DOUBLE_EQ(report.lines[0].hit_ratio, 0.25);
  EXPECT_EQ(report.lines[0].hit_ns_p50, 128u);
  EXPECT_EQ(report.lines[1].level, CacheLevel::kDisk);
  EXPECT_DOUBLE_EQ(report.lines[2].hit_ratio, 7.0 / 8) << "a negative answer is an answer";
  EXPECT_EQ(report.lines[4].operation, "all");
  EXPECT_EQ(report.lines[4].counts.hits, 4u);
  ASSERT_EQ(report.loads.size(), 3u);
  EXPECT_EQ(report.loads[0].calls, 4u);
  EXPECT_DOUBLE_EQ(report.loads[0].answered_ratio, 0.5);
  EXPECT_EQ(report.loads[2].loads, 3u);
}

TEST(CacheReport, SinceAnEarlierOneItCountsTheDifference) {
  CacheStats before;
  before.operations = {Operation("a:x", 1, 1, 1)};
  CacheStats now;
  now.operations = {Operation("a:x", 4, 2, 1), Operation("b:x", 1, 0, 0)};
  const CacheReport report = MakeCacheReport(now, &before);
  EXPECT_EQ(report.lines[0].counts.hits, 3u);
  EXPECT_EQ(report.lines[0].counts.misses, 1u);
  EXPECT_EQ(report.loads[0].loads, 0u);
  EXPECT_EQ(report.lines[2].operation, "b:x");
  EXPECT_EQ(report.lines[2].counts.hits, 1u);
  // A cache made anew counts from zero.
  EXPECT_EQ(MakeCacheReport(before, &now).lines.size(), 0u);
}

TEST(CacheReport, NothingCountedIsNoRatio) {
  CacheStats stats;
  stats.operations = {Operation("a:x", 0, 0, 0)};
  const CacheReport report = MakeCacheReport(stats);
  EXPECT_TRUE(report.lines.empty());
  EXPECT_EQ(report.loads[0].answered_ratio, 0);
}

}  // namespace
}  // namespace cairn
