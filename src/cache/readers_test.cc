#include "cache/readers.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <memory>
#include <thread>

namespace cairn {
namespace {

struct Thing {
  explicit Thing(std::atomic<int>* freed_count) : freed(freed_count) {}
  std::atomic<int>* freed;
  std::atomic<std::uint64_t> value = 42;

  static void Free(void* at) {
    auto* thing = static_cast<Thing*>(at);
    thing->value = 0;
    ++*thing->freed;
    delete thing;
  }
};

constexpr std::size_t kPlenty = 1 << 20;

TEST(Readers, WhatIsReadIsNotFreedBeforeReadingEnds) {
  std::atomic<int> freed = 0;
  Readers readers;
  ASSERT_NE(readers.Thread(), ThreadNumber::kNone);
  {
    const Readers::Reading reading(readers, readers.Thread());
    for (int i = 0; i < 200; ++i) readers.Free({{new Thing(&freed), Thing::Free, 1}}, kPlenty);
    EXPECT_EQ(freed, 0);
  }
  readers.FreeAll();
  EXPECT_EQ(freed, 200);
}

TEST(Readers, ALaterReaderKeepsNothingThatWasGoneBefore) {
  std::atomic<int> freed = 0;
  Readers readers;
  readers.Free({{new Thing(&freed), Thing::Free, 1}}, kPlenty);
  EXPECT_EQ(freed, 0) << "it waits, so that one barrier serves many";
  std::latch reads(1);
  std::latch may_end(1);
  std::thread later;
  for (int i = 0; i < 200; ++i) {
    readers.Free({{new Thing(&freed), Thing::Free, 1}}, kPlenty);
    if (i == 100) {
      later = std::thread([&] {
        const Readers::Reading reading(readers, readers.Thread());
        reads.count_down();
        may_end.wait();
      });
      reads.wait();
    }
  }
  EXPECT_GE(freed, 64);
  may_end.count_down();
  later.join();
}

TEST(Readers, BeyondTheBoundItAwaitsThem) {
  std::atomic<int> freed = 0;
  Readers readers;
  std::latch reads(1);
  std::atomic<bool> may_end = false;
  std::atomic<bool> has_ended = false;
  std::thread reader([&] {
    const Readers::Reading reading(readers, readers.Thread());
    reads.count_down();
    while (!may_end) std::this_thread::yield();
    has_ended = true;
  });
  reads.wait();
  readers.Free({{new Thing(&freed), Thing::Free, 400}}, 100);
  EXPECT_EQ(freed, 0);
  may_end = true;
  readers.Free({{new Thing(&freed), Thing::Free, 1}}, 100);
  EXPECT_TRUE(has_ended);
  EXPECT_EQ(freed, 2);
  reader.join();
}

TEST(Readers, NobodyReadsWhatWasFreed) {
  std::atomic<int> freed = 0;
  std::atomic<Thing*> shown = new Thing(&freed);
  std::atomic<bool> is_over = false;
  std::atomic<std::uint64_t> reads = 0;
  Readers readers;
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      const int thread = readers.Thread();
      while (!is_over) {
        const Readers::Reading reading(readers, thread);
        EXPECT_EQ(shown.load(std::memory_order_acquire)->value, 42U);
        ++reads;
      }
    });
  }
  constexpr int kThings = 20'000;
  for (int i = 0; i < kThings || reads < 1000; ++i) {
    Thing* old = shown.exchange(new Thing(&freed));
    readers.Free({{old, Thing::Free, sizeof(Thing)}}, kPlenty);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();
  readers.FreeAll();
  EXPECT_GE(freed, kThings);
  delete shown.load();
}

}  // namespace
}  // namespace cairn
