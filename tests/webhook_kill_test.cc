// The process that delivers killed at any instant: every record reaches the receiver, and what comes twice has one id.

#include <gtest/gtest.h>
#include <simdjson.h>
#include <unistd.h>

#include <chrono>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "bus/subscriber_for_test.h"
#include "bus/webhook_delivery.h"
#include "child_process.h"
#include "lookup/server_for_test.h"
#include "store/store_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;

// Args: store. Delivers until it is killed.
int Deliver(const std::vector<std::string>& args, int out) {
  auto store = OpenRepository(args.at(0), {});
  if (!store) return 1;
  News news(**store);
  WebhookDelivery::Options options;
  options.folder = args.at(0) + "/webhooks";
  options.backoff = {milliseconds(2), milliseconds(10)};
  options.linger = milliseconds(1);
  options.look = milliseconds(2);
  const WebhookDelivery delivery(**store, news, options);
  if (::write(out, "ready\n", 6) < 0) return 1;
  ::close(out);  // The parent reads to its end.
  for (;;) ::pause();
}

const ChildRole kDeliverer("webhook deliverer", Deliver);

TEST(WebhookKill, NothingIsLostAndWhatComesTwiceHasOneId) {
  constexpr int kKills = 8;
  constexpr int kRecordsPerKill = 60;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const TempDir temp;
  TestServer server;
  // Some fail, so that it is killed in the middle of a pause as well.
  std::vector<TestServer::Reply> replies;
  for (int i = 0; i < 5'000; ++i) replies.push_back({.status = random() % 4 == 0 ? 503 : 200});
  server.AnswerInTurn("/in", replies);
  auto store = Must(OpenRepository(temp.Sub("store")));
  WebhookRegistry registry(*store, *Clock::Default(), *FileSystem::Default(), temp.Sub("store/webhooks"));
  Webhook hook;
  hook.name = "mirror";
  hook.url = server.url() + "/in";
  hook.batch_records = 7;
  hook.attempts = 1'000;
  hook.kinds = {"volume"};
  auto created = registry.Create(hook);
  ASSERT_TRUE(created) << created.error();
  std::set<std::uint64_t> stored;
  for (int kill = 0; kill <= kKills; ++kill) {
    ChildProcess deliverer("webhook deliverer", {temp.Sub("store")});
    deliverer.ReadLines(std::chrono::steady_clock::now() + std::chrono::seconds(20),
                        [](const std::string& /*line*/) {});
    for (int i = 0; i < kRecordsPerKill; ++i) {
      auto one = store->Store(TestFact{.second = kill, .rows = i}.Json());
      ASSERT_TRUE(one) << one.error();
      stored.insert(one->seq.value);
    }
    if (kill < kKills) {
      std::this_thread::sleep_for(milliseconds(random() % 40));
      deliverer.Kill();
      continue;
    }
    AwaitThat([&] { return registry.StatusOf(created->hook)->progress.position.value > *stored.rbegin(); });
  }
  std::map<std::string, std::string> bodies;  // By id.
  std::set<std::uint64_t> taken;
  simdjson::dom::parser parser;
  for (const auto& request : server.requests()) {
    const auto [known, is_new] = bodies.try_emplace(request.headers.at("webhook-id"), request.body);
    EXPECT_EQ(known->second, request.body) << "one id, two deliveries";
    if (!is_new) continue;
    simdjson::dom::element root;
    ASSERT_EQ(parser.parse(request.body).get(root), simdjson::SUCCESS);
    for (const auto fact : simdjson::dom::array(root["facts"])) {
      EXPECT_TRUE(taken.insert(std::uint64_t(fact["seq"])).second) << "a record under two ids";
    }
  }
  EXPECT_EQ(taken, stored);
}

}  // namespace
}  // namespace cairn
