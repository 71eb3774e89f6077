#include "view/series.h"

#include <gtest/gtest.h>

#include "view/view_for_test.h"

namespace cairn {
namespace {

class SeriesTableTest : public testing::Test {
 protected:
  std::uint32_t Intern(std::string_view kind, const NodeView& node) {
    return table_.Intern(kind, node, HashSeries(kind, node), kinds_, nodes_, &added_);
  }

  TextTable kinds_;
  NodeTable nodes_;
  SeriesTable table_;
  bool added_ = false;
};

TEST_F(SeriesTableTest, IsFoundByKindAndNode) {
  EXPECT_EQ(Intern("volume", Dataset("orders")), 0u);
  EXPECT_TRUE(added_);
  EXPECT_EQ(Intern("volume", Dataset("lines")), 1u);
  EXPECT_EQ(Intern("runtime", Dataset("orders")), 2u);
  EXPECT_EQ(Intern("volume", Dataset("orders")), 0u);
  EXPECT_FALSE(added_);
  EXPECT_EQ(table_.size(), 3u);
  EXPECT_EQ(table_.Find("runtime", Dataset("orders"), kinds_, nodes_), &table_.at(2));
  EXPECT_EQ(table_.Find("runtime", Dataset("lines"), kinds_, nodes_), nullptr);
  EXPECT_EQ(nodes_.size(), 2u) << "a node stands once, however many series it has";
}

TEST_F(SeriesTableTest, OfTwoTenantsAreTwo) {
  Intern("volume", {"a", "dataset", "crm", "orders"});
  EXPECT_EQ(table_.Find("volume", {"b", "dataset", "crm", "orders"}, kinds_, nodes_), nullptr);
  EXPECT_EQ(table_.Find("volume", {"", "dataset", "crm", "orders"}, kinds_, nodes_), nullptr);
  EXPECT_NE(table_.Find("volume", {"a", "dataset", "crm", "orders"}, kinds_, nodes_), nullptr);
}

TEST_F(SeriesTableTest, ManyAreFound) {
  for (int i = 0; i < 3000; ++i) Intern("kind" + std::to_string(i % 7), Dataset("t" + std::to_string(i)));
  ASSERT_EQ(table_.size(), 3000u);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(Intern("kind" + std::to_string(i % 7), Dataset("t" + std::to_string(i))), static_cast<std::uint32_t>(i));
    ASSERT_EQ(table_.Find("kind" + std::to_string((i + 1) % 7), Dataset("t" + std::to_string(i)), kinds_, nodes_),
              nullptr);
  }
}

TEST(Series, LatestIsTheGreatestTimeThenTheGreatestNumber) {
  Series series;
  series.Add({10, {1}, Fact::kWholeRecord, {}});
  EXPECT_EQ(series.latest.seq.value, 1u);
  series.Add({5, {2}, Fact::kWholeRecord, {}});
  EXPECT_EQ(series.latest.seq.value, 1u) << "what comes late is older";
  series.Add({10, {3}, Fact::kWholeRecord, {}});
  EXPECT_EQ(series.latest.seq.value, 3u) << "of one time the last counts";
  series.Add({11, {4}, 0 | kFacetDeleted, {}});
  EXPECT_EQ(series.latest.seq.value, 4u);
  EXPECT_EQ(series.count, 4u);
  EXPECT_EQ(series.records, 3u) << "the fourth is a facet";
  EXPECT_EQ(series.first_produced, 5);
  EXPECT_EQ(SeqsOf(series), (std::vector<std::uint64_t>{2, 1, 3, 4}));
}

TEST(Series, TheOnlyOpenFactStandsInTheSeriesItself) {
  Series series;
  EXPECT_TRUE(series.open().empty());
  series.Add({10, {1}, Fact::kWholeRecord, {7, 3}});
  ASSERT_EQ(series.open().size(), 1U);
  EXPECT_EQ(series.open().sorted.front().location.offset, 7U);
  // Sealed, it is the latest still, and open no more.
  series.Prune({1}, {1});
  EXPECT_TRUE(series.open().empty());
  EXPECT_EQ(series.latest.seq.value, 1U);
  // What comes late is not the latest, so it needs a list.
  series.Add({5, {2}, Fact::kWholeRecord, {}});
  EXPECT_EQ(SeqsOf(series), (std::vector<std::uint64_t>{2}));
  series.Add({20, {3}, Fact::kWholeRecord, {}});
  EXPECT_EQ(SeqsOf(series), (std::vector<std::uint64_t>{2, 3}));
  series.Prune({2}, {3});
  EXPECT_TRUE(series.open().empty());
  series.Add({30, {4}, Fact::kWholeRecord, {}});
  EXPECT_EQ(SeqsOf(series), (std::vector<std::uint64_t>{4}));
  EXPECT_EQ(series.count, 4U);
}

TEST(Series, MayLieBeforeTheEpoch) {
  Series series;
  series.Add({-10, {1}, Fact::kWholeRecord, {}});
  EXPECT_EQ(series.latest.produced_at, -10);
  EXPECT_EQ(series.first_produced, -10);
}

}  // namespace
}  // namespace cairn
