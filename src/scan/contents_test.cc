// What is in a file, as nodes and edges of the lineage graph.

#include <filesystem>

#include "scan/scan_for_test.h"

namespace cairn {
namespace {

class ContentsTest : public ScanTest {
 protected:
  std::string Held(const std::string& name) { return ScanTest::Held(*store_, FileNode("", PathOf(name))); }
  /// `dataset:file:/tree/NAME `
  std::string TableOf(const std::string& name) {
    NodeKey node = FileNode("", PathOf(name));
    node.type = kTypeDataset;
    return NodeId(node) + " ";
  }
  std::string MemberOf(const std::string& name, const std::string& member) {
    return NodeId(MemberNode("", PathOf(name), member)) + " ";
  }
  std::size_t Statements(const std::string& name) {
    auto facts = store_->History("contents", FileNode("", PathOf(name)));
    return facts ? facts->size() : 0;
  }
};

TEST_F(ContentsTest, TablesAndMembersAreHeldByTheirFile) {
  Picture("shop.db", "tables orders people");
  Picture("old.zip", "members a.txt b/c.txt");
  Picture("plain.jpg", "a title");
  Scan();
  EXPECT_EQ(Held("shop.db"), TableOf("shop.db#orders") + TableOf("shop.db#people"));
  EXPECT_EQ(Held("old.zip"), MemberOf("old.zip", "a.txt") + MemberOf("old.zip", "b/c.txt"));
  EXPECT_EQ(Held("plain.jpg"), "");
  EXPECT_EQ(Statements("plain.jpg"), 0U) << "a file that holds nothing costs nothing";
}

TEST_F(ContentsTest, WhatIsNoMoreInItIsHeldNoMore) {
  Picture("shop.db", "tables orders people");
  Scan();
  const Timestamp before = clock_.Now();
  Picture("shop.db", "tables people prices");
  Scan();
  EXPECT_EQ(Held("shop.db"), TableOf("shop.db#people") + TableOf("shop.db#prices"));
  Picture("shop.db", "no tables at all");
  Scan();
  EXPECT_EQ(Held("shop.db"), "");
  LineageSpec then;
  then.node = FileNode("", PathOf("shop.db"));
  then.direction = Direction::kDownstream;
  then.filter.time.as_of = before;
  EXPECT_EQ(store_->Lineage(then)->nodes.size(), 3U) << "it did once";
}

TEST_F(ContentsTest, AFileThatIsGoneHoldsNothing) {
  Picture("shop.db", "tables orders");
  Scan();
  std::filesystem::remove(PathOf("shop.db"));
  Scan();
  EXPECT_EQ(Held("shop.db"), "");
  Picture("shop.db", "tables orders");
  Scan();
  EXPECT_EQ(Held("shop.db"), TableOf("shop.db#orders")) << "and holds it again when it is back";
}

TEST_F(ContentsTest, ACopyHoldsTablesOfItsOwn) {
  Picture("one.db", "tables orders");
  Scan();
  std::filesystem::copy_file(PathOf("one.db"), PathOf("two.db"));
  const ScanReport report = Scan();
  EXPECT_EQ(report.extracted, 0U);
  EXPECT_EQ(Held("two.db"), TableOf("two.db#orders"));
}

TEST_F(ContentsTest, NothingIsSaidTwice) {
  Picture("shop.db", "tables orders");
  Scan();
  // Read again, with another record, and the same in it.
  clock_.shift_ns += 1'000'000'000;
  std::filesystem::last_write_time(PathOf("shop.db"), std::filesystem::file_time_type::clock::now());
  Scan();
  EXPECT_EQ(Versions("shop.db"), 2U);
  EXPECT_EQ(Statements("shop.db"), 1U);
}

TEST(Contents, OfAnArchiveTheFirstMembersAreNodes) {
  std::vector<Child> children{{.path = "folder/", .folder = true}};
  for (std::size_t i = 0; i < kMembersMax + 5; ++i) children.push_back({.path = std::to_string(i)});
  const std::string payload = ContentsPayload("/a.zip", {}, children);
  EXPECT_EQ(payload.find("folder"), std::string::npos);
  EXPECT_NE(payload.find("\"file:file:/a.zip!/999\""), std::string::npos) << payload.substr(0, 100);
  EXPECT_EQ(payload.find("\"file:file:/a.zip!/1000\""), std::string::npos);
  EXPECT_EQ(ContentsPayload("/a.zip", {}, {}), kContentsNone);
}

}  // namespace
}  // namespace cairn
