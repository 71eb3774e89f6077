#include <fmt/format.h>

#include <algorithm>

#include "base/low_priority.h"
#include "log/line.h"
#include "log/read_behind.h"
#include "log/seal.h"
#include "store/embedded_repository.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kStep{100};
constexpr int kStepsPerLook = 50;  // At what other processes removed.
constexpr std::chrono::milliseconds kSealLook{10};
constexpr std::int64_t kQuietNs = 1'000'000'000;
constexpr std::int64_t kRollAgainNs = 60'000'000'000;
constexpr int kBusyLooks = 5;  // More with commits than without, while a segment is sealed: 0.1 s at least.
constexpr std::uint64_t kPartOfSegment = 4;  // That a segment has where it is closed in a quiet time.

std::int64_t SteadyNow() { return std::chrono::steady_clock::now().time_since_epoch().count(); }

}  // namespace

Result<std::unique_ptr<Repository>> EmbeddedRepository::Open(const std::string& path, const StoreOptions& options,
                                                             const StoreDeps& deps) {
  auto store = std::unique_ptr<EmbeddedRepository>(new EmbeddedRepository(path, options, deps));
  FileSystem& files = *deps.files;
  const std::string log = JoinPath(path, "log");
  const std::string lock = JoinPath(path, "LOCK");
  if (!files.Exists(log) && !files.Exists(lock)) {
    if (!options.create || options.read_only) {
      return Status(StatusCode::kNotFound, fmt::format("{}: no store there; cairn ingest makes one", path));
    }
    // The folder itself and its entry are synced with the first segment.
    if (Status status = MakeDirsDurably(files, ParentOf(path)); !status.ok()) return status;
    if (Status status = files.MakeDirs(log); !status.ok()) return status;
  }
  auto network = files.NetworkKind(path);
  if (!network) return network.error();
  if (!network->empty()) {
    return Status(
        StatusCode::kUnavailable,
        fmt::format("{} is on {}: locks and shared pages cannot be trusted there; put the store on a local disk", path,
                    *network));
  }
  auto control = ControlFile::Open(files, lock, options.read_only);
  if (!control && !options.create && !options.read_only && control.error().code() == StatusCode::kUnavailable) {
    // Somebody else's store may still be read.
    store->options_.read_only = true;
    control = ControlFile::Open(files, lock, true);
  }
  if (!control) return control.error();
  store->control_ = std::move(*control);
  auto loaded = LoadStore({files, *deps.clock, path, store->options_, *store->control_}, false);
  if (!loaded) return loaded.error();
  (void)store->TakeState(std::move(loaded->state));
  store->log_ = std::move(loaded->log);
  store->known_ = store->log_->tail().last.value;
  store->last_commit_ns_ = SteadyNow();
  if (!store->options_.read_only) store->StartMaintenance();
  return std::unique_ptr<Repository>(std::move(store));
}

EmbeddedRepository::~EmbeddedRepository() {
  StopMaintenance();
  if (options_.read_only || log_ == nullptr) return;
  (void)log_->SyncNow();
  log_->CutRoom();
  if (options_.snapshot_records != 0 && state_.unsaved > options_.snapshot_records)
    (void)WriteSnapshot(SealFor::kCaller);
}

void EmbeddedRepository::StartMaintenance() {
  const bool syncs = options_.sync == Sync::kInterval;
  if (!options_.seal && !syncs) return;
  maintainer_ = std::thread([this] {
    if (options_.seal) TrimKeptLines(options_.kept_lines_bytes);  // It may have been more the last time.
    RepeatUntilStopped(kStep, [this, step = 0]() mutable {
      RebuildInherited();
      NoticeCommits();
      if (IsQuiet()) CutRoom();
      SealWhatIsDue();
      if (step++ % kStepsPerLook == 0) LookAtKeptLines();
    });
  });
  // Sealing takes seconds, for which no commit may wait until it is on disk.
  if (syncs) {
    syncer_ = std::thread([this] {
      RepeatUntilStopped(std::min(options_.sync_interval, kStep), [this] {
        const std::lock_guard lock(log_mutex_);
        // A failure shows at the next commit, which syncs the same file.
        (void)log_->SyncNow();
      });
    });
  }
}

void EmbeddedRepository::RepeatUntilStopped(std::chrono::milliseconds wait, const std::function<void()>& step) {
  std::unique_lock lock(maintain_mutex_);
  while (!maintain_.wait_for(lock, wait, [this] { return stop_.load(); })) {
    lock.unlock();
    step();
    lock.lock();
  }
}

