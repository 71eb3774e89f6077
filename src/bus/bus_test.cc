#include "cairn/bus.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <stdexcept>

#include "bus/subscriber_for_test.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BusTest : public ::testing::Test {
 protected:
  void SetUp() override { store = Must(OpenRepository(temp.Sub("store"))); }
  void Put(std::int64_t rows, const std::string& kind = "volume", const std::string& tenant = "",
           const std::string& name = "orders") {
    ASSERT_TRUE(
        store->Store(TestFact{.kind = kind, .name = name, .second = rows, .rows = rows, .tenant = tenant}.Json()));
  }
  static SubscribeOptions FromBeginning() {
    SubscribeOptions options;
    options.from = Seq{1};
    options.backoff = milliseconds(1);
    options.backoff_max = milliseconds(4);
    return options;
  }

  TempDir temp;
  std::shared_ptr<Repository> store;
};

TEST_F(BusTest, EachRecordIsToldOnceInTheOrderOfTheLog) {
  Bus bus(store);
  Put(1);
  Seen seen;
  auto subscription = bus.Subscribe(FromBeginning(), seen.Handler());
  ASSERT_TRUE(subscription) << subscription.error();
  EXPECT_THAT(seen.Await(1), ElementsAre(1));
  for (int i = 2; i <= 2'000; ++i) Put(i);
  const auto all = seen.Await(2'000);
  std::vector<std::uint64_t> expected;
  for (std::uint64_t i = 1; i <= 2'000; ++i) expected.push_back(i);
  EXPECT_EQ(all, expected);
  AwaitThat([&] { return (*subscription)->position().value == 2'001; });
  EXPECT_EQ((*subscription)->Stats().delivered, 2'000U);
}

TEST_F(BusTest, FromNowOnUnlessItIsSaid) {
  Bus bus(store);
  Put(1);
  Seen seen;
  auto subscription = bus.Subscribe({}, seen.Handler());
  ASSERT_TRUE(subscription);
  Put(2);
  EXPECT_THAT(seen.Await(1), ElementsAre(2));
}

TEST_F(BusTest, OnlyWhatItAskedForIsTold) {
  for (int i = 1; i <= 3; ++i) Put(i);
  Put(4, "schema");
  Put(5, "volume", "other");
  Put(6, "volume", "", "lines");
  Put(7);
  Bus bus(store);
  Seen seen;
  SubscribeOptions options = FromBeginning();
  options.kinds = {"vol*"};
  options.prefix = "dataset:crm:ord";
  options.filter = "payload.row_count >= 2";
  auto subscription = bus.Subscribe(options, seen.Handler());
  ASSERT_TRUE(subscription);
  EXPECT_THAT(seen.Await(3), ElementsAre(2, 3, 7));
  AwaitThat([&] { return (*subscription)->position().value == 8; });
  options.filter = "payload. >";
  EXPECT_EQ(bus.Subscribe(options, seen.Handler()).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(BusTest, BatchesAreBounded) {
  for (int i = 1; i <= 10; ++i) Put(i);
  Bus bus(store);
  Seen seen;
  SubscribeOptions options = FromBeginning();
  options.batch_records = 4;
  auto subscription = bus.Subscribe(options, seen.Handler());
  ASSERT_TRUE(subscription);
  seen.Await(10);
  EXPECT_THAT(seen.batches(), ElementsAre(4, 4, 2));
  options.batch_records = 0;
  EXPECT_FALSE(bus.Subscribe(options, seen.Handler()));
}

TEST_F(BusTest, AFailureIsToldAndNothingIsLost) {
  for (int i = 1; i <= 3; ++i) Put(i);
  Bus bus(store);
  Seen seen;
  seen.fail_times = 2;
  std::atomic<int> told = 0;
  SubscribeOptions options = FromBeginning();
  options.batch_records = 2;
  options.on_error = [&](const Status& why) {
    ++told;
    EXPECT_EQ(why.message(), "not now");
  };
  auto subscription = bus.Subscribe(options, seen.Handler());
  ASSERT_TRUE(subscription);
  EXPECT_THAT(seen.Await(3), ElementsAre(1, 2, 3));
  AwaitThat([&] { return (*subscription)->position().value == 4; });
  EXPECT_EQ(told, 2);
  EXPECT_EQ((*subscription)->Stats().failures, 2U);
  EXPECT_EQ((*subscription)->Stats().passed_over, 0U);
  EXPECT_TRUE((*subscription)->Stats().last_error.ok());
}

TEST_F(BusTest, WhatCannotBeTakenIsPassedOverAndCounted) {
  for (int i = 1; i <= 3; ++i) Put(i);
  Bus bus(store);
  Seen seen;
  SubscribeOptions options = FromBeginning();
  options.batch_records = 1;
  options.attempts = 3;
  std::atomic<int> calls = 0;
  auto subscription = bus.Subscribe(options, [&](std::span<const Fact> facts) {
    if (facts.front().seq().value != 2) return seen.Handler()(facts);
    ++calls;
    throw std::runtime_error("cannot read this");
  });
  ASSERT_TRUE(subscription);
  EXPECT_THAT(seen.Await(2), ElementsAre(1, 3));
  EXPECT_EQ(calls, 3);
  AwaitThat([&] { return (*subscription)->position().value == 4; });
  EXPECT_EQ((*subscription)->Stats().passed_over, 1U);
  EXPECT_EQ((*subscription)->Stats().delivered, 2U);
}

TEST_F(BusTest, WhatIsThrownIsTold) {
  Put(1);
  Bus bus(store);
  SubscribeOptions options = FromBeginning();
  Seen seen;
  std::string told;
  options.on_error = [&](const Status& why) { told = why.message(); };
  options.attempts = 1;
  options.batch_records = 1;
  auto subscription = bus.Subscribe(options, [&](std::span<const Fact> facts) -> Status {
    if (facts.front().seq().value == 1) throw std::runtime_error("cannot read this");
    return seen.Handler()(facts);
  });
  ASSERT_TRUE(subscription);
  Put(2);
  seen.Await(1);
  EXPECT_THAT(told, HasSubstr("cannot read this"));
}

TEST_F(BusTest, OneThatFailsDoesNotHoldTheOthersUp) {
  Bus bus(store);
  Seen sound;
  SubscribeOptions stubborn = FromBeginning();
  stubborn.attempts = 0;
  auto failing = bus.Subscribe(stubborn, [](std::span<const Fact>) { return Status(StatusCode::kUnknown, "no"); });
  auto subscription = bus.Subscribe(FromBeginning(), sound.Handler());
  for (int i = 1; i <= 50; ++i) Put(i);
  EXPECT_EQ(sound.Await(50).size(), 50U);
  EXPECT_EQ((*failing)->position().value, 1U) << "it is not passed over";
}

TEST_F(BusTest, ASubscriptionGoesOnWhereAnotherEnded) {
  for (int i = 1; i <= 5; ++i) Put(i);
  Seq position;
  Seen seen;
  SubscribeOptions options = FromBeginning();
  options.batch_records = 1;
  {
    Bus bus(store);
    auto subscription = bus.Subscribe(options, seen.Handler());
    seen.Await(5);
    (*subscription)->Stop();
    position = (*subscription)->position();
  }
  for (int i = 6; i <= 9; ++i) Put(i);
  options.from = position;
  Bus bus(store);
  auto subscription = bus.Subscribe(options, seen.Handler());
  EXPECT_THAT(seen.Await(9), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9));
}

TEST_F(BusTest, AfterAStopNobodyIsCalled) {
  Bus bus(store);
  std::mutex mutex;
  std::condition_variable changed;
  bool is_running = false;
  bool may_end = false;
  std::atomic<bool> has_ended = false;
  auto subscription = bus.Subscribe(FromBeginning(), [&](std::span<const Fact>) {
    std::unique_lock lock(mutex);
    is_running = true;
    changed.notify_all();
    changed.wait(lock, [&] { return may_end; });
    has_ended = true;
    return Status::Ok();
  });
  Put(1);
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return is_running; });
  may_end = true;
  lock.unlock();
  changed.notify_all();
  (*subscription)->Stop();
  EXPECT_TRUE(has_ended) << "a call that is under way is awaited";
  has_ended = false;
  Put(2);
  Seen other;
  auto second = bus.Subscribe(FromBeginning(), other.Handler());
  other.Await(2);
  EXPECT_FALSE(has_ended);
}

TEST_F(BusTest, AHandlerMayStopItself) {
  Bus bus(store);
  std::unique_ptr<Subscription> subscription;
  std::atomic<int> calls = 0;
  SubscribeOptions options = FromBeginning();
  options.from.reset();
  options.batch_records = 1;
  std::mutex mutex;
  {
    const std::lock_guard lock(mutex);
    auto made = bus.Subscribe(options, [&](std::span<const Fact>) {
      const std::lock_guard inner(mutex);
      ++calls;
      subscription->Stop();
      return Status::Ok();
    });
    subscription = std::move(*made);
  }
  Put(1);
  Put(2);
  Seen other;
  auto second = bus.Subscribe(FromBeginning(), other.Handler());
  other.Await(2);
  EXPECT_EQ(calls, 1);
}

TEST_F(BusTest, WhatAnotherProcessStoresIsToldToo) {
  Bus bus(store);
  Seen seen;
  auto subscription = bus.Subscribe({}, seen.Handler());
  auto other = Must(OpenRepository(temp.Sub("store")));
  ASSERT_TRUE(other->Store(TestFact{.rows = 5}.Json()));
  EXPECT_THAT(seen.Await(1), ElementsAre(1));
}

TEST_F(BusTest, SubscriptionsMayOutliveTheirBus) {
  std::unique_ptr<Subscription> subscription;
  Seen seen;
  {
    Bus bus(store);
    subscription = std::move(*bus.Subscribe({}, seen.Handler()));
  }
  EXPECT_EQ(subscription->position().value, 1U);
  subscription->Stop();
}

}  // namespace
}  // namespace cairn
