// Processes on one store, killed at any instant: what they were answered stands, nothing stands twice or half.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/repository.h"
#include "child_process.h"
#include "store_ledger.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::uint64_t kBatch = 3;
constexpr std::uint64_t kSealEvery = 40;
constexpr std::string_view kReady = "ready";

StoreOptions SmallSegments() {
  StoreOptions options;
  options.segment_bytes = 64 << 10;
  options.unsealed_segments_max = 1;
  options.snapshot_records = 100;
  options.threads = 1;
  return options;
}

std::uint64_t Number(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// The `n`th record of a writer; `kBatch` of them are sent together.
std::string RecordOf(std::uint64_t writer, std::uint64_t n) {
  return fmt::format(
      R"({{"kind":"ingestion_volume","target":{{"namespace":"crm","name":"t{}"}},"produced_at":"2026-01-10T05:00:00.{:03}Z",)"
      R"("producer_id":"writer","context":{{"run_id":"r{}"}},"payload":{{"writer":{},"n":{},"note":"{}"}}}})",
      n % 7, n % 1000, n % 11, writer, n, std::string(n % 300, 'x'));
}

// Args: store, writer, batches to send (0: until killed). Writes `ready`, then `n seq` for each answered record.
int Write(const std::vector<std::string>& args, int out) {
  auto repository = OpenRepository(args.at(0), SmallSegments());
  if (!repository) {
    dprintf(2, "writer: %s\n", repository.status().ToString().c_str());
    return 2;
  }
  dprintf(out, "%s\n", std::string(kReady).c_str());
  const std::uint64_t writer = Number(args.at(1));
  const std::uint64_t batches = Number(args.at(2));
  for (std::uint64_t sent = 0; batches == 0 || sent < batches; ++sent) {
    std::vector<std::string> records;
    for (std::uint64_t i = 0; i < kBatch; ++i) records.push_back(RecordOf(writer, sent * kBatch + i));
    const std::vector<std::string_view> views(records.begin(), records.end());
    std::string answer;
    const auto results = (*repository)->BulkStore(views);
    for (std::uint64_t i = 0; i < kBatch; ++i) {
      if (!results.at(i)) {
        dprintf(2, "writer: %s\n", results.at(i).status().ToString().c_str());
        return 3;
      }
      answer += fmt::format("{} {}\n", sent * kBatch + i, results.at(i)->seq.value);
    }
    if (write(out, answer.data(), answer.size()) != static_cast<ssize_t>(answer.size())) return 4;
    if (sent % kSealEvery != kSealEvery - 1) continue;
    // Where another process seals at the moment, it says so.
    const Status sealed = (*repository)->Seal();
    if (!sealed.ok() && sealed.code() != StatusCode::kUnavailable) {
      dprintf(2, "writer: sealing: %s\n", sealed.ToString().c_str());
      return 5;
    }
  }
  return 0;
}

const ChildRole kWriter("writer", Write);

// What each writer was answered, and whether the store still says so.
class Answers {
 public:
  std::function<void(const std::string&)> Of(std::uint64_t writer) {
    return [this, writer](const std::string& line) {
      const std::size_t space = line.find(' ');
      if (space == std::string::npos) return;
      answered_[writer][Number(std::string_view(line).substr(0, space))] =
          Number(std::string_view(line).substr(space + 1));
    };
  }

  void Check(const std::map<std::uint64_t, std::string>& log, std::uint64_t writers) {
    std::uint64_t expected = 1;
    std::map<std::uint64_t, std::uint64_t>
        next;  // Of each writer: its records come in the order of sending, without a gap.
    std::map<std::uint64_t, std::map<std::uint64_t, std::uint64_t>> stands;
    for (const auto& [seq, json] : log) {
      ASSERT_EQ(seq, expected++);
      const std::uint64_t writer = Member(json, "\"writer\":");
      const std::uint64_t n = Member(json, "\"n\":");
      ASSERT_LT(writer, writers);
      ASSERT_EQ(json, RecordOf(writer, n)) << "seq " << seq;
      ASSERT_EQ(n, next[writer]) << "writer " << writer << ", seq " << seq << ": lost, twice or out of order";
      ++next[writer];
      stands[writer][n] = seq;
    }
    for (const auto& [writer, count] : next) ASSERT_EQ(count % kBatch, 0U) << "writer " << writer << ": half a batch";
    for (const auto& [writer, records] : answered_) {
      for (const auto& [n, seq] : records) {
        ASSERT_TRUE(stands[writer].contains(n))
            << "writer " << writer << " was answered " << n << " as " << seq << ": lost";
        ASSERT_EQ(stands[writer][n], seq) << "writer " << writer << ", record " << n;
      }
    }
  }

  [[nodiscard]] bool Has(std::uint64_t writer) const { return answered_.contains(writer); }
  [[nodiscard]] std::size_t count() const {
    std::size_t out = 0;
    for (const auto& [writer, records] : answered_) out += records.size();
    return out;
  }

 private:
  static std::uint64_t Member(const std::string& json, std::string_view name) {
    return Number(std::string_view(json).substr(json.find(name) + name.size()));
  }

  std::map<std::uint64_t, std::map<std::uint64_t, std::uint64_t>> answered_;
};

void ExpectSound(Repository& repository) {
  auto report = repository.Verify();
  ASSERT_TRUE(report.has_value()) << report.status();
  EXPECT_TRUE(report->damage.empty()) << report->damage[0].segment << ": " << report->damage[0].what;
  const std::string live = DumpOf(repository);
  ASSERT_TRUE(repository.Rebuild().ok());
  EXPECT_EQ(Difference(live, DumpOf(repository)), "") << "rebuilt";
}

// Half of the kills come when the writer has opened the store, half while it starts.
TEST(KillTest, KilledUnderLoad) {
  const std::uint64_t kills = std::getenv("CAIRN_SOAK") != nullptr ? 200 : 25;
  const char* given = std::getenv("CAIRN_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  SCOPED_TRACE(fmt::format("CAIRN_SEED={}", seed));
  std::mt19937_64 random(seed);
  TempDir temp;
  const std::string store = temp.Sub("store");
  Answers answers;
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    SCOPED_TRACE(fmt::format("kill {}", kill));
    {
      ChildProcess child("writer", {store, std::to_string(kill), "0"});
      bool ready = kill % 2 == 1;
      const auto note = answers.Of(kill);
      const auto ready_by = steady_clock::now() + seconds(60);
      while (!ready && steady_clock::now() < ready_by) {
        if (!child.ReadLines(steady_clock::now() + milliseconds(1), [&](const std::string& line) {
              ready = ready || line == kReady;
              note(line);
            })) {
          break;
        }
      }
      ASSERT_TRUE(ready) << "the writer ended before it was killed";
      ASSERT_TRUE(
          child.ReadLines(steady_clock::now() + microseconds(random() % (kill % 2 == 0 ? 30'000 : 60'000)), note))
          << "the writer gave up";
      child.Kill();
      while (child.ReadLines(steady_clock::now() + seconds(10), note)) continue;
    }
    auto repository = OpenRepository(store, SmallSegments());
    ASSERT_TRUE(repository.has_value()) << repository.status();
    auto log = ReadLog(**repository);
    ASSERT_TRUE(log.has_value()) << log.status();
    answers.Check(*log, kills);
    if (HasFatalFailure()) return;
    if (kill + 1 == kills) ExpectSound(**repository);
  }
  EXPECT_GT(answers.count(), kills * kBatch) << "the writers did nothing before they were killed";
}

TEST(KillTest, ManyWriters) {
  const bool soak = std::getenv("CAIRN_SOAK") != nullptr;
  const char* given = std::getenv("CAIRN_SEED");
  const std::uint64_t seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
  SCOPED_TRACE(fmt::format("CAIRN_SEED={}", seed));
  std::mt19937_64 random(seed);
  TempDir temp;
  const std::string store = temp.Sub("store");
  const std::string batches = soak ? "5000" : "1000";
  auto reader = OpenRepository(store, SmallSegments());
  ASSERT_TRUE(reader.has_value()) << reader.status();

  // Writers 0 and 1 send all they have; each of the others is killed again and again, and a new one takes its place.
  Answers answers;
  std::vector<std::pair<std::uint64_t, ChildProcess>> running;
  for (std::uint64_t writer = 0; writer < 4; ++writer) {
    running.emplace_back(writer, ChildProcess("writer", {store, std::to_string(writer), writer < 2 ? batches : "0"}));
  }
  std::uint64_t writers = 4;
  std::map<std::uint64_t, std::string> followed;
  Seq next{1};
  const auto follow = [&] {
    auto page = (*reader)->Tail(next, 1000);
    ASSERT_TRUE(page.has_value()) << page.status();
    for (const Fact& fact : page->facts) {
      ASSERT_EQ(fact.seq().value, followed.size() + 1) << "the reader sees the log in order and without a gap";
      followed[fact.seq().value] = *fact.AsSent();
    }
    next = page->next;
  };
  const auto deadline = steady_clock::now() + seconds(soak ? 300 : 60);
  bool busy[2] = {true, true};
  while (busy[0] || busy[1] || writers < 10) {
    ASSERT_LT(steady_clock::now(), deadline) << "the writers hang";
    for (auto& [writer, child] : running) {
      const bool open = child.ReadLines(steady_clock::now() + microseconds(500), answers.Of(writer));
      if (writer < 2) {
        busy[writer] = open;
      } else if (!open || (answers.Has(writer) && random() % 20 == 0)) {
        ASSERT_TRUE(open) << "a writer gave up";
        child.Kill();
        while (child.ReadLines(steady_clock::now() + seconds(10), answers.Of(writer))) continue;
        writer = writers++;
        child = ChildProcess("writer", {store, std::to_string(writer), "0"});
      }
    }
    follow();
    if (HasFatalFailure()) return;
  }
  EXPECT_EQ(running[0].second.Wait(), 0);
  EXPECT_EQ(running[1].second.Wait(), 0);
  for (std::size_t i = 2; i < running.size(); ++i) {
    running[i].second.Kill();
    while (running[i].second.ReadLines(steady_clock::now() + seconds(10), answers.Of(running[i].first))) continue;
  }

  auto repository = OpenRepository(store, SmallSegments());
  ASSERT_TRUE(repository.has_value()) << repository.status();
  auto log = ReadLog(**repository);
  ASSERT_TRUE(log.has_value()) << log.status();
  answers.Check(*log, writers);
  if (HasFatalFailure()) return;
  while (followed.size() < log->size()) {
    const std::size_t before = followed.size();
    (void)(*reader)->WaitFor(Seq{before}, seconds(10));
    follow();
    ASSERT_GT(followed.size(), before) << "the reader does not follow";
  }
  EXPECT_EQ(Difference(*log, followed), "");
  EXPECT_EQ(Difference(DumpOf(**repository), DumpOf(**reader)), "");
  ExpectSound(**repository);
}

}  // namespace
}  // namespace cairn
