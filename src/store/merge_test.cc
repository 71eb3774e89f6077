#include "store/merge.h"

#include <gtest/gtest.h>

#include <random>

#include "store/segment_for_test.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using Rank = std::tuple<std::int64_t, std::uint64_t, std::uint32_t>;

std::vector<Rank> Drain(PostingMerge& merge) {
  std::vector<Rank> out;
  while (const auto candidate = merge.Next()) out.push_back(candidate->posting.Rank());
  EXPECT_FALSE(merge.Next().has_value()) << "the end stays the end";
  return out;
}

constexpr std::int64_t kMin = Timestamp::Min().ns;
constexpr std::int64_t kMax = Timestamp::Max().ns;

TEST(PostingMerge, OfNothingIsNothing) {
  for (const Order order : {Order::kNewestFirst, Order::kOldestFirst}) {
    PostingMerge merge(order);
    EXPECT_TRUE(Drain(merge).empty());
  }
}

TEST(PostingMerge, IsOneOrderOverOpenAndSealed) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  std::vector<std::unique_ptr<TestSegment>> segments;
  std::vector<std::shared_ptr<const SealedSegment>> sealed;
  std::vector<Rank> all;
  Seq next{1};
  for (int i = 0; i < 3; ++i) {
    std::vector<std::string> records;
    const Seq first = next;
    for (int j = 0; j < 60; ++j, ++next.value) {
      const TestFact fact{.name = "t" + std::to_string(random() % 3),
                          .second = static_cast<std::int64_t>(random() % 40),
                          .rows = static_cast<std::int64_t>(next.value)};
      records.push_back(fact.Json());
      all.emplace_back(fact.time().ns, next.value, Fact::kWholeRecord);
    }
    segments.push_back(std::make_unique<TestSegment>(first, records));
    sealed.push_back(segments.back()->Seal());
  }
  // More than are sorted at once.
  std::vector<Candidate> open;
  for (int i = 0; i < 5000; ++i, ++next.value) {
    open.push_back(
        {{At(static_cast<std::int64_t>(random() % 60)).ns, next, static_cast<std::uint32_t>(random() % 2), {}}, 7});
    all.push_back(open.back().posting.Rank());
  }
  const auto merged = [&](Order order, std::int64_t from, std::int64_t until) {
    PostingMerge merge(order);
    for (const Candidate& candidate : open) {
      if (candidate.posting.produced_at >= from && candidate.posting.produced_at < until) merge.AddOpen(candidate);
    }
    for (const auto& segment : sealed) {
      for (const char* name : {"t0", "t1", "t2", "missing"}) {
        merge.AddSealed(segment, segment->index().FindSeries(SeriesKeyBytes("volume", Table(name))), 1, from, until);
      }
    }
    return Drain(merge);
  };
  std::sort(all.begin(), all.end());
  EXPECT_EQ(merged(Order::kOldestFirst, kMin, kMax), all);
  EXPECT_EQ(merged(Order::kNewestFirst, kMin, kMax), std::vector<Rank>(all.rbegin(), all.rend()));
  std::vector<Rank> within;
  for (const Rank& rank : all) {
    if (std::get<0>(rank) >= At(10).ns && std::get<0>(rank) < At(20).ns) within.push_back(rank);
  }
  EXPECT_EQ(merged(Order::kOldestFirst, At(10).ns, At(20).ns), within);
  EXPECT_EQ(merged(Order::kNewestFirst, At(10).ns, At(20).ns), std::vector<Rank>(within.rbegin(), within.rend()));
  EXPECT_TRUE(merged(Order::kNewestFirst, At(20).ns, At(10).ns).empty());
}

TEST(PostingMerge, SaysWhichSeriesAFactIsOf) {
  const TestSegment segment({1}, {TestFact{.second = 5}.Json()});
  const auto sealed = segment.Seal();
  PostingMerge merge(Order::kOldestFirst);
  merge.AddOpen({{At(9).ns, {2}, Fact::kWholeRecord, {}}, 4});
  merge.AddSealed(sealed, sealed->index().FindSeries(SeriesKeyBytes("volume", Table("orders"))), 3, kMin, kMax);
  const auto first = merge.Next();
  const auto second = merge.Next();
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->series, 3u);
  EXPECT_EQ(first->posting.seq.value, 1u);
  EXPECT_EQ(second->series, 4u);
}

}  // namespace
}  // namespace cairn
