#include "view/postings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace cairn {
namespace {

Posting At(std::int64_t time, std::uint64_t seq, std::uint32_t facet = Fact::kWholeRecord) {
  return {time, {seq}, facet, {static_cast<std::uint32_t>(seq), 1}};
}

std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint32_t>> All(const PostingList& list) {
  std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint32_t>> out;
  list.View().Read([&](std::span<const Posting> postings) {
    for (const Posting& posting : postings) out.push_back(posting.Rank());
  });
  return out;
}

TEST(Posting, IsOrderedByTimeThenPlaceThenFacet) {
  EXPECT_LT(At(1, 9), At(2, 1));
  EXPECT_LT(At(1, 1), At(1, 2));
  EXPECT_LT(At(1, 1, 3), At(1, 1, 4));
  EXPECT_LT(At(-5, 2), At(0, 1));
  // Whether a facet is a deletion says nothing about its place.
  EXPECT_LT(At(1, 1, 3 | kFacetDeleted), At(1, 1, 4));
  EXPECT_FALSE(At(1, 1, 3) < At(1, 1, 3 | kFacetDeleted));
  EXPECT_TRUE(IsDeletion(3 | kFacetDeleted));
  EXPECT_FALSE(IsDeletion(Fact::kWholeRecord));
}

TEST(PostingList, InAnyOrderOfComingIsSorted) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (const std::size_t count : {0u, 1u, 2u, 31u, 33u, 34u, 100u, 1000u, 5000u}) {
    for (const std::uint64_t times : {1u, 3u, 1000000u}) {
      PostingList list;
      std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint32_t>> expected;
      for (std::size_t i = 0; i < count; ++i) {
        const Posting posting =
            At(static_cast<std::int64_t>(random() % times), i + 1, static_cast<std::uint32_t>(i % 3));
        list.Add(posting);
        expected.push_back(posting.Rank());
        if (i % 97 == 0) {
          std::sort(expected.begin(), expected.end());
          ASSERT_EQ(All(list), expected);
        }
      }
      std::sort(expected.begin(), expected.end());
      ASSERT_EQ(All(list), expected) << count << " of " << times;
      ASSERT_EQ(list.View().size(), count);
      ASSERT_EQ(list.View().empty(), count == 0);
    }
  }
}

TEST(PostingList, ComingBackwardsIsSortedToo) {
  PostingList list;
  for (std::int64_t i = 500; i > 0; --i) list.Add(At(i, static_cast<std::uint64_t>(501 - i)));
  const auto all = All(list);
  ASSERT_EQ(all.size(), 500u);
  EXPECT_TRUE(std::is_sorted(all.begin(), all.end()));
}

TEST(PostingList, GivesBackWhereEachStands) {
  PostingList list;
  list.Add(At(2, 7));
  list.Add(At(1, 8));
  std::vector<std::uint32_t> offsets;
  list.View().Read([&](std::span<const Posting> postings) {
    for (const Posting& posting : postings) offsets.push_back(posting.location.offset);
  });
  EXPECT_EQ(offsets, (std::vector<std::uint32_t>{8, 7}));
}

TEST(PostingList, ForgetsAStretchOfTheLog) {
  PostingList list;
  // Late ones among them: numbers 1 to 20, times that fall.
  for (std::uint64_t seq = 1; seq <= 20; ++seq) list.Add(At(static_cast<std::int64_t>(100 - seq), seq));
  list.Prune({6}, {15});
  EXPECT_EQ(list.View().size(), 10u);
  for (const auto& [time, seq, facet] : All(list)) EXPECT_TRUE(seq < 6 || seq > 15) << seq;
  list.Add(At(50, 21));
  EXPECT_EQ(std::get<1>(All(list).front()), 21u);
  list.Prune({1}, {21});
  EXPECT_TRUE(list.View().empty());
  list.Add(At(3, 22));
  EXPECT_EQ(list.View().size(), 1u) << "it goes on from nothing";
}

TEST(PostingReading, TellsWhatStoodWhenItBeganWhateverComesInBetween) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    PostingList list;
    std::uint64_t seq = 0;
    const auto add = [&](std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) list.Add(At(static_cast<std::int64_t>(random() % 1000), ++seq));
    };
    add(random() % 2000);
    PostingSpan span{.from = static_cast<std::int64_t>(random() % 300), .until = 700};
    span.last = {seq};
    span.sealed_first = {random() % 500};
    span.sealed_last = {random() % 500};
    std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint32_t>> expected;
    list.View().Read([&](std::span<const Posting> postings) {
      for (const Posting& posting : postings) {
        if (span.Has(posting)) expected.push_back(posting.Rank());
      }
    });
    std::vector<std::tuple<std::int64_t, std::uint64_t, std::uint32_t>> told;
    PostingReading reading(span);
    while (!reading.Step(list.View(), 1 + random() % 100,
                         [&](const Posting& posting) { told.push_back(posting.Rank()); })) {
      add(random() % 100);
      if (random() % 3 == 0) list.Prune(span.sealed_first, span.sealed_last);
    }
    std::sort(told.begin(), told.end());
    ASSERT_EQ(told, expected);
  }
}

TEST(PostingReading, OfTheWholeOfTimeHasItsEndsToo) {
  PostingList list;
  list.Add(At(Timestamp::Max().ns, 2));
  list.Add(At(Timestamp::Min().ns, 1));
  int told = 0;
  PostingReading reading({});
  EXPECT_TRUE(reading.Step(list.View(), 10, [&](const Posting&) { ++told; }));
  EXPECT_EQ(told, 2);
}

}  // namespace
}  // namespace cairn
