#include "view/name_signatures.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace cairn {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::SizeIs;

TextSignature Of(std::string_view text) {
  TextSignature signature;
  signature.Add(text);
  return signature;
}

TEST(TextSignature, WhatContainsATextMayContainIt) {
  const TextSignature name = Of("Public.Order_Items");
  for (const char* part : {"", "o", "order", "ORDER_", "c.o", "Public.Order_Items"}) {
    EXPECT_TRUE(name.MayContain(Of(part))) << part;
  }
  EXPECT_FALSE(name.MayContain(Of("zebra")));
  EXPECT_FALSE(Of("").MayContain(Of("a")));
}

TEST(NameSignatures, FollowTheTableAndFindTheNewestFirst) {
  NodeTable nodes;
  NameSignatures signatures;
  constexpr std::uint32_t kNodes = 10'000;
  for (std::uint32_t i = 0; i < kNodes; ++i) nodes.Intern({"", "dataset", "a", fmt::format("table_{}", i)});
  EXPECT_FALSE(signatures.Follow(nodes, 0));
  while (!signatures.Follow(nodes, 0)) {
  }
  EXPECT_EQ(signatures.size(), kNodes);
  std::vector<std::uint32_t> all;
  signatures.Find(Of("table"), kNodes, kNodes, all);
  EXPECT_THAT(all, SizeIs(kNodes));
  EXPECT_EQ(all.front(), kNodes - 1);
  std::vector<std::uint32_t> some;
  signatures.Find(Of("TABLE_4711"), kNodes, kNodes, some);
  EXPECT_THAT(some, Contains(4711));
  EXPECT_LT(some.size(), kNodes / 20) << "few others look like it";
  std::vector<std::uint32_t> page;
  signatures.Find(Of("table"), 5, 3, page);
  EXPECT_THAT(page, ElementsAre(4, 3, 2));
}

TEST(NameSignatures, APartCountsAndAnotherTableBeginsAnew) {
  NameSignatures signatures;
  NodeTable before;
  before.Intern({"", "field", "a", "orders", "amount"});
  EXPECT_TRUE(signatures.Follow(before, 0));
  std::vector<std::uint32_t> found;
  signatures.Find(Of("amount"), 1, 1, found);
  EXPECT_THAT(found, ElementsAre(0));
  NodeTable after;
  after.Intern({"", "dataset", "a", "x"});
  EXPECT_TRUE(signatures.Follow(after, 1));
  found.clear();
  signatures.Find(Of("amount"), 1, 1, found);
  EXPECT_THAT(found, ElementsAre());
}

}  // namespace
}  // namespace cairn
