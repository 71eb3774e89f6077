#include "cache/hash_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <thread>
#include <vector>

namespace cairn {
namespace {

struct Node {
  std::uint64_t hash = 0;
  [[nodiscard]] const char* ahead() const { return nullptr; }
  static void Prefetch(const Node* /*node*/, const char* /*ahead*/) {}
};
using Table = HashTable<Node>;

TEST(HashTable, AgreesWithAMap) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  Table table;
  std::map<std::uint64_t, Node*> map;
  std::vector<Node> nodes(1000);
  for (int i = 0; i < 100'000; ++i) {
    // Many of them probe into one another, around the end of the table too.
    const std::uint64_t hash = (random() % 40) * 16 + (random() % 3 == 0 ? 15 : 0);
    if (random() % 2 == 0) {
      if (!map.contains(hash)) {
        map[hash] = &nodes[hash];
        const auto replaced = table.Insert(hash, &nodes[hash]);
      }
    } else {
      map.erase(hash);
      table.Erase(hash);
    }
    ASSERT_EQ(table.size(), map.size());
    const std::uint64_t asked = (random() % 40) * 16;
    const auto at = map.find(asked);
    ASSERT_EQ(table.Find(asked), at == map.end() ? nullptr : at->second);
    ASSERT_EQ(table.Peek(asked), table.Find(asked)) << "nobody changes it meanwhile";
  }
  EXPECT_NE(table.Clear(), nullptr);
  EXPECT_EQ(table.size(), 0U);
}

TEST(HashTable, PeekWhileItChangesFindsNothingElse) {
  constexpr std::uint64_t kNodes = 4'000;
  std::vector<Node> nodes(kNodes);
  for (std::uint64_t i = 0; i < kNodes; ++i) nodes[i].hash = i * 7;
  Table table;
  std::vector<std::unique_ptr<Table::Slots>> replaced;  // Stands as long as somebody may read.
  replaced.push_back(table.Insert(0, nodes.data()));
  std::atomic<bool> is_over = false;
  std::atomic<std::uint64_t> found = 0;
  std::thread reader([&] {
    std::mt19937 random(1);
    while (!is_over) {
      const std::uint64_t i = random() % kNodes;
      const Node* node = table.Peek(i * 7);
      if (node == nullptr) continue;
      // Another node may be there for an instant; it is one of ours always.
      EXPECT_EQ(node, &nodes[node->hash / 7]);
      if (node->hash == i * 7) ++found;
      EXPECT_EQ(table.Peek(0), nodes.data()) << "the first of its chain never moves";
    }
  });
  std::mt19937 random(2);
  std::vector<bool> is_in(kNodes, false);
  for (int step = 0; step < 400'000 || found == 0; ++step) {
    const std::uint64_t i = 1 + random() % (kNodes - 1);
    if (is_in[i]) {
      table.Erase(i * 7);
    } else {
      replaced.push_back(table.Insert(i * 7, &nodes[i]));
    }
    is_in[i] = !is_in[i];
  }
  is_over = true;
  reader.join();
  EXPECT_GT(found, 0U);
}

}  // namespace
}  // namespace cairn
