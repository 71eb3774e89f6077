#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <functional>
#include <mutex>
#include <shared_mutex>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "base/writer_first_mutex.h"
#include "lineage_workloads.h"
#include "measure.h"
#include "record/parse.h"
#include "store/lock_pause.h"
#include "view/inherit_question.h"
#include "view/lineage_question.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::uint32_t kJobs = 300'000;
constexpr std::uint32_t kLayers = 10;
constexpr std::uint32_t kWidth = kJobs / kLayers;

std::string Dataset(std::uint32_t number) { return fmt::format(R"({{"namespace":"n","name":"d{}"}})", number); }
NodeKey Key(std::uint32_t number) { return {"", std::string(kTypeDataset), "n", fmt::format("d{}", number), ""}; }

std::uint32_t Mix(std::uint32_t value) {
  value = (value ^ value >> 16) * 0x45D9F3B;
  return value ^ value >> 16;
}

// Layers as in the other workloads; each job reads `d0` too, and every tenth dataset has tags of its own.
void Fill(Views& views) {
  RecordParser parser;
  cairn::ParsedBatch batch;
  Seq seq;
  for (std::uint32_t job = 0; job < kJobs; ++job) {
    const auto input = [&](std::uint32_t i) {
      const std::uint32_t at = Mix(job * 2 + i) % kWidth;
      return Dataset(1 + (job < kWidth ? at : (job / kWidth - 1) * kWidth + at + kWidth));
    };
    const std::string tags =
        job % 10 == 0 ? fmt::format(R"(,"facets":{{"tags":{{"tags":[{{"key":"t{}"}}]}}}})", job) : std::string();
    std::string output = Dataset(1 + kWidth + job);
    output.insert(output.size() - 1, tags);
    const std::string json = fmt::format(
        R"({{"eventType":"COMPLETE","eventTime":"{}","producer":"p","run":{{"runId":"r{}"}},)"
        R"("job":{{"namespace":"n","name":"j{}"}},"inputs":[{},{},{}],"outputs":[{}]}})",
        FormatTimestamp({std::int64_t{job} * 1'000'000'000}), job, job, input(0), input(1), Dataset(0), output);
    batch.Clear();
    if (!parser.Parse(json, batch).ok()) continue;
    ++seq.value;
    views.Apply(seq, {}, batch.records.front());
  }
}

double ThreadSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

// Lets nobody in, but knows how long it would have held the lock, by the processor's time: what else the machine does
// is not counted. When it would have let go it tells by the clock of `LockPause`, which needs no call of the system.
class HoldMeter final : public Pause {
 public:
  bool Tick() override {
    if (Clock::now() - began_ >= ReadHold{}.longest) End();
    return true;
  }
  void Release() override { End(); }
  bool Again() override {
    Begin();
    return true;
  }
  [[nodiscard]] double longest() const { return longest_; }

 private:
  using Clock = std::chrono::steady_clock;

  void Begin() {
    began_ = Clock::now();
    since_ = ThreadSeconds();
  }
  void End() {
    longest_ = std::max(longest_, ThreadSeconds() - since_);
    Begin();
  }
  Clock::time_point began_ = Clock::now();
  double since_ = ThreadSeconds();
  double longest_ = 0;
};

// Reads here and there, and rests as questions do: what the machine itself keeps a stretch of reading waiting.
void ReadBare(std::span<const std::uint64_t> numbers, Pause* pause) {
  constexpr std::uint32_t kReads = 60'000'000;
  constexpr std::uint32_t kReadsPerRest = 64;
  std::uint64_t sum = 0;
  for (std::uint32_t i = 0; i < kReads; ++i) {
    sum += numbers[Mix(i) % numbers.size()];
    if (i % kReadsPerRest == 0) pause->Tick();
  }
  Keep(sum != 0);
}

struct Question {
  const char* name;
  std::function<void(const Views&, Pause*)> ask;
};

std::vector<Question> Questions() {
  const NodeKey last = Key(kWidth + kJobs - 1);
  const NodeKey first = Key(0);
  LineageSpec all{.node = first, .direction = Direction::kBoth, .depth = 1000, .nodes_max = 1'000'000};
  LineageSpec runs{.node = last};
  runs.filter.level = LineageLevel::kRuns;
  LineageSharedSpec shared;
  for (std::uint32_t i = 0; i < 40; ++i) shared.nodes.push_back(Key(kWidth + kJobs - 1 - i));
  shared.limit = 0;
  const LineagePathsSpec paths{.from = first, .to = last, .limit = 1000};
  const LineageDiffSpec diff{.before = {std::int64_t{kJobs} / 2 * 1'000'000'000},
                             .after = {std::int64_t{kJobs} * 1'000'000'000}};
  LineageDiffSpec diff_of_one = diff;
  diff_of_one.node = first;
  diff_of_one.depth = 1000;
  return {
      {"lineage",
       [all](const Views& views, Pause* pause) { Keep(LineageQuestion(views, pause).Graph(all).has_value()); }},
      {"runs",
       [runs](const Views& views, Pause* pause) { Keep(LineageQuestion(views, pause).Graph(runs).has_value()); }},
      {"impact",
       [all](const Views& views, Pause* pause) { Keep(LineageQuestion(views, pause).Impact(all).has_value()); }},
      {"paths",
       [paths](const Views& views, Pause* pause) { Keep(LineageQuestion(views, pause).Paths(paths).has_value()); }},
      {"shared",
       [shared](const Views& views, Pause* pause) { Keep(LineageQuestion(views, pause).Shared(shared).has_value()); }},
      {"inherit", [last](const Views& views,
                         Pause* pause) { Keep(AskInherited(views, pause, {.node = last}, nullptr).has_value()); }},
      {"diff",
       [diff](const Views& views, Pause* pause) {
         std::vector<LineageQuestion::Restated> restated;
         Keep(LineageQuestion(views, pause).Difference(diff, &restated).has_value());
       }},
      {"diff_of_one",
       [diff_of_one](const Views& views, Pause* pause) {
         std::vector<LineageQuestion::Restated> restated;
         Keep(LineageQuestion(views, pause).Difference(diff_of_one, &restated).has_value());
       }},
  };
}

// A thread of its own, whose memory is its own too.
double LongestHold(const Views& views, const Question& question) {
  double longest = 0;
  std::thread([&] {
    HoldMeter meter;
    question.ask(views, &meter);
    longest = meter.longest();
  }).join();
  return longest;
}

// The longest that a writer waited for the lock that the question holds.
double LongestWait(const Views& views, const Question& question) {
  WriterFirstMutex mutex;
  const ReadHold hold;
  const std::uint64_t version = 0;
  std::atomic<bool> done{false};
  std::thread reader([&] {
    std::shared_lock lock(mutex);
    LockPause pause(lock, version, hold);
    question.ask(views, &pause);
    done = true;
  });
  double longest = 0;
  while (!done) {
    const Stopwatch watch;
    { const std::lock_guard lock(mutex); }
    longest = std::max(longest, watch.Seconds());
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  reader.join();
  return longest;
}

}  // namespace

void HoldOfQuestions(Lab& lab, const Report& report) {
  const auto measure = [&](const Views& views, const Question& question, const Bound& bound) {
    std::vector<double> holds, waits;
    for (std::size_t pass = 0; pass <= lab.options().repeat; ++pass) {
      holds.push_back(1e6 * LongestHold(views, question));
      waits.push_back(1e6 * LongestWait(views, question));
    }
    report({fmt::format("lineage_hold_{}", question.name), SpreadOf(holds), "us CPU max", "", std::nullopt, bound});
    report({fmt::format("lineage_wait_{}", question.name), SpreadOf(waits), "us max", "", std::nullopt, {}});
  };
  Views views;
  {
    const std::vector<std::uint64_t> numbers(std::size_t{32} << 20, 1);
    measure(views, {"bare", [&](const Views&, Pause* pause) { ReadBare(numbers, pause); }}, {});
  }
  Fill(views);
  for (const Question& question : Questions()) measure(views, question, {Bound::Of::kValueAtMost, 1000});
}

}  // namespace cairn::bench
