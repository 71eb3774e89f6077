// A network that cuts, refuses and delays, a service that is killed, a client that is killed: what was answered stands,
// and nothing stands twice.

#include <gtest/gtest.h>
#include <unistd.h>

#include <map>
#include <random>
#include <thread>

#include "cairn/client.h"
#include "child_process.h"
#include "flaky_proxy.h"
#include "lookup/server_for_test.h"
#include "random_facts.h"
#include "served_store.h"
#include "store/store_for_test.h"

namespace cairn {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::uint16_t PortOf(const std::string& address) {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

RemoteOptions Patient() {
  RemoteOptions options;
  options.store_patience = seconds(60);
  options.read_patience = seconds(60);
  options.backoff_max = milliseconds(20);
  return options;
}

std::string RecordOf(std::size_t client, std::size_t number) {
  return TestFact{.name = "c" + std::to_string(client), .rows = static_cast<std::int64_t>(number)}.Json();
}

/// How often each record stands in the log.
std::map<std::string, int> CountsOf(Repository& store) {
  std::map<std::string, int> counts;
  for (const Fact& fact : Must(store.Tail(Seq{1}, 10'000'000)).facts) ++counts[std::string(fact.record())];
  return counts;
}

/// What a client was answered: where each record stands.
class Answered {
 public:
  void Note(const std::vector<std::string>& batch, const std::vector<Result<Stored>>& results) {
    ASSERT_EQ(results.size(), batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (!results[i]) continue;
      const auto [at, added] = stands_.emplace(batch[i], results[i]->seq.value);
      EXPECT_EQ(at->second, results[i]->seq.value) << "stands at two places: " << batch[i];
    }
  }
  /// Holds the log against it.
  void Check(Repository& store) const {
    std::map<std::string, std::uint64_t> log;
    for (const Fact& fact : Must(store.Tail(Seq{1}, 10'000'000)).facts) {
      EXPECT_TRUE(log.emplace(Must(fact.AsSent()), fact.seq().value).second) << "twice: " << fact.line();
    }
    for (const auto& [record, seq] : stands_) {
      const auto at = log.find(record);
      ASSERT_NE(at, log.end()) << "lost: " << record;
      EXPECT_EQ(at->second, seq) << record;
    }
  }
  [[nodiscard]] std::size_t size() const { return stands_.size(); }

