#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include "child.h"
#include "command.h"
#include "lab.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFolders = 100;
constexpr std::size_t kFilesEach = 1000;
constexpr int kCopies = 20;
// Until then a file that was just made is hashed again.
constexpr std::chrono::seconds kUntilOld{36};

std::string Program() { return fs::read_symlink("/proc/self/exe").parent_path() / "cairn"; }

CommandCost Scan(const std::string& store, const std::string& tree) {
  return RunCommand({Program(), "--store", store, "scan", tree});
}

// What costs least: every folder listed, every file looked at, nothing compared, one thread.
double BareWalk(const std::string& root) {
  const Stopwatch watch;
  std::vector<std::string> waiting{root};
  std::vector<char> bytes(std::size_t{64} << 10);
  std::uint64_t sum = 0;
  while (!waiting.empty()) {
    const std::string folder = std::move(waiting.back());
    waiting.pop_back();
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    long got = 0;
    while ((got = ::syscall(SYS_getdents64, fd, bytes.data(), bytes.size())) > 0) {
      for (long at = 0; at < got;) {
        const auto* entry = reinterpret_cast<const dirent64*>(bytes.data() + at);
        at += entry->d_reclen;
        const std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct statx seen {};
        (void)::statx(fd, entry->d_name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &seen);
        sum += seen.stx_size;
        if (S_ISDIR(seen.stx_mode)) waiting.push_back(folder + "/" + entry->d_name);
      }
    }
    ::close(fd);
  }
  Keep(sum);
  return watch.Seconds();
}

void MakeTree(const std::string& root, std::size_t folders) {
  for (std::size_t folder = 0; folder < folders; ++folder) {
    const std::string path = fmt::format("{}/d{}/e{}", root, folder / 10, folder % 10);
    fs::create_directories(path);
    for (std::size_t file = 0; file < kFilesEach; ++file) {
      std::ofstream(fmt::format("{}/file_{:04}.txt", path, file)) << folder << ' ' << file << '\n';
    }
  }
}

void Compare(const Report& report, const std::string& name, const std::function<double()>& own,
             const std::string& rival_name, const std::function<double()>& rival, std::size_t repeat, Bound bound) {
  // In turn, so that what else the machine does falls on both.
  std::vector<double> ours;
  std::vector<double> theirs;
  for (std::size_t i = 0; i < repeat; ++i) {
    ours.push_back(own());
    theirs.push_back(rival());
  }
  report({name, SpreadOf(ours), "s", rival_name, SpreadOf(theirs), bound});
}

void NoChange(Lab& lab, const Report& report) {
  const std::string folder = lab.NewFolder();
  const std::string tree = folder + "/tree";
  const std::string store = folder + "/store";
  MakeTree(tree, kFolders);
  const std::size_t repeat = lab.options().repeat;
  std::this_thread::sleep_for(kUntilOld);
  (void)Scan(store, tree);
  const auto own = [&] { return Scan(store, tree).seconds; };
  const auto own_cpu = [&] { return Scan(store, tree).cpu_seconds; };
  Compare(report, "scan_no_change", own, "bare walk, one thread", [&] { return BareWalk(tree); }, repeat,
          {Bound::Of::kRatioAtMost, 1.5});
  if (HasCommand("git")) {
    (void)RunCommand({"git", "init", "-q"}, tree);
    (void)RunCommand({"git", "add", "-A"}, tree);
    (void)RunCommand({"git", "-c", "user.email=a@b", "-c", "user.name=a", "commit", "-q", "-m", "all"}, tree);
    fs::rename(tree + "/.git", folder + "/git");
    const std::vector<std::string> status{"git", "--git-dir", folder + "/git", "--work-tree",
                                          tree,  "status",    "--short"};
    Compare(report, "scan_no_change", own, "git status", [&] { return RunCommand(status, tree).seconds; }, repeat,
            {Bound::Of::kRatioAtMost, 1.0});
    Compare(report, "scan_no_change/cpu", own_cpu, "git status", [&] { return RunCommand(status, tree).cpu_seconds; },
            repeat, {});
  }
  if (HasCommand("restic")) {
    ::setenv("RESTIC_PASSWORD", "bench", 1);
    const std::string repo = folder + "/restic";
    (void)RunCommand({"restic", "-q", "-r", repo, "init"});
    const std::vector<std::string> backup{"restic", "-q", "-r", repo, "backup", tree};
    (void)RunCommand(backup);
    Compare(report, "scan_no_change", own, "restic backup", [&] { return RunCommand(backup).seconds; }, repeat,
            {Bound::Of::kRatioAtMost, 0.05});
  }
  lab.Remove(folder);
}

