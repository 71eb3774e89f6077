#include "cache/s3_fifo.h"

#include <gtest/gtest.h>

#include <list>
#include <map>
#include <memory>
#include <random>

namespace cairn {
namespace {

/// A cache of nothing but names.
class Names {
 public:
  explicit Names(std::uint64_t capacity) : policy_(capacity) {}

  bool Ask(std::uint64_t name, std::uint64_t weight = 1) {
    const auto at = nodes_.find(name);
    if (at != nodes_.end()) {
      S3Fifo::Touch(*at->second);
      return true;
    }
    while (!policy_.HasRoom(weight)) nodes_.erase(policy_.Evict()->hash);
    auto node = std::make_unique<S3FifoNode>();
    node->hash = name;
    node->weight = weight;
    policy_.Insert(*node);
    nodes_[name] = std::move(node);
    return false;
  }
  bool Has(std::uint64_t name) const { return nodes_.contains(name); }
  S3Fifo& policy() { return policy_; }
  S3FifoNode& node(std::uint64_t name) { return *nodes_.at(name); }
  void Forget(std::uint64_t name) {
    policy_.Erase(*nodes_.at(name));
    nodes_.erase(name);
  }

 private:
  S3Fifo policy_;
  std::map<std::uint64_t, std::unique_ptr<S3FifoNode>> nodes_;
};

TEST(S3Fifo, ScanDoesNotWashOutWhatIsUsed) {
  Names names(100);
  for (std::uint64_t i = 0; i < 50; ++i) names.Ask(i);
  for (int round = 0; round < 2; ++round) {
    for (std::uint64_t i = 0; i < 50; ++i) names.Ask(i);
  }
  for (std::uint64_t i = 1000; i < 2000; ++i) names.Ask(i);
  for (std::uint64_t i = 0; i < 50; ++i) EXPECT_TRUE(names.Has(i)) << i;
}

TEST(S3Fifo, OneUseInTheSmallQueueIsNotEnoughToStay) {
  Names names(10);
  names.Ask(1);
  names.Ask(1);
  for (std::uint64_t i = 100; i < 110; ++i) names.Ask(i);
  EXPECT_FALSE(names.Has(1));
}

TEST(S3Fifo, WhatComesBackSoonGoesToTheMainQueue) {
  Names names(10);
  names.Ask(1);
  for (std::uint64_t i = 100; i < 110; ++i) names.Ask(i);
  ASSERT_FALSE(names.Has(1));
  names.Ask(1);
  EXPECT_TRUE(names.node(1).is_main);
  for (std::uint64_t i = 200; i < 230; ++i) names.Ask(i);
  EXPECT_TRUE(names.Has(1));
}

TEST(S3Fifo, GhostsAreForgottenInTheirTurn) {
  Names names(10);
  names.Ask(1);
  for (std::uint64_t i = 100; i < 140; ++i) names.Ask(i);
  names.Ask(1);
  EXPECT_FALSE(names.node(1).is_main);
}

TEST(S3Fifo, WeightsHold) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  Names names(10'000);
  for (int i = 0; i < 50'000; ++i) {
    const std::uint64_t name = random() % 500;
    if (random() % 10 == 0 && names.Has(name)) {
      names.Forget(name);
    } else {
      names.Ask(name, 1 + name % 97);
    }
    ASSERT_LE(names.policy().weight(), 10'000U);
  }
  std::uint64_t size = 0;
  std::uint64_t weight = 0;
  while (S3FifoNode* node = names.policy().Evict()) {
    ++size;
    weight += node->weight;
  }
  EXPECT_GT(size, 0U);
  EXPECT_LE(weight, 10'000U);
  EXPECT_EQ(names.policy().weight(), 0U);
}

TEST(S3Fifo, BeatsLruOnAZipfWithScans) {
  std::mt19937 random(7);
  std::vector<double> shares;
  for (int i = 1; i <= 10'000; ++i) shares.push_back(1.0 / i);
  std::discrete_distribution<std::uint64_t> zipf(shares.begin(), shares.end());
  Names names(500);
  std::list<std::uint64_t> order;
  std::map<std::uint64_t, std::list<std::uint64_t>::iterator> lru;
  int hits = 0;
  int lru_hits = 0;
  const auto ask = [&](std::uint64_t name) {
    hits += names.Ask(name) ? 1 : 0;
    const auto at = lru.find(name);
    if (at != lru.end()) {
      ++lru_hits;
      order.splice(order.begin(), order, at->second);
      return;
    }
    if (lru.size() == 500) {
      lru.erase(order.back());
      order.pop_back();
    }
    order.push_front(name);
    lru[name] = order.begin();
  };
  std::uint64_t scanned = 1'000'000;
  for (int i = 0; i < 100'000; ++i) {
    ask(zipf(random));
    if (i % 2 == 0) ask(scanned++);
  }
  EXPECT_GT(hits, lru_hits + lru_hits / 20);
}

}  // namespace
}  // namespace cairn
