// Subscribers of a store behind a service.

#include <gmock/gmock.h>

#include "bus/subscriber_for_test.h"
#include "cairn/bus.h"
#include "cairn/client.h"
#include "served_store.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;

TEST(BusRemote, SubscribersOfAServiceAreToldAsThoseOfAFolder) {
  const TempDir temp;
  std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  const ServedStore served(store);
  ASSERT_TRUE(store->Store(TestFact{.rows = 1}.Json()));
  Bus bus(std::shared_ptr<Repository>(Must(ConnectRepository(served.address()))));
  Seen now;
  Seen all;
  auto from_now = bus.Subscribe({}, now.Handler());
  ASSERT_TRUE(from_now) << from_now.error();
  SubscribeOptions options;
  options.from = Seq{1};
  options.filter = "payload.row_count != 2";
  auto filtered = bus.Subscribe(options, all.Handler());
  ASSERT_TRUE(filtered);
  for (int rows = 2; rows <= 4; ++rows) ASSERT_TRUE(store->Store(TestFact{.rows = rows}.Json()));
  EXPECT_THAT(now.Await(3), ElementsAre(2, 3, 4));
  EXPECT_THAT(all.Await(3), ElementsAre(1, 3, 4));
}

TEST(BusRemote, AStoreThatIsAwayIsToldAndComesBack) {
  const TempDir temp;
  std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  auto served = std::make_unique<ServedStore>(store);
  const std::string listen = served->address().substr(std::string("http://").size());
  RemoteOptions remote;
  remote.read_patience = std::chrono::milliseconds(1);
  Bus bus(std::shared_ptr<Repository>(Must(ConnectRepository(served->address(), remote))));
  Seen seen;
  std::atomic<int> errors = 0;
  SubscribeOptions options;
  options.from = Seq{1};
  options.backoff = options.backoff_max = std::chrono::milliseconds(5);
  options.on_error = [&](const Status&) { ++errors; };
  auto subscription = bus.Subscribe(options, seen.Handler());
  ASSERT_TRUE(store->Store(TestFact{.rows = 1}.Json()));
  seen.Await(1);
  served.reset();
  AwaitThat([&] { return errors > 2; });
  EXPECT_FALSE((*subscription)->Stats().last_error.ok());
  ASSERT_TRUE(store->Store(TestFact{.rows = 2}.Json()));
  served = std::make_unique<ServedStore>(store, listen);
  EXPECT_THAT(seen.Await(2), ElementsAre(1, 2));
}

}  // namespace
}  // namespace cairn