void EmbeddedRepository::StopMaintenance() {
  {
    const std::lock_guard lock(maintain_mutex_);
    stop_ = true;
  }
  maintain_.notify_all();
  for (std::thread* thread : {&maintainer_, &syncer_}) {
    if (thread->joinable()) thread->join();
  }
}

void EmbeddedRepository::SealWhatIsDue() {
  if (!options_.seal) return;
  if (IsActiveDue() && !RollActive(RollIf::kQuarterFull).ok()) {
    roll_again_ns_ = SteadyNow() + kRollAgainNs;  // It goes on taking writes.
  }
  if (!ShouldSeal()) return;
  bool sealed = false;
  // What keeps a segment from being sealed (a full disk, damage) keeps its lines, which is no loss.
  const Status status = SealOne(SealFor::kUpkeep, &sealed);
  if (status.code() == StatusCode::kResourceExhausted) TrimKeptLines(0);
  if (status.ok() && sealed) (void)WriteSnapshot(SealFor::kUpkeep);
}

// Those of other processes, too.
void EmbeddedRepository::NoticeCommits() {
  const Seq durable = control_->durable();
  if (durable == durable_seen_) return;
  durable_seen_ = durable;
  last_commit_ns_.store(SteadyNow(), std::memory_order_relaxed);
}

bool EmbeddedRepository::IsQuiet() const {
  return SteadyNow() - last_commit_ns_.load(std::memory_order_relaxed) > kQuietNs;
}

void EmbeddedRepository::CutRoom() {
  if (!CatchUp().ok()) return;
  const std::lock_guard lock(log_mutex_);
  log_->CutRoom();
}

// Whether the newest segment, which takes the writes, is worth being sealed before it is full: nobody writes, and it
// is so long that there will not be many more segments for it.
bool EmbeddedRepository::IsActiveDue() {
  if (!IsQuiet() || SteadyNow() < roll_again_ns_) return false;
  if (!CatchUp().ok()) return false;  // So that what others wrote is not read under the lock.
  const std::lock_guard lock(log_mutex_);
  return log_->active() != nullptr && log_->tail().offset >= options_.segment_bytes / kPartOfSegment;
}

// Closes the newest segment and begins the next. For upkeep, only where nobody wrote meanwhile or did this already.
Status EmbeddedRepository::RollActive(RollIf when) {
  CommitWork commit;
  const std::lock_guard log_lock(log_mutex_);
  const Status locked = LockLog(&commit);
  const bool has_foreign = !commit.foreign.empty();
  if (fingerprints_) AddFingerprints(commit.foreign);
  ApplyForeign(&commit);
  const bool rolls =
      when == RollIf::kAny || (!has_foreign && log_->tail().offset >= options_.segment_bytes / kPartOfSegment);
  Status rolled = locked.ok() && rolls ? log_->Roll() : locked;
  const auto active = log_->active();
  if (locked.ok()) log_->Unlock();
  if (!rolled.ok()) return rolled;
  // Behind the commits that are being applied: the segment that they went to comes first.
  const std::lock_guard apply_lock(apply_mutex_);
  const std::lock_guard lock(views_mutex_);
  if (active != nullptr && state_.segments.last_first() < active->first()) state_.segments.Add(active);
  return rolled;
}

// In the closed segments that are not sealed.
std::uint64_t EmbeddedRepository::BytesToSeal() const {
  std::uint64_t bytes = 0;
  const std::shared_lock lock(views_mutex_);
  for (std::size_t i = 0; i + 1 < state_.segments.size(); ++i) {
    if (state_.segments.at(i)->sealed()) continue;
    const auto more = std::static_pointer_cast<OpenSegment>(state_.segments.at(i))->FileBytes();
    if (more) bytes += *more;
  }
  return bytes;
}

// More waits to be sealed than may wait for a quiet time. By bytes: in quiet times short segments are closed, too.
bool EmbeddedRepository::IsFarBehind() const {
  return BytesToSeal() / std::max<std::uint64_t>(options_.segment_bytes, 1) >= options_.unsealed_segments_max;
}

bool EmbeddedRepository::ShouldSeal() const { return BytesToSeal() != 0 && (IsFarBehind() || IsQuiet()); }

