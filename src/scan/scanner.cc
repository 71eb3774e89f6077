#include "scan/scanner.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <set>
#include <thread>

#include "base/hash.h"
#include "scan/committer.h"
#include "scan/extract_worker.h"
#include "scan/file_name.h"
#include "scan/scanner_pass.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kLookForStop{50};
// Goes up whenever scans find something else in the same bytes by themselves, types of files included.
constexpr std::uint64_t kScanVersion = 4;

std::size_t Processors() { return std::max<std::size_t>(1, std::thread::hardware_concurrency()); }

}  // namespace

std::uint64_t ScanConfigHash(const ScanOptions& options) {
  const ExtractLimits& limits = options.limits;
  return Hash64(fmt::format("{} {} {} {} {} {} {} {} {} {} {}", kScanVersion, limits.bytes, limits.total_bytes,
                            limits.entries, limits.depth, limits.ratio, limits.fields, limits.value_bytes,
                            limits.field_bytes, limits.warnings, options.hash_bytes_max));
}

Result<std::unique_ptr<Zygote>> Scanner::StartZygote(const ScanOptions& options) {
  return Zygote::Start(ExtractJob(options.limits), options.worker, PrepareExtractors,
                       options.workers == 0 ? Processors() : options.workers);
}

Scanner::Scanner(const Parts& parts, std::string state_folder, ScanOptions options)
    : parts_(parts), state_folder_(std::move(state_folder)), options_(std::move(options)), store_(parts.store) {
  if (options_.workers == 0) options_.workers = Processors();
  options_.workers = std::min<std::size_t>(options_.workers, Zygote::kSlots);
  if (options_.walkers == 0) options_.walkers = std::min<std::size_t>(Processors(), 4);
}

Scanner::~Scanner() = default;

Result<std::unique_ptr<Scanner>> Scanner::Open(const Parts& parts, const std::string& state_folder,
                                               ScanOptions options) {
  std::unique_ptr<Scanner> scanner(new Scanner(parts, state_folder, std::move(options)));
  if (Status begun = scanner->Begin(); !begun.ok()) return begun;
  return scanner;
}

Status Scanner::Begin() {
  if (options_.roots.empty()) return {StatusCode::kInvalidArgument, "which folder is to be scanned?"};
  std::vector<std::string> paths = options_.roots;
  std::sort(paths.begin(), paths.end());
  for (const std::string& path : paths) {
    const bool is_inside = std::any_of(roots_.begin(), roots_.end(), [&path](const Root& root) {
      return root.only.empty() && IsInside(path, root.folder);
    });
    if (is_inside) continue;
    struct stat seen {};
    if (::stat(path.c_str(), &seen) == 0 && S_ISREG(seen.st_mode)) {
      const std::size_t slash = path.rfind('/');
      AddFile(slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1));
    } else {
      roots_.push_back({path, {}});
    }
  }
  // Those above the store have to last, too; it syncs its own.
  if (Status made = MakeDirsDurably(*parts_.files, ParentOf(ParentOf(state_folder_))); !made.ok()) return made;
  if (Status made = parts_.files->MakeDirs(state_folder_); !made.ok()) return made;
  auto lock = parts_.files->OpenLock(state_folder_ + "/LOCK");
  // Who only looks does so where nothing can be written, too.
  const bool only_looks = parts_.zygote == nullptr;
  if (!lock && !only_looks) return lock.error();
  if (lock) lock_ = std::move(*lock);
  if (lock_ != nullptr && !lock_->TryLock().ok()) {
    return {StatusCode::kUnavailable, "another process scans into this store: wait for it, or stop it"};
  }
  std::string note;
  auto state = StateDb::Open(state_folder_, &note);
  if (!state) return state.error();
  state_ = std::move(*state);
  if (!note.empty()) notes_.push_back(std::move(note));
  if (Status known = CheckStore(); !known.ok()) return known;
  if (Status sound = CheckEnd(); !sound.ok()) return sound;
  if (Status taken = TakeMissingFiles(); !taken.ok()) return taken;
  auto has_lost = HasLostState();
  if (!has_lost) return has_lost.error();
  has_lost_state_ = *has_lost;
  auto methods = state_->LoadMethods();
  if (!methods) return methods.error();
  methods_ = std::make_unique<MethodTable>(std::move(*methods), ScanConfigHash(options_));
  results_ = std::make_unique<KnownResults>(store_);
  auto has_results = state_->HasResults();
  if (!has_results) return has_results.error();
  if (*has_results) results_->NoteInState();
  if (*has_results) results_at_most_ = options_.results_max;  // They are not counted.
  if (makes_store_) results_->NoteNewStore();
  for (std::size_t i = 0; i < options_.walkers; ++i) walker_states_.emplace_back(state_folder_);
  if (parts_.zygote == nullptr) return Status::Ok();
  FileProducerOptions producing;
  producing.workers = options_.workers;
  producing.links = options_.links;
  producing.hash_bytes_max = options_.hash_bytes_max;
  producing.frame = {options_.tenant, options_.run_id};
  producing.while_reading = options_.while_reading;
  producing.state_folder = state_folder_;
  producer_ = std::make_unique<FileProducer>(*parts_.zygote, *results_, *methods_, *parts_.clock, std::move(producing));
  return Status::Ok();
}