 private:
  std::map<std::string, std::uint64_t> stands_;
};

TEST(FlakyNetwork, NothingIsLostAndNothingStandsTwice) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  const TempDir temp;
  const std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  const ServedStore served(store);
  FlakyProxy proxy(PortOf(served.address()), seed);
  const auto remote = Must(ConnectRepository(proxy.address(), Patient()));
  Answered answered;
  RandomFacts random(seed);
  for (int i = 0; i < 60; ++i) {
    const std::vector<std::string> batch = random.Batch(200);
    const std::vector<std::string_view> views(batch.begin(), batch.end());
    const auto results = remote->BulkStore(views);
    for (const auto& result : results) {
      EXPECT_TRUE(result || result.error().code() == StatusCode::kInvalidArgument) << result.status();
    }
    answered.Note(batch, results);
    if (i % 20 == 19) {
      EXPECT_EQ(Must(remote->Stats()).records, Must(store->Stats()).records);
    }
  }
  EXPECT_GT(proxy.spoiled(), 5U) << "or the test says nothing";
  EXPECT_GT(answered.size(), 1'000U);
  answered.Check(*store);
}

TEST(FlakyNetwork, AWriterLosesNothingWhileTheServiceComesAndGoes) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const TempDir temp;
  const std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  const ServedStore served(store);
  FlakyProxy proxy(PortOf(served.address()), seed);
  RemoteOptions impatient;
  impatient.store_patience = milliseconds(20);
  impatient.backoff_max = milliseconds(5);
  RecordWriterOptions options;
  options.spill_folder = temp.Sub("spill");
  options.backoff_max = milliseconds(10);
  options.batch_records = 50;
  options.on_refused = [](std::string_view json, const Status& why) { ADD_FAILURE() << why << ": " << json; };
  const auto writer = Must(RecordWriter::Open(Must(ConnectRepository(proxy.address(), impatient)), options));
  constexpr std::size_t kRecords = 5'000;
  for (std::size_t i = 0; i < kRecords; ++i) {
    if (i % 500 == 0) proxy.Target(random() % 2 == 0 ? 0 : PortOf(served.address()));
    ASSERT_TRUE(writer->Add(RecordOf(0, i)).ok());
    if (i % 250 == 0) (void)writer->Flush(milliseconds(30));
  }
  proxy.Target(PortOf(served.address()));
  proxy.BeGood();
  ASSERT_TRUE(writer->Flush(seconds(60)).ok()) << writer->Stats().last_error;
  const auto counts = CountsOf(*store);
  EXPECT_EQ(counts.size(), kRecords);
  for (const auto& [record, count] : counts) EXPECT_EQ(count, 1) << record;
  EXPECT_EQ(writer->Stats().stored, kRecords);
}

// Args: store, address to listen at. Writes a line when it listens, then serves until it is killed.
int ServeUntilKilled(const std::vector<std::string>& args, int out) {
  auto store = OpenRepository(args.at(0), {});
  if (!store) return 1;
  const ServedStore served(std::shared_ptr<Repository>(std::move(*store)), args.at(1));
  if (::write(out, "up\n", 3) < 0) return 1;
  ::close(out);
  for (;;) ::pause();
}
const ChildRole kService("service of a remote store", ServeUntilKilled);

ChildProcess StartService(const std::string& store, const std::string& listen) {
  ChildProcess service("service of a remote store", {store, listen});
  bool is_up = false;
  service.ReadLines(std::chrono::steady_clock::now() + seconds(60), [&](const std::string&) { is_up = true; });
  EXPECT_TRUE(is_up);
  return service;
}

TEST(KilledService, WhatWasAnsweredStandsOnceWhileClientsGoOn) {
  constexpr std::size_t kClients = 3;
  constexpr int kKills = 5;
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const TempDir temp;
  const std::string store = temp.Sub("store");
  const std::string listen = "unix:" + temp.Sub("s");
  ChildProcess service = StartService(store, listen);
  std::atomic<bool> is_over = false;
  std::vector<std::size_t> answered(kClients, 0);
  std::vector<std::thread> clients;
  for (std::size_t client = 0; client < kClients; ++client) {
    clients.emplace_back([&, client] {
      const auto remote = Must(ConnectRepository(listen, Patient()));
      while (!is_over) {
        std::vector<std::string> batch;
        for (std::size_t i = 0; i < 20; ++i) batch.push_back(RecordOf(client, answered[client] + i));
        const std::vector<std::string_view> views(batch.begin(), batch.end());
        for (const auto& result : remote->BulkStore(views)) {
          EXPECT_TRUE(result) << result.status() << ": a retrying client sees nothing of it";
          if (result) ++answered[client];
        }
      }
    });
  }
  for (int kill = 0; kill < kKills; ++kill) {
    std::this_thread::sleep_for(milliseconds(random() % 200));
    service.Kill();
    service = StartService(store, listen);
  }
  is_over = true;
  for (std::thread& client : clients) client.join();
  service.Kill();
  const auto counts = CountsOf(*Must(OpenRepository(store)));
  std::size_t all = 0;
  for (std::size_t client = 0; client < kClients; ++client) {
    EXPECT_GT(answered[client], 0U);
    for (std::size_t i = 0; i < answered[client]; ++i) {
      const auto at = counts.find(RecordOf(client, i));
      ASSERT_NE(at, counts.end()) << "lost: " << client << " " << i;
      EXPECT_EQ(at->second, 1) << "twice: " << client << " " << i;
    }
    all += answered[client];
  }
  EXPECT_EQ(counts.size(), all);
}

// Args: address, spill folder, first number. Adds records; after each flush it writes how many are safe by then.
int WriteUntilKilled(const std::vector<std::string>& args, int out) {
  RemoteOptions impatient;
  impatient.store_patience = milliseconds(0);
  auto remote = ConnectRepository(args.at(0), impatient);
  if (!remote) return 1;
  RecordWriterOptions options;
  options.spill_folder = args.at(1);
  options.spill_segment_bytes = 4'096;
  auto writer = RecordWriter::Open(std::move(*remote), options);
  if (!writer) return 1;
  for (std::size_t i = std::stoul(args.at(2));; ++i) {
    if (!(*writer)->Add(RecordOf(9, i)).ok()) return 1;
    if (i % 7 != 0) continue;
    // On disk is as safe as answered.
    const Status flushed = (*writer)->Flush(milliseconds(5));
    if (!flushed.ok() && flushed.code() != StatusCode::kUnavailable) continue;
    const std::string line = std::to_string(i + 1) + "\n";
    if (::write(out, line.data(), line.size()) < 0) return 1;
  }
}
const ChildRole kWriter("writer with a spill", WriteUntilKilled);

TEST(KilledWriter, WhatWasSpilledIsSentByTheNext) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const TempDir temp;
  const std::string listen = "unix:" + temp.Sub("s");
  const std::string spill = temp.Sub("spill");
  std::size_t safe = 0;
  for (int kill = 0; kill < 5; ++kill) {
    ChildProcess writer("writer with a spill", {listen, spill, std::to_string(safe)});
    const auto until = std::chrono::steady_clock::now() + seconds(60);
    // So many flushes at least, and then any instant.
    std::size_t lines = 0;
    const auto take = [&](const std::string& line) {
      safe = std::stoul(line);
      ++lines;
    };
    while (lines < 3 && writer.ReadLines(std::chrono::steady_clock::now() + milliseconds(10), take) &&
           std::chrono::steady_clock::now() < until) {
    }
    std::this_thread::sleep_for(milliseconds(random() % 30));
    writer.Kill();
    writer.ReadLines(until, take);
    ASSERT_GE(lines, 3U);
  }
  const std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  const ServedStore served(store, listen);
  RecordWriterOptions options;
  options.spill_folder = spill;
  const auto writer = Must(RecordWriter::Open(Must(ConnectRepository(listen)), options));
  ASSERT_TRUE(writer->Flush(seconds(60)).ok()) << writer->Stats().last_error;
  const auto counts = CountsOf(*store);
  for (std::size_t i = 0; i < safe; ++i) {
    const auto at = counts.find(RecordOf(9, i));
    ASSERT_NE(at, counts.end()) << "lost: " << i << " of " << safe;
    EXPECT_EQ(at->second, 1);
  }
  for (const auto& [record, count] : counts) EXPECT_EQ(count, 1) << record;
}

