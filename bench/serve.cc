#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "child.h"
#include "echo_server.h"
#include "lab.h"
#include "measure.h"
#include "scratch.h"
#include "serve_postgres.h"
#include "serve_scripts.h"
#include "workload.h"
#include "wrk.h"

namespace cairn::bench {
namespace {

constexpr int kServerCore = 0;
constexpr std::uint32_t kJobs = 30'000;
// What is asked again at this part of the most that is answered must come in time.
constexpr double kLoad = 0.7;
constexpr std::size_t kWaiting = 320;

std::string Program() { return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "cairn"; }

std::vector<std::string> ServeCommand(const std::string& store, int port, const std::vector<std::string>& flags) {
  std::vector<std::string> words = {
      Program(), "serve", "--store", store, "--no-auth", "--listen", fmt::format("127.0.0.1:{}", port)};
  words.insert(words.end(), flags.begin(), flags.end());
  return words;
}

// `cairn serve` over a store, on a processor of its own.
struct Served {
  explicit Served(const std::string& store, const std::vector<std::string>& flags = {})
      : port(FreePort()),
        child(ServeCommand(store, port, flags), kServerCore),
        seconds_until_ready(SecondsUntilAnswer(port, "/health/ready")) {}
  int port;
  Child child;
  double seconds_until_ready;
};

// Waits until the service has nothing left to do in the background: what it does beside the load would be measured too,
// or not, as it happens.
void WaitUntilSettled(const Served& served) {
  constexpr int kTries = 600;
  constexpr auto kPause = std::chrono::milliseconds(100);
  const auto is_settled = [&] {
    const std::string stats = Ask(served.port, "GET", "/api/v1/stats");
    return stats.find("\"segments_open\":1,") != std::string::npos;
  };
  std::this_thread::sleep_for(std::chrono::seconds(2));  // Before that it waits for a quiet time.
  for (int i = 0; i < kTries && !is_settled(); ++i) std::this_thread::sleep_for(kPause);
}

struct Echo {
  Echo() : port(FreePort()), child([at = port] { RunEchoServer(at); }, kServerCore) { SecondsUntilAnswer(port, "/2"); }
  int port;
  Child child;
};

struct Bench {
  Lab& lab;
  const Report& report;
  std::string folder;
};

// Whether there is what the load takes; says so where there is not.
bool CanLoad(const std::string& workload) {
  if (HasWrk() && ::sysconf(_SC_NPROCESSORS_ONLN) >= 2) return true;
  fmt::print(stderr, "{}: left out, it takes wrk, taskset and two processors\n", workload);
  return false;
}

// The same load on both, in turns, so that what else the machine does meets both.
void BesideEcho(const Bench& bench, const std::string& name, Load own, Load echo, double least) {
  const Echo bare;
  echo.port = bare.port;
  std::vector<double> ours, theirs;
  for (std::size_t pass = 0; pass < bench.lab.options().repeat; ++pass) {
    const LoadResult result = RunWrk(bench.folder, own);
    ours.push_back(result.per_second / 1e3);
    theirs.push_back(RunWrk(bench.folder, echo).per_second / 1e3);
  }
  const Spread value = SpreadOf(ours);
  bench.report({name, value, "k requests/s", "bare Beast echo", SpreadOf(theirs), {Bound::Of::kRatioAtLeast, least}});
}

// How long an answer takes while less is asked than can be answered. Each waits another while: asking in step, they
// would measure how long it takes to answer all of them.
void AtPartOfLoad(const Bench& bench, const std::string& name, Load load, double per_second) {
  load.connections = kWaiting;
  const double wait_ms = 1e3 * static_cast<double>(kWaiting) / (kLoad * per_second);
  load.script += fmt::format("\nfunction delay() return math.random(0, {}) end\n", static_cast<int>(2 * wait_ms));
  std::vector<double> slowest;
  for (std::size_t pass = 0; pass < bench.lab.options().repeat; ++pass) {
    slowest.push_back(RunWrk(bench.folder, load).p99_ms);
  }
  bench.report({name + "_70", SpreadOf(slowest), "ms p99", "", std::nullopt, {Bound::Of::kValueBelow, 5}});
}

void PostOne(Lab& lab, const Report& report) {
  if (!CanLoad("serve_post")) return;
  const Bench bench{lab, report, lab.NewFolder()};
  {
    const Served served(bench.folder + "/store");
    const Load load{.port = served.port, .script = PostEventScript("/api/v1/lineage")};
    BesideEcho(bench, "serve_post", load, load, 0.5);
    std::vector<double> ours;
    for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
      ours.push_back(RunWrk(bench.folder, load).per_second / 1e3);
    }
    const auto rival = PostgresInserts(bench.folder, kServerCore, load.core);
    report({"serve_post",
            SpreadOf(ours),
            "k events/s",
            "PostgreSQL 15, 16 connections",
            rival ? std::optional(SpreadOf({*rival / 1e3})) : std::nullopt,
            {Bound::Of::kRatioAtLeast, 2.5}});
  }
  {
    const Served served(bench.folder + "/store_with_room", {"--set", "room_bytes=1M"});
    const Load load{.port = served.port, .script = PostEventScript("/api/v1/lineage")};
    BesideEcho(bench, "serve_post_room", load, load, 0.5);
  }
  lab.Remove(bench.folder);
}

void PostMany(Lab& lab, const Report& report) {
  if (!CanLoad("serve_bulk")) return;
  const Bench bench{lab, report, lab.NewFolder()};
  const auto measure = [&](const std::string& name, const std::string& mode, double least) {
    const Served served(bench.folder + "/" + mode);
    Ask(served.port, "PUT", "/api/v1/kinds/bench_volume",
        R"({"schema":{"type":"object","required":["row_count"],"properties":{"row_count":{"type":"integer","minimum":0},)"
        R"("byte_count":{"type":"integer"},"table":{"type":"string"}}},"mode":")" +
            mode + R"("})");
    std::vector<double> rates;
    for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
      const Load load{.port = served.port, .script = BulkScript(), .connections = 4};
      rates.push_back(RunWrk(bench.folder, load).per_second);
    }
    report({name, SpreadOf(rates), "k records/s", "", std::nullopt, {Bound::Of::kValueAtLeast, least}});
  };
  measure("serve_bulk", "off", 400);
  measure("serve_bulk_strict", "strict", 100);
  lab.Remove(bench.folder);
}