// Holding sealing_mutex_. Returns UNAVAILABLE where another process seals or writes a snapshot.
Status EmbeddedRepository::TakeSealLock() {
  if (seal_lock_ == nullptr) {
    auto lock = files_.OpenLock(JoinPath(path_, "SEAL"));
    if (!lock) return lock.error();
    seal_lock_ = std::move(*lock);
  }
  return seal_lock_->TryLock();
}

// Seals the oldest closed segment that is not damaged. `*sealed` says whether there was one. Waits for another process
// that seals where somebody asked for it; what is done for upkeep leaves the processor to all others.
Status EmbeddedRepository::SealOne(SealFor whom, bool* sealed) {
  *sealed = false;
  const std::lock_guard sealing(sealing_mutex_);
  std::shared_ptr<OpenSegment> segment;
  Seq last;
  {
    const std::shared_lock lock(views_mutex_);
    for (std::size_t i = 0; i + 1 < state_.segments.size() && segment == nullptr; ++i) {
      if (state_.segments.at(i)->sealed()) continue;
      const std::string name = SegmentName(state_.segments.at(i)->first());
      const bool damaged = std::any_of(state_.damage.begin(), state_.damage.end(),
                                       [&](const Damage& damage) { return damage.segment.starts_with(name); });
      const auto& open = std::static_pointer_cast<OpenSegment>(state_.segments.at(i));
      if (damaged || open->locations().empty()) continue;
      segment = open;
      last = {state_.segments.at(i + 1)->first().value - 1};
    }
  }
  if (segment == nullptr) return Status::Ok();
  const bool is_asked = whom == SealFor::kCaller;
  Status status = WaitForSealLock(segment->path(), is_asked ? options_.seal_wait : std::chrono::milliseconds(0));
  if (status.ok()) {
    status = is_asked ? SealFile(segment, last, whom, stop_) : SealForUpkeep(segment, last);
    seal_lock_->Unlock();
  } else if (!files_.Exists(segment->path())) {
    status = Status::Ok();  // What the other process sealed is as good.
  }
  if (status.ok()) status = Adopt(*segment);
  *sealed = status.ok();
  return status;
}

// Holding sealing_mutex_: takes the sealing lock, for which another process may let wait until the lines in `path` are
// gone.
Status EmbeddedRepository::WaitForSealLock(const std::string& path, std::chrono::milliseconds wait) {
  const auto deadline = std::chrono::steady_clock::now() + wait;
  while (true) {
    Status status = TakeSealLock();
    if (status.ok() || seal_lock_ == nullptr || !files_.Exists(path)) return status;
    if (stop_ || std::chrono::steady_clock::now() >= deadline) {
      return status.WithContext(fmt::format("another process seals; waited {} ms for it", wait.count()));
    }
    std::this_thread::sleep_for(kSealLook);
  }
}

// Holding the sealing lock. What was begun in a quiet time gets what others leave it, and is called off for the next
// quiet time where commits come on and on: it would take caches and the disk from them. Once too much waits behind it,
// it is begun anew with more.
Status EmbeddedRepository::SealForUpkeep(const std::shared_ptr<OpenSegment>& segment, Seq last) {
  const Share share = IsFarBehind() ? Share::kTenth : Share::kLeftOver;
  std::atomic<bool> cancel = false;
  Seq seen = control_->durable();
  int busy_looks = 0;
  const auto look = [&] {
    const Seq durable = control_->durable();
    busy_looks = std::max(0, busy_looks + (durable != seen ? 1 : -1));
    seen = durable;
    const bool waits = share == Share::kLeftOver && (busy_looks >= kBusyLooks || IsFarBehind());
    if (stop_ || waits) cancel = true;
  };
  Status status;
  RunAtLowPriority(
      share, [&] { status = SealFile(segment, last, SealFor::kUpkeep, cancel); }, look);
  return status;
}