// Files of one folder are looked at together: its row in the state is written once.
void Scanner::AddFile(std::string folder, std::string name) {
  const auto same = std::find_if(roots_.begin(), roots_.end(),
                                 [&](const Root& root) { return !root.only.empty() && root.folder == folder; });
  if (same != roots_.end()) {
    same->only.insert(std::move(name));
  } else {
    roots_.push_back({std::move(folder), {std::move(name)}});
  }
}

// A root that is gone and was a file is taken for one still: its folder has it.
Status Scanner::TakeMissingFiles() {
  for (const Root& root : std::exchange(roots_, {})) {
    const std::size_t slash = root.folder.rfind('/');
    struct stat seen {};
    bool is_file = false;
    const bool is_missing = root.only.empty() && slash + 1 < root.folder.size() &&
                            ::lstat(root.folder.c_str(), &seen) != 0 && (errno == ENOENT || errno == ENOTDIR);
    if (is_missing) {
      auto row = state_->LoadFolder(slash == 0 ? "/" : root.folder.substr(0, slash));
      if (!row) return row.error();
      EntryReader reader(*row ? std::string_view((*row)->entries) : std::string_view());
      for (; reader.entry() != nullptr && !is_file; reader.Next()) {
        is_file = reader.entry()->name == std::string_view(root.folder).substr(slash + 1) &&
                  reader.entry()->kind != FileKind::kFolder;
      }
    }
    if (is_file) {
      AddFile(slash == 0 ? "/" : root.folder.substr(0, slash), root.folder.substr(slash + 1));
    } else if (root.only.empty()) {
      roots_.push_back(root);
    } else {
      for (const std::string& name : root.only) AddFile(root.folder, name);
    }
  }
  return Status::Ok();
}

RunnerStats Scanner::Workers() const { return runner_ ? runner_->Stats() : last_workers_; }

Result<std::optional<StoredFolder>> Scanner::FolderBefore(const Pass& pass, std::size_t thread,
                                                          const std::string& path) {
  if (!pass.knows_folders) return std::optional<StoredFolder>();
  auto state = walker_states_[thread].Get();
  if (!state) return state.error();
  return (*state)->LoadFolder(path);
}

// Where nothing was known nothing is gone, and what is new need not be remembered.
bool Scanner::KnowsARoot() {
  return std::any_of(roots_.begin(), roots_.end(), [this](const Root& root) {
    auto known = state_->LoadFolder(root.folder);
    return known && *known;
  });
}

Result<ScanReport> Scanner::Run(const std::function<void(Pass&)>& walk, const std::atomic<bool>& stop) {
  const auto begun = std::chrono::steady_clock::now();
  counts_.Clear();
  unknown_roots_.clear();
  auto knows_folders = state_->HasFolders();
  if (!knows_folders) return knows_folders.error();
  auto earlier = state_->LoadRemovals(1);
  if (!earlier) return earlier.error();
  Pass pass{stop};
  pass.knows_folders = *knows_folders;
  Status swept;
  std::uint64_t noted = 0;  // Records of this run that stand before what the state knows its store by.
  {
    Committer committer(store_, *state_, *results_, *methods_, *parts_.clock, counts_,
                        {.frame = {options_.tenant, options_.run_id},
                         .finds_renames = pass.knows_folders && KnowsARoot(),
                         .makes_store = std::exchange(makes_store_, false),
                         .release_log = parts_.release_log});
    pass.committer = &committer;
    if (!earlier->empty()) committer.AwaitEarlier();
    RunnerOptions running;
    running.workers = options_.workers;
    runner_ = std::make_unique<Runner>(*producer_, running, [&](ProduceEnd end) {
      auto task = std::static_pointer_cast<FileTask>(end.request.detail);
      if (end.result) return committer.FileDone(std::move(task), std::move(*end.result));
      if (end.result.error().code() == StatusCode::kCancelled) return committer.FileDone(std::move(task), std::nullopt);
      Produced given_up = producer_->GivenUp(*task, end.result.error());
      committer.FileDone(std::move(task), std::move(given_up));
    });
    walk(pass);
    while (!runner_->DrainFor(kLookForStop)) {
      if (stop || committer.has_failed()) runner_->Stop();
    }
    // The scan is recorded with the last of what it found, where nothing more is counted.
    Committer::Closing closing;
    if (pass.is_recorded != nullptr && pass.status.ok() && !has_lost_state_) {
      closing = [&] { return ScanRecords(ReportNow(begun, stop)); };
    }
    committer.Close(std::move(closing), [&]() -> Status {
      for (const auto& [root, identity] : pass.new_roots) {
        if (Status saved = state_->SaveMeta(std::string(kMetaRoot) + root, identity); !saved.ok()) return saved;
      }
      noted = counts_.records;
      return noted == 0 ? Status::Ok() : NoteStore();
    });
    // While the last of it is stored.
    last_workers_ = runner_->Stats();
    runner_.reset();
    if (options_.once) parts_.zygote->Close();
    if (Status flushed = committer.Flush(); !flushed.ok()) return flushed;
    if (pass.is_recorded != nullptr) *pass.is_recorded = committer.is_closed();
    // Only where all of the roots was looked at: the rest would be taken for gone.
    const bool finds_lost =
        has_lost_state_ && !stop && pass.is_recorded != nullptr && !pass.keeps_some && pass.status.ok();
    if (finds_lost) swept = FindLost();
    if (!stop && swept.ok() && (finds_lost || committer.has_removals())) swept = committer.Sweep();
    if (swept.ok() && counts_.records != noted) swept = MarkStore();
  }
  if (!swept.ok()) return swept;
  if (!pass.status.ok()) return pass.status;
  ScanReport report = ReportNow(begun, stop);
  report.notes = std::exchange(notes_, {});
  report.notes.insert(report.notes.end(), pass.notes.begin(), pass.notes.end());
  return report;
}