// A tree of real files, given by CAIRN_FIXTURES.
void Cold(Lab& lab, const Report& report) {
  const char* given = std::getenv("CAIRN_FIXTURES");
  if (given == nullptr) return;
  const std::string tree = std::string(given) + "/files";
  const std::string folder = lab.NewFolder();
  std::size_t stores = 0;
  const auto own_of = [&](const std::string& what, const std::string& workers = "2") {
    return [&, what, workers] {
      const std::string store = fmt::format("{}/store{}", folder, stores++);
      return RunCommand({Program(), "--store", store, "scan", "--workers", workers, what}).seconds;
    };
  };
  const std::string sound = folder + "/sound";
  const std::string many = folder + "/many";
  const std::string video = folder + "/video";
  for (const std::string& made : {sound, many, video}) fs::create_directories(made);
  std::vector<std::string> files{"extract"};
  for (const auto& entry : fs::recursive_directory_iterator(tree)) {
    if (!entry.is_regular_file()) continue;
    files.push_back(entry.path());
    const std::string end = entry.path().extension();
    const auto is_one_of = [&](std::initializer_list<std::string_view> ends) {
      return std::find(ends.begin(), ends.end(), end) != ends.end();
    };
    if (is_one_of({".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".3gp"})) {
      fs::copy_file(entry.path(), fmt::format("{}/{}{}", video, files.size(), end));
    }
    if (!is_one_of({".mp3", ".flac", ".ogg", ".opus", ".wav", ".m4a", ".m4b", ".aiff", ".aif"})) continue;
    fs::copy_file(entry.path(), fmt::format("{}/{}{}", sound, files.size(), end));
    // The same without what starting a program costs: none is a copy of another.
    for (int copy = 0; copy < kCopies; ++copy) {
      const std::string path = fmt::format("{}/{}_{}{}", many, files.size(), copy, end);
      fs::copy_file(entry.path(), path);
      std::ofstream(path, std::ios::app) << copy;
    }
  }
  (void)own_of(tree)();  // So that all have the files in memory.
  // With what is not the workers' (walk, hashes, store), as the user has it; the dispatcher alone is tested by
  // simulation.
  Compare(report, "scan_cold/two_workers", own_of(tree), "one worker", own_of(tree, "1"), lab.options().repeat, {});
  if (HasCommand("exiftool")) {
    Compare(report, "scan_cold", own_of(tree), "exiftool -fast -json -r",
            [&] {
              return RunCommand({"exiftool", "-fast", "-json", "-r", tree}).seconds;
            },
            1, {Bound::Of::kRatioAtMost, 0.1});
  }
  if (HasCommand("extract")) {
    Compare(report, "scan_cold", own_of(tree), "extract", [&] { return RunCommand(files).seconds; }, 1,
            {Bound::Of::kRatioAtMost, 0.1});
  }
  if (HasCommand("mediainfo")) {
    const auto compare = [&](const std::string& name, const std::string& what, double ratio_max) {
      std::vector<std::string> command{"mediainfo", "--Output=JSON"};
      for (const auto& entry : fs::directory_iterator(what)) command.push_back(entry.path());
      Compare(report, name, own_of(what), "mediainfo", [&] { return RunCommand(command).seconds; },
              lab.options().repeat, {Bound::Of::kRatioAtMost, ratio_max});
    };
    compare("scan_cold/audio", sound, 0.1);
    compare("scan_cold/audio_many", many, 0.1);
    compare("scan_cold/video", video, 1 / 1.8);
  }
  lab.Remove(folder);
}

// From the close of a file until another process, which follows the store, has its record.
void WatchLatency(Lab& lab, const Report& report) {
  const std::string folder = lab.NewFolder();
  const std::string tree = folder + "/tree";
  const std::string path = folder + "/store";
  MakeTree(tree, 1);
  Child watcher({Program(), "--store", path, "scan", "--watch", tree});
  // The scan of the whole ends with a record of its own.
  while (!fs::exists(path + "/LOCK")) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const auto store = OpenStore(path);
  Seq seen{0};
  const auto count = [&] {
    auto stats = store->Stats();
    return stats ? stats->records : 0;
  };
  while (count() < kFilesEach + 1) (void)store->WaitFor(store->Stats()->last_seq, std::chrono::milliseconds(100));
  std::vector<double> seconds;
  for (int i = 0; i < 500; ++i) {
    seen = store->Stats()->last_seq;
    std::ofstream(fmt::format("{}/d0/e0/file_{:04}.txt", tree, i), std::ios::app) << "more\n";
    const Stopwatch watch;
    // `WaitFor` looks for what others wrote every 20 ms: asked so, at once.
    while (store->Stats()->last_seq <= seen) (void)store->WaitFor(seen, std::chrono::milliseconds(1));
    seconds.push_back(watch.Seconds() * 1e3);
  }
  watcher.Stop();
  std::sort(seconds.begin(), seconds.end());
  const auto at = [&](double part) {
    const double value = seconds[static_cast<std::size_t>(part * static_cast<double>(seconds.size() - 1))];
    return Spread{value, value, value};
  };
  report({"scan_watch/p50", at(0.5), "ms", "", std::nullopt, {Bound::Of::kValueBelow, 5}});
  report({"scan_watch/p99", at(0.99), "ms", "", std::nullopt, {Bound::Of::kValueBelow, 50}});
  lab.Remove(folder);
}

void Million(Lab& lab, const Report& report) {
  const std::string folder = lab.NewFolder();
  const auto scan = [](const std::string& store, const std::string& tree) {
    return RunCommandForPeak({Program(), "--store", store, "scan", tree});
  };
  MakeTree(folder + "/tree", 1000);
  // What is read while it is young is hashed again by the next scan, which is to find nothing changed.
  std::this_thread::sleep_for(kUntilOld);
  const PeakCost first = scan(folder + "/store", folder + "/tree");
  const PeakCost again = scan(folder + "/store", folder + "/tree");
  // Each has another time, so that each is a record; then each is too young to be believed, so that each is hashed.
  for (const auto& entry : fs::recursive_directory_iterator(folder + "/tree")) {
    if (entry.is_regular_file()) fs::last_write_time(entry.path(), fs::file_time_type::clock::now());
  }
  const PeakCost touched = scan(folder + "/store", folder + "/tree");
  const PeakCost young = scan(folder + "/store", folder + "/tree");
  const auto one = [](double value) { return Spread{value, value, value}; };
  report({"scan_1m/first_peak", one(first.peak_mb), "MB", "", std::nullopt, {Bound::Of::kValueBelow, 300}});
  report({"scan_1m/again_peak", one(again.peak_mb), "MB", "", std::nullopt, {Bound::Of::kValueBelow, 300}});
  report({"scan_1m/touched_peak", one(touched.peak_mb), "MB", "", std::nullopt, {}});
  report({"scan_1m/young_peak", one(young.peak_mb), "MB", "", std::nullopt, {Bound::Of::kValueBelow, 300}});
  report({"scan_1m/first", one(first.seconds), "s", "", std::nullopt, {}});
  report({"scan_1m/again", one(again.seconds), "s", "", std::nullopt, {}});
  report({"scan_1m/touched", one(touched.seconds), "s", "", std::nullopt, {}});
  report({"scan_1m/young", one(young.seconds), "s", "", std::nullopt, {}});
  lab.Remove(folder);
}

}  // namespace

std::vector<Workload> ScanWorkloads() {
  return {{"scan_no_change", "a scan of 100,000 files of which none changed", NoChange},
          {"scan_cold", "a first scan of real files (CAIRN_FIXTURES), two workers", Cold},
          {"scan_watch", "from the close of a file until its record is visible to another process", WatchLatency},
          {"scan_1m", "peak memory of scans of 1 M files", Million}};
}

}  // namespace cairn::bench
