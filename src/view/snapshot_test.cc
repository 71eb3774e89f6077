#include "view/snapshot.h"

#include <gtest/gtest.h>

#include "random_facts.h"
#include "view/view_for_test.h"

namespace cairn {
namespace {

constexpr std::string_view kOne = "2026-01-10T05:00:01Z";

SnapshotPlace Place() {
  SnapshotPlace place;
  place.segment = {5};
  place.tail = {{9}, 0xABCD1234, true, {1234}, 567};
  place.commit_bytes = 88;
  return place;
}

std::string Encode(const Views& views) {
  std::string out;
  const Status encoded =
      EncodeSnapshot(Place(), {{{5}, {{0, 10}, {11, 0}, {22, 30}}}, {{8}, {}}},
                     {{"0005.jsonl", 77, {6}, {7}, "its checksum is wrong"}}, views, [&](std::string_view bytes) {
                       out += bytes;
                       return Status::Ok();
                     });
  EXPECT_TRUE(encoded.ok()) << encoded;
  return out;
}

FoldedViews Small() {
  return {TestRecord("volume", "orders", kOne, R"({"run_id":"r","tenant":"a"})"),
          TestEvent("FAIL", "r", kOne,
                    R"("job":{"namespace":"etl","name":"load"},"outputs":[{"namespace":"crm","name":"orders","facets":)"
                    R"({"tags":{"tags":[{"key":"pii"}]}}}])")};
}

TEST(Snapshot, SaysWhatTheViewsSaid) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  RandomFacts facts(seed);
  FoldedViews folded;
  for (int i = 0; i < 400; ++i) folded.Apply(facts.OneIn(2) ? facts.Record() : facts.Event());
  folded.views.Prune({100}, {200});
  auto back = DecodeSnapshot(Encode(folded.views));
  ASSERT_TRUE(back) << back.status();
  EXPECT_EQ(Describe(back->views), Describe(folded.views));

  // And they go on alike.
  FoldedViews again;
  again.views = std::move(back->views);
  again.last = folded.last;
  for (int i = 0; i < 400; ++i) {
    const std::string fact = facts.OneIn(2) ? facts.Record() : facts.Event();
    folded.Apply(fact);
    again.Apply(fact);
  }
  EXPECT_EQ(Describe(again.views), Describe(folded.views));
}

TEST(Snapshot, KnowsItsPlaceInTheLog) {
  const auto back = DecodeSnapshot(Encode(Small().views));
  ASSERT_TRUE(back) << back.status();
  EXPECT_EQ(back->place.segment.value, 5u);
  EXPECT_EQ(back->place.tail.last.value, 9u);
  EXPECT_EQ(back->place.tail.crc, 0xABCD1234u);
  EXPECT_TRUE(back->place.tail.crc_known);
  EXPECT_EQ(back->place.tail.ingested_at.ns, 1234);
  EXPECT_EQ(back->place.tail.offset, 567u);
  EXPECT_EQ(back->place.commit_bytes, 88u);
  ASSERT_EQ(back->open.size(), 2u);
  EXPECT_EQ(back->open[0].first.value, 5u);
  ASSERT_EQ(back->open[0].locations.size(), 3u);
  EXPECT_EQ(back->open[0].locations[2].offset, 22u);
  EXPECT_EQ(back->open[0].locations[2].length, 30u);
  EXPECT_EQ(back->open[1].first.value, 8u);
  ASSERT_EQ(back->damage.size(), 1u);
  EXPECT_EQ(back->damage[0].segment, "0005.jsonl");
  EXPECT_EQ(back->damage[0].offset, 77u);
  EXPECT_EQ(back->damage[0].first.value, 6u);
  EXPECT_EQ(back->damage[0].last.value, 7u);
  EXPECT_EQ(back->damage[0].what, "its checksum is wrong");
}

TEST(Snapshot, OfNothing) {
  std::string bytes;
  const auto keep = [&](std::string_view more) {
    bytes += more;
    return Status::Ok();
  };
  ASSERT_TRUE(EncodeSnapshot({}, {}, {}, Views(), keep).ok());
  const auto back = DecodeSnapshot(bytes);
  ASSERT_TRUE(back) << back.status();
  EXPECT_EQ(Describe(back->views), Describe(Views()));
  EXPECT_TRUE(back->open.empty());
}

TEST(Snapshot, OfManyMiBIsReadFromBytesThatMove) {
  FoldedViews folded;
  const std::string long_name(14'000, 'n');
  for (int i = 0; i < 3'000; ++i) folded.Apply(TestRecord("volume", long_name + std::to_string(i), kOne));
  const std::string good = Encode(folded.views);
  ASSERT_GT(good.size(), std::size_t{40} << 20);
  std::string copy;
  int times = 0;
  const auto again = [&]() -> std::string_view {
    copy.assign(copy.size(), '\xFF');  // What was given before is looked at no more.
    std::string next = good;
    copy.swap(next);
    ++times;
    return copy;
  };
  const auto back = DecodeSnapshot(good, again);
  ASSERT_TRUE(back) << back.status();
  EXPECT_GE(times, 3);
  EXPECT_TRUE(Describe(back->views) == Describe(folded.views));
  EXPECT_FALSE(DecodeSnapshot(good, [] { return std::string_view(); })) << "it is there no more";
}

TEST(Snapshot, EveryFlippedByteIsRefused) {
  const std::string good = Encode(Small().views);
  ASSERT_TRUE(DecodeSnapshot(good));
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 0x40);
    const auto back = DecodeSnapshot(bad);
    ASSERT_FALSE(back) << "byte " << i;
    ASSERT_EQ(back.status().code(), StatusCode::kDataLoss);
  }
}

TEST(Snapshot, CutAnywhereIsRefused) {
  const std::string good = Encode(Small().views);
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(DecodeSnapshot(std::string_view(good).substr(0, size))) << size;
  }
  EXPECT_FALSE(DecodeSnapshot(good + "x")) << "nor with anything behind it";
}

TEST(Snapshot, NamesSortAsTheirNumbers) {
  EXPECT_EQ(SnapshotName({7}), "snapshot-00000000000000000007");
  EXPECT_LT(SnapshotName({9}), SnapshotName({10}));
  EXPECT_LT(SnapshotName({10}), SnapshotName({~std::uint64_t{0}}));
}

}  // namespace
}  // namespace cairn