ScanReport Scanner::ReportNow(std::chrono::steady_clock::time_point begun, bool stopped) const {
  ScanReport report = ReportOf(counts_);
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  report.stopped = stopped;
  return report;
}

Result<ScanReport> Scanner::Scan(const std::atomic<bool>& stop) {
  bool is_recorded = false;
  auto report = Run(
      [&](Pass& pass) {
        pass.is_recorded = &is_recorded;
        for (const Root& root : roots_) WalkRoot(pass, root);
      },
      stop);
  if (report) results_at_most_ += report->extracted;
  if (report && report->extracted != 0 && results_at_most_ > options_.results_max) {
    if (Status bounded = state_->BoundResults(options_.results_max); !bounded.ok()) return bounded;
  }
  if (report && report->records != 0 && !is_recorded) {
    if (Status recorded = RecordScan(*report); !recorded.ok()) return recorded;
  }
  return report;
}

Result<ScanReport> Scanner::ScanFolder(const std::string& path, const FolderChanges* changes,
                                       const std::atomic<bool>& stop) {
  return Run(
      [&](Pass& pass) {
        for (const Root& root : roots_) {
          if (!root.only.empty() || !IsInside(path, root.folder)) continue;
          if (!IsUnmounted(pass, root)) WalkFolderOf(pass, root, path, changes);
        }
      },
      stop);
}

// Whether the folder that it stands in is known to have it: else it is ignored, or will be found there.
Result<bool> Scanner::IsNamed(const Pass& pass, const std::string& path) {
  const std::size_t slash = path.rfind('/');
  auto row = FolderBefore(pass, 0, slash == 0 ? "/" : path.substr(0, slash));
  if (!row) return row.error();
  EntryReader reader(*row ? std::string_view((*row)->entries) : std::string_view());
  while (reader.entry() != nullptr && reader.entry()->name != std::string_view(path).substr(slash + 1)) reader.Next();
  return reader.entry() != nullptr && reader.entry()->kind == FileKind::kFolder;
}

void Scanner::WalkFolderOf(Pass& pass, const Root& root, const std::string& path, const FolderChanges* changes) {
  if (path != root.folder) {
    auto named = IsNamed(pass, path);
    if (!named) return pass.Fail(named.error());
    if (!*named) return;
  }
  const std::size_t prefix = root.folder == "/" ? 1 : root.folder.size() + 1;
  // The folder, then those in it that came or that no scan has seen, with all below them.
  std::vector<std::pair<std::string, bool>> folders{{path, false}};
  for (std::size_t i = 0; i < folders.size() && !pass.stop; ++i) {
    const auto [folder, has_come] = folders[i];
    pass.only = i == 0 && changes != nullptr ? &changes->names : nullptr;
    const std::string below = folder == root.folder ? "" : folder.substr(prefix);
    Walker walker(Walking());
    const Status listed = walker.List(root.folder, below, [&](const WalkedFolder& walked) {
      for (const Listed& entry : walked.listing->entries) {
        if (entry.kind != FileKind::kFolder) continue;
        std::string child = (walked.path == "/" ? "/" : walked.path + "/") + std::string(entry.name);
        const bool came = has_come || (i == 0 && changes != nullptr && changes->came.contains(entry.name));
        auto known = FolderBefore(pass, 0, child);
        if (known && (came || !*known)) folders.emplace_back(std::move(child), came);
      }
      OnFolder(pass, walked);
    });
    if (!listed.ok()) pass.Note(listed.message());
  }
  pass.only = nullptr;
}

Result<ScanReport> Scanner::DryRun(const WouldRead& would_read, const std::atomic<bool>& stop) {
  counts_.Clear();
  auto knows_folders = state_->HasFolders();
  if (!knows_folders) return knows_folders.error();
  Pass pass{stop};
  pass.knows_folders = *knows_folders;
  pass.would_read = &would_read;
  for (const Root& root : roots_) WalkRoot(pass, root);
  if (!pass.status.ok()) return pass.status;
  ScanReport report = ReportOf(counts_);
  report.stopped = stop;
  report.notes = std::move(pass.notes);
  return report;
}

}  // namespace cairn
