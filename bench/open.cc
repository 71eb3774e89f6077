#include "open.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "lab.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

constexpr std::size_t kOpenFactor = 10;
constexpr std::size_t kSliceRecords = 500'000;
constexpr std::size_t kBuildCallers = 2;

// The anonymous resident memory of this process.
std::uint64_t AnonymousBytes() {
  std::ifstream in("/proc/self/status");
  for (std::string word; in >> word;) {
    std::uint64_t kilobytes = 0;
    if (word == "RssAnon:" && in >> kilobytes) return kilobytes * 1024;
  }
  Fail("/proc/self/status has no RssAnon");
}

struct Opened {
  double seconds = 0;
  double anonymous_bytes = 0;
  std::size_t records = 0;
};

// Opens the store in a process of its own, so that no cache of this one helps and no memory of this one counts.
Opened OpenInChild(const std::string& path) {
  const std::string self = std::filesystem::read_symlink("/proc/self/exe").string();
  const std::string command = fmt::format("'{}' --child-open '{}'", self, path);
  std::FILE* child = ::popen(command.c_str(), "r");
  if (child == nullptr) Fail("starting a process");
  Opened opened;
  const int fields = std::fscanf(child, "%lf %lf %zu", &opened.seconds, &opened.anonymous_bytes, &opened.records);
  if (::pclose(child) != 0 || fields != 3) Fail("the process that opens a store failed");
  return opened;
}

void Open10m(Lab& lab, const Report& report) {
  const std::size_t total = lab.options().records * kOpenFactor;
  const std::string folder = lab.NewFolder();
  {
    const auto store = OpenStore(folder);
    for (std::size_t first = 0; first < total; first += kSliceRecords) {
      const Dataset slice(total, first, std::min(kSliceRecords, total - first));
      IngestInto(*store, slice, kBuildCallers);
    }
    Must(store->Seal(), "sealing");
  }
  SettleDisk(folder);
  std::vector<double> seconds, megabytes;
  for (std::size_t pass = 0; pass < std::max<std::size_t>(lab.options().repeat, 3); ++pass) {
    const Opened opened = OpenInChild(folder);
    if (opened.records != total) Fail("the opened store has not every record");
    seconds.push_back(opened.seconds);
    megabytes.push_back(opened.anonymous_bytes / 1e6);
  }
  lab.Remove(folder);
  report({"open_10m/time", SpreadOf(seconds), "s", "", std::nullopt, {Bound::Of::kValueBelow, 1}});
  report({"open_10m/memory", SpreadOf(megabytes), "MB", "", std::nullopt, {Bound::Of::kValueBelow, 500}});
}

// The seconds in which every file of the log is read and its lines are counted: what no rebuild can be faster than.
double ScanSeconds(const std::string& store) {
  const Stopwatch watch;
  std::vector<char> buffer(std::size_t{1} << 20);
  std::size_t lines = 0;
  for (const auto& entry : std::filesystem::directory_iterator(store + "/log")) {
    std::FILE* file = std::fopen(entry.path().c_str(), "rb");
    if (file == nullptr) Fail("reading " + entry.path().string());
    while (const std::size_t bytes = std::fread(buffer.data(), 1, buffer.size(), file)) {
      const char* const end = buffer.data() + bytes;
      for (const char* at = buffer.data(); at != end; ++lines) {
        const void* const found = std::memchr(at, '\n', static_cast<std::size_t>(end - at));
        if (found == nullptr) break;
        at = static_cast<const char*>(found) + 1;
      }
    }
    std::fclose(file);
  }
  Keep(lines);
  return watch.Seconds();
}

void Rebuild(Lab& lab, const Report& report) {
  const auto store = OpenStore(lab.UnsealedStore(), Unsealed());
  const auto records = static_cast<double>(lab.data().size());
  std::vector<double> ours, scan;
  for (std::size_t pass = 0; pass < lab.options().repeat; ++pass) {
    const Stopwatch watch;
    Must(store->Rebuild(), "rebuilding");
    ours.push_back(records / watch.Seconds());
    scan.push_back(records / ScanSeconds(lab.UnsealedStore()));
  }
  report({"rebuild",
          SpreadOf(ours),
          "records/s",
          "reading and counting lines",
          SpreadOf(scan),
          {Bound::Of::kValueAtLeast, 2e6}});
}

}  // namespace

int OpenAsChild(const std::string& path) {
  StoreOptions options;
  options.create = false;
  const Stopwatch watch;
  const auto store = OpenStore(path, options);
  // The first answer belongs to it: a store that puts its work off has not opened.
  const TailPage page = Must(store->Tail(Seq{1}, 1), "asking for the first record");
  if (page.facts.empty()) Fail("the store is empty");
  const Fact::Details details = Must(page.facts.front().Parse(), "reading the first record");
  Keep(Must(store->Latest(details.kind, details.node), "asking for the latest").record().back());
  const double seconds = watch.Seconds();
  const std::uint64_t anonymous = AnonymousBytes();
  const RepositoryStats stats = Must(store->Stats(), "asking for statistics");
  std::printf("%.6f %llu %llu\n", seconds, static_cast<unsigned long long>(anonymous),
              static_cast<unsigned long long>(stats.records));
  std::fflush(stdout);
  return 0;
}

std::vector<Workload> OpenWorkloads() {
  return {
      {"rebuild", "every view folded anew from the log as JSON lines", Rebuild},
      {"open_10m", "opening a sealed store of ten times the records in a new process, first answer included", Open10m},
  };
}

}  // namespace cairn::bench