// Holding the sealing lock. Does nothing where another process has sealed it already.
Status EmbeddedRepository::SealFile(const std::shared_ptr<OpenSegment>& segment, Seq last, SealFor whom,
                                    const std::atomic<bool>& cancel) {
  if (!files_.Exists(segment->path())) return Status::Ok();
  auto bytes = segment->FileBytes();
  if (!bytes) return bytes.error();
  // What a failed disk left behind the beginning of the next segment belongs to no one.
  LogTail tail;
  tail.last = {segment->first().value - 1};
  tail.crc_known = false;
  ReadBehind behind(segment->Bytes(*bytes));
  ReadBatches(segment, segment->Bytes(*bytes), {last, {0}}, &tail,
              [&](const LogBatch& batch) { behind.Passed(batch.lines.data()); });
  SealOptions sealing{options_.frame_bytes, 1, 0, &cancel};
  if (whom == SealFor::kCaller) {
    sealing.threads = ThreadsOf(options_);
  } else {
    sealing.keep_lines_bytes = options_.kept_lines_bytes;
    // Room is made before it is taken.
    TrimKeptLines(options_.kept_lines_bytes - std::min(options_.kept_lines_bytes, tail.offset));
  }
  Status status = SealSegment(files_, JoinPath(path_, "log"), *segment, tail.offset, sealing);
  if (status.ok() && whom == SealFor::kUpkeep) TrimKeptLines(options_.kept_lines_bytes);
  return status;
}

// Readers use the sealed file from here on.
Status EmbeddedRepository::Adopt(const OpenSegment& was) {
  auto sealed = SealedSegment::Open(files_, JoinPath(path_, "log"), was.first());
  if (!sealed) return sealed.error();
  if (const auto kept = (*sealed)->kept_lines(); kept != nullptr && !kept->Verify()) (*sealed)->DropKeptLines();
  std::uint64_t layout = 0;
  {
    const std::lock_guard log_lock(log_mutex_);
    const std::lock_guard apply_lock(apply_mutex_);
    if (fingerprints_) fingerprints_->Replace(*sealed);
    const std::lock_guard lock(views_mutex_);
    state_.segments.Replace(*sealed);
    state_.pruning_first = (*sealed)->first();
    state_.pruning_last = (*sealed)->last();
    state_.unsaved += (*sealed)->index().records();
    layout = ++state_.versions.layout;
    ++state_.versions.any;
  }
  PruneSealed((*sealed)->first(), (*sealed)->last(), layout);
  return Status::Ok();
}

// A few rows at a time, so that neither commits nor readers wait. Readers pass over what is to be pruned.
void EmbeddedRepository::PruneSealed(Seq first, Seq last, std::uint64_t layout) {
  constexpr std::uint32_t kRowsPerHold = 2048;
  std::uint32_t row = 0;
  for (bool more = true; more;) {
    if (hold_.on_pause) hold_.on_pause();
    const std::lock_guard lock(views_mutex_);
    if (state_.versions.layout != layout) return;  // Made anew, without those postings.
    more = state_.views.PruneSome(first, last, &row, kRowsPerHold);
    ++state_.versions.any;
    if (more) continue;
    state_.pruning_first = {1};
    state_.pruning_last = {0};
  }
}

Status EmbeddedRepository::Seal() {
  if (options_.read_only) return {StatusCode::kUnavailable, path_ + " is open to read only"};
  TrimKeptLines(0);  // Before anything is written: the disk may be full.
  if (Status status = RollActive(RollIf::kAny); !status.ok()) return status;
  bool sealed = true;
  bool any = false;
  while (sealed) {
    if (Status status = SealOne(SealFor::kCaller, &sealed); !status.ok()) return status;
    any = any || sealed;
  }
  return any ? WriteSnapshot(SealFor::kCaller) : Status::Ok();
}

Status EmbeddedRepository::Rebuild() {
  const std::lock_guard sealing(sealing_mutex_);
  const std::lock_guard log_lock(log_mutex_);
  const std::lock_guard apply_lock(apply_mutex_);
  if (!options_.read_only) {
    const std::string dir = JoinPath(path_, "views");
    if (auto names = files_.List(dir)) {
      for (const std::string& name : *names) {
        if (Status status = files_.Remove(JoinPath(dir, name)); !status.ok()) return status;
      }
    }
  }
  auto loaded = LoadStore({files_, clock_, path_, options_, *control_}, true);
  if (!loaded) return loaded.error();
  fingerprints_.reset();
  declared_.reset();
  log_ = std::move(loaded->log);
  StoreState was;
  const std::lock_guard lock(views_mutex_);
  was = TakeState(std::move(loaded->state));
  known_ = log_->tail().last.value;
  return Status::Ok();
}

Result<std::unique_ptr<Repository>> OpenEmbedded(const std::string& path, const StoreOptions& options,
                                                 const StoreDeps& deps) {
  return EmbeddedRepository::Open(path, options, deps);
}

Result<std::unique_ptr<Repository>> OpenRepository(const std::string& path, const StoreOptions& options) {
  return OpenEmbedded(path, options, {});
}

}  // namespace cairn