void Read(Lab& lab, const Report& report) {
  if (!CanLoad("serve_read")) return;
  const Bench bench{lab, report, lab.NewFolder()};
  {
    const Served served(lab.UnsealedStore());
    WaitUntilSettled(served);
    const auto& series = lab.data().series();
    const auto measure = [&](const std::string& name, const std::string& question, double least) {
      const std::string body = Ask(served.port, "GET", question + NodeQuery(series.front()));
      const Load own{.port = served.port, .script = AskSeriesScript(question, series)};
      const Load echo{.target = fmt::format("/{}", body.size())};
      BesideEcho(bench, name, own, echo, least);
      AtPartOfLoad(bench, name, own, RunWrk(bench.folder, own).per_second);
    };
    measure("serve_latest", "/api/v1/records/latest?", 0.7);
    measure("serve_history_90", "/api/v1/records/history?limit=90&order=newest&", 0.5);
  }
  lab.Remove(bench.folder);
}

void Lineage(Lab& lab, const Report& report) {
  if (!CanLoad("serve_lineage")) return;
  const Bench bench{lab, report, lab.NewFolder()};
  {
    const Served served(bench.folder + "/store");
    for (std::uint32_t from = 0; from < kJobs; from += 1000) {
      Ask(served.port, "POST", "/api/v1/records", LayeredEvents(from, from + 1000, kJobs));
    }
    for (const bool marquez : {false, true}) {
      std::vector<double> typical;
      for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
        const Load load{.port = served.port, .script = AskLineageScript(marquez, kJobs), .connections = 1};
        typical.push_back(RunWrk(bench.folder, load).p50_ms);
      }
      report({marquez ? "serve_lineage_5_marquez" : "serve_lineage_5",
              SpreadOf(typical),
              "ms p50",
              "",
              std::nullopt,
              {Bound::Of::kValueBelow, 2}});
    }
  }
  lab.Remove(bench.folder);
}

void Start(Lab& lab, const Report& report) {
  std::vector<double> ready, idle;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    const Served served(lab.SealedStore());
    ready.push_back(1e3 * served.seconds_until_ready);
    idle.push_back(served.child.ResidentMb());
  }
  report({"serve_start", SpreadOf(ready), "ms", "", std::nullopt, {Bound::Of::kValueBelow, 300}});
  report({"serve_idle", SpreadOf(idle), "MB", "", std::nullopt, {Bound::Of::kValueBelow, 60}});
}

}  // namespace

std::vector<Workload> ServeWorkloads() {
  return {
      {"serve_post",
       "one event a request, durable, 64 connections; the service on one processor, the load on another; "
       "the same with room ahead",
       PostOne},
      {"serve_bulk", "1,000 JSON lines a request, durable, without and with a schema that refuses", PostMany},
      {"serve_read", "the latest and the newest 90 of a random series, 64 connections", Read},
      {"serve_lineage", "lineage of depth 5 both ways of a random dataset of 30 k jobs, one connection", Lineage},
      {"serve_start", "the start of the service on all records, and what it holds in memory then", Start},
  };
}

}  // namespace cairn::bench
