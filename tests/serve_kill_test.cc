// The server killed at any instant: what it answered stands, once, whatever its clients send again.

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <set>
#include <string>
#include <thread>

#include "child_process.h"
#include "server/api.h"
#include "server/http_client_for_test.h"
#include "server/http_server.h"
#include "temp_dir.h"

namespace cairn {
namespace {

// Args: store. Writes its address, then serves until it is killed.
int Serve(const std::vector<std::string>& args, int out) {
  auto repository = OpenRepository(args.at(0), {});
  if (!repository) return 1;
  Api::Options api_options;
  api_options.access.is_open = true;
  Api api(std::shared_ptr<Repository>(std::move(*repository)), api_options);
  HttpServerOptions options;
  options.listen = {"127.0.0.1:0"};
  auto server = HttpServer::Start(options, [&](const ServerRequest& request, const std::string& id, Suspender& wait) {
    return api.Answer(request, id, wait);
  });
  if (!server) return 1;
  const std::string line = (*server)->addresses().front() + "\n";
  if (::write(out, line.data(), line.size()) < 0) return 1;
  ::close(out);  // The parent reads to its end.
  for (;;) ::pause();
}

const ChildRole kServer("http server", Serve);

std::string RecordOf(std::size_t client, std::size_t number) {
  return R"({"kind":"k","target":{"namespace":"n","name":"c)" + std::to_string(client) +
         R"("},"produced_at":"2026-01-10T05:00:00Z","producer_id":"p","payload":{"n":)" + std::to_string(number) + "}}";
}

struct Server {
  explicit Server(const std::string& store) : process("http server", {store}) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    process.ReadLines(until, [&](const std::string& line) { address = line; });
  }
  ChildProcess process;
  std::string address;
};

TEST(ServeKill, WhatWasAnsweredStandsOnce) {
  constexpr std::size_t kClients = 4;
  constexpr int kKills = 6;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const TempDir temp;
  const std::string store = temp.Sub("store");
  // The next number of each client: all before it were answered. The one that was under way is sent again.
  std::vector<std::size_t> next(kClients, 0);
  for (int kill = 0; kill < kKills; ++kill) {
    Server server(store);
    ASSERT_FALSE(server.address.empty());
    std::vector<std::thread> clients;
    for (std::size_t client = 0; client < kClients; ++client) {
      clients.emplace_back([&, client] {
        RawPeer peer(server.address);
        for (;;) {
          const int status = peer.Post("/api/v1/records", RecordOf(client, next[client])).status;
          if (status != 200 && status != 201) return;
          ++next[client];
        }
      });
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(random() % 150));
    server.process.Kill();
    for (std::thread& client : clients) client.join();
  }
  auto repository = OpenRepository(store, {});
  ASSERT_TRUE(repository) << repository.error();
  auto page = (*repository)->Tail(Seq{1}, 1'000'000);
  ASSERT_TRUE(page);
  std::set<std::string> records;
  for (const Fact& fact : page->facts) EXPECT_TRUE(records.insert(std::string(fact.record())).second) << "twice";
  std::size_t answered = 0;
  for (std::size_t client = 0; client < kClients; ++client) {
    for (std::size_t number = 0; number < next[client]; ++number) {
      EXPECT_TRUE(records.contains(RecordOf(client, number))) << "lost";
    }
    answered += next[client];
  }
  EXPECT_GT(answered, 0U);
  // At most the one under way of each client at each kill.
  EXPECT_LE(records.size(), answered + kClients);
}

}  // namespace
}  // namespace cairn