TEST(FlakyNetwork, AnAnswerThatIsCutWithinItsHeadIsAskedForAgain) {
  TestServer server;
  const std::string stats = R"({"records":7,"last_seq":7,"kinds":{}})";
  server.AnswerInTurn("/api/v1/stats", {{.body = stats, .cut_head = true}, {.body = stats}});
  const auto remote = Must(ConnectRepository(server.url(), Patient()));
  EXPECT_EQ(Must(remote->Stats()).records, 7U);
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST(AwayService, IsToldWithItsAddress) {
  RemoteOptions options;
  options.token = "s3cret-t0ken";
  options.store_patience = options.read_patience = milliseconds(0);
  const TempDir temp;
  for (const std::string& address : {std::string("http://127.0.0.1:1"), "unix:" + temp.Sub("nobody")}) {
    const auto remote = Must(ConnectRepository(address, options));
    for (const Status& status : {remote->Stats().status(), remote->Store("{}").status(), remote->Seal()}) {
      EXPECT_EQ(status.code(), StatusCode::kUnavailable) << status;
      EXPECT_NE(status.message().find(address), std::string::npos) << status;
      EXPECT_EQ(status.message().find("s3cret"), std::string::npos) << status;
    }
  }
}

TEST(AwayService, AWaitForNewsEndsWithThem) {
  const TempDir temp;
  const std::shared_ptr<Repository> store = Must(OpenRepository(temp.Sub("store")));
  const ServedStore served(store);
  const auto remote = Must(ConnectRepository(served.address()));
  EXPECT_EQ(remote->WaitFor(Seq{0}, milliseconds(1)).code(), StatusCode::kDeadlineExceeded);
  std::vector<std::thread> waiting;
  // More than the service has threads.
  for (int i = 0; i < 8; ++i) {
    waiting.emplace_back(
        [&] { EXPECT_TRUE(Must(ConnectRepository(served.address()))->WaitFor(Seq{0}, seconds(60)).ok()); });
  }
  EXPECT_TRUE(remote->Stats()) << "who waits keeps nobody from asking";
  ASSERT_TRUE(store->Store(RecordOf(0, 0)));
  for (std::thread& thread : waiting) thread.join();
  EXPECT_TRUE(remote->WaitFor(Seq{0}, milliseconds(0)).ok());
}

}  // namespace
}  // namespace cairn
