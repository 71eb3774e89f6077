#include "scan/committer.h"

#include <algorithm>
#include <utility>

#include "scan/file_name.h"

namespace cairn {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr std::size_t kQueueMax = 4096;
constexpr std::size_t kReleaseEvery = 300;
constexpr std::size_t kNewPathsMax = 200'000;
constexpr std::chrono::milliseconds kCommitEvery{500};
// What is stored together is synced once: so many are waited for, so long at most.
constexpr std::size_t kGather = 256;
constexpr std::chrono::milliseconds kGatherFor{20};

}  // namespace

Committer::Committer(LazyStore& store, StateDb& state, KnownResults& results, MethodTable& methods, Clock& clock,
                     ScanCounts& counts, Options options)
    : store_(store),
      state_(state),
      results_(results),
      methods_(methods),
      clock_(clock),
      counts_(counts),
      options_(std::move(options)),
      thread_([this] { Work(); }) {}

Committer::~Committer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  has_items_.notify_all();
  thread_.join();
}

void Committer::Add(Item item) {
  std::unique_lock lock(mutex_);
  has_room_.wait(lock, [&] { return items_.size() < kQueueMax; });
  items_.push_back(std::move(item));
  // The first, and what makes enough of them: waking it for each would cost more than the file.
  const bool wakes = items_.size() == 1 || items_.size() == kGather;
  lock.unlock();
  if (wakes) has_items_.notify_one();
}

void Committer::AwaitEarlier() {
  std::unique_lock lock(mutex_);
  is_idle_.wait(lock, [&] { return !is_busy_; });
}

void Committer::Expect() {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(expects_, true)) has_items_.notify_one();
}

void Committer::FolderDone(std::shared_ptr<FolderWork> folder) { Add({std::move(folder), nullptr, nullptr, {}}); }

void Committer::FileDone(std::shared_ptr<FileTask> task, std::optional<Produced> produced) {
  Item item{task->folder, task, nullptr, {}};
  if (produced) {
    item.found = std::static_pointer_cast<FileFound>(std::move(produced->detail));
    item.records = std::move(produced->records);
  }
  Add(std::move(item));
}

void Committer::Close(Closing closing, Saving saving) {
  {
    const std::lock_guard lock(mutex_);
    flushing_ = true;
    closing_ = std::move(closing);
    saving_ = std::move(saving);
  }
  has_items_.notify_all();
}

Status Committer::Flush() {
  std::unique_lock lock(mutex_);
  is_idle_.wait(lock, [&] { return items_.empty() && !is_busy_ && !flushing_; });
  return status_;
}

// Where there is no state yet, it is made while the first files are read.
Status Committer::Begin() {
  if (Status earlier = Sweep(); !earlier.ok()) return earlier;
  return state_.Make();
}

void Committer::Work() {
  using SteadyClock = std::chrono::steady_clock;
  Status begun = Begin();
  auto committed = SteadyClock::now();
  bool is_open = false;  // The state has writes that are not committed.
  bool waits_for_store = options_.makes_store;
  std::vector<Item> items;
  std::unique_lock lock(mutex_);
  status_ = std::move(begun);
  has_failed_ = !status_.ok();
  is_busy_ = false;
  is_idle_.notify_all();
  if (waits_for_store) {
    has_items_.wait(lock, [&] { return expects_ || !items_.empty() || ending_ || flushing_; });
    const bool expects = expects_ && status_.ok();
    lock.unlock();
    if (expects) (void)store_.Get();  // `Step` says what is wrong with it.
    lock.lock();
  }
  for (;;) {
    const auto ready = [&] { return !items_.empty() || ending_ || flushing_; };
    if (is_open) {
      has_items_.wait_until(lock, committed + kCommitEvery, ready);
    } else {
      has_items_.wait(lock, ready);
    }
    const bool makes_store = std::exchange(waits_for_store, false);
    const auto has_enough = [&] { return items_.size() >= kGather || ending_ || flushing_ || makes_store; };
    if (!items_.empty() && !has_enough()) {
      const bool stores = !items_.front().records.empty();
      const auto until = SteadyClock::now() + kGatherFor;
      lock.unlock();
      if (stores) (void)store_.Get();  // Opened meanwhile; `Step` says what is wrong with it.
      lock.lock();
      has_items_.wait_until(lock, until, has_enough);
    }
    items.clear();
    while (!items_.empty() && items.size() < kBatch) {
      items.push_back(std::move(items_.front()));
      items_.pop_front();
    }
    const Closing closing = items_.empty() && flushing_ ? std::exchange(closing_, nullptr) : nullptr;
    is_busy_ = true;
    const bool failed = !status_.ok();
    lock.unlock();
    has_room_.notify_all();
    Status status;
    if (!failed && (!items.empty() || closing)) {
      is_open = true;
      status = Step(items, closing);
      ReleaseLog(items.size());
    }
    items.clear();
    const auto now = SteadyClock::now();
    lock.lock();
    // What came, or was closed, meanwhile is stored before the last commit.
    const bool wanted = items_.empty() && !closing_ && (flushing_ || ending_);
    const bool is_due = is_open && (wanted || now - committed >= kCommitEvery);
    const Saving saving = wanted ? std::exchange(saving_, nullptr) : nullptr;
    if (status.ok() && !failed && (is_due || saving || (wanted && is_ahead_))) {
      lock.unlock();
      if (saving) status = saving();
      if (status.ok() && wanted && is_ahead_) status = state_.SaveMeta(kMetaAhead, "");
      if (status.ok()) status = CommitState();
      if (wanted) is_ahead_ = false;
      lock.lock();
      committed = now;
      is_open = false;
    }
    is_busy_ = false;
    if (status_.ok() && !status.ok()) status_ = status;
    has_failed_ = !status_.ok();
    if (items_.empty() && !closing_) {
      flushing_ = flushing_ && !wanted;
      is_idle_.notify_all();
      if (ending_) return;
    }
  }
}

// What stood of each file is read once, and would stay in memory: in a log of a million files more than all the rest.
void Committer::ReleaseLog(std::size_t items) {
  done_since_release_ += items;
  if (done_since_release_ < kReleaseEvery || !options_.release_log) return;
  done_since_release_ = 0;
  if (Repository* store = store_.opened()) options_.release_log(*store);
}

// Only once: nothing comes after it, and nothing that is counted later.
bool Committer::MayClose(const std::vector<Item>& items) const {
  if (has_removals_) return false;
  const bool has_records = counts_.records != 0 || std::any_of(items.begin(), items.end(),
                                                               [](const Item& item) { return !item.records.empty(); });
  return has_records && std::none_of(items.begin(), items.end(), [](const Item& item) {
           return !item.folder->removals.empty() || !item.folder->lost_folders.empty() ||
                  (item.found != nullptr && item.found->gone);
         });
}

Status Committer::Step(std::vector<Item>& items, const Closing& closing) {
  std::vector<std::string_view> records;
  for (Item& item : items) {
    FolderWork& folder = *item.folder;
    if (item.task == nullptr && folder.problem != folder.problem_before) {
      item.records.push_back(
          FileRecord(options_.frame, folder.path, clock_.Now(), FolderPayload(folder.problem), "the folder's rights"));
    }
    records.insert(records.end(), item.records.begin(), item.records.end());
    if (item.task != nullptr) Count(item);
  }
  const bool closes = closing && MayClose(items);
  const std::vector<std::string> last = closes ? closing() : std::vector<std::string>();
  records.insert(records.end(), last.begin(), last.end());
  if (!records.empty()) {
    if (Status noted = NoteAhead(); !noted.ok()) return noted;
  }
  auto all = Store(records);
  if (!all) return all.error();
  const auto& stored = *all;
  std::size_t at = 0;
  for (Item& item : items) {
    std::optional<std::uint64_t> seq;
    for (std::size_t i = 0; i < item.records.size(); ++i, ++at) {
      if (!stored[at]) return stored[at].error().WithContext("storing what a scan found");
      if (!stored[at]->known) ++counts_.records;
      if (i == 0) seq = stored[at]->seq.value;
    }
    if (item.task != nullptr) Apply(item, seq);
    if (item.folder->pending == 0) {
      if (Status saved = SaveFolder(*item.folder); !saved.ok()) return saved;
    }
  }
  for (; at < stored.size(); ++at) {
    if (!stored[at]) return stored[at].error();
  }
  is_closed_ = closes;
  return Status::Ok();
}

Result<std::vector<Result<Stored>>> Committer::Store(const std::vector<std::string_view>& records) {
  if (records.empty()) return std::vector<Result<Stored>>();
  auto store = store_.Get();
  if (!store) return store.error();
  return (*store)->BulkStore(records);
}

void Committer::Apply(const Item& item, std::optional<std::uint64_t> seq) {
  FolderWork& folder = *item.folder;
  StateEntry& entry = folder.entries[item.task->at];
  --folder.pending;
  if (item.found == nullptr) {
    entry.flags |= StateEntry::kPending;
    return;
  }
  if (item.found->gone) {
    folder.is_gone[item.task->at] = 1;
    if (entry.output != 0) {
      folder.removals.push_back(
          {(folder.path == "/" ? "/" : folder.path + "/") + std::string(entry.name), entry.content, "it is gone"});
    }
    return;
  }
  const std::string_view name = entry.name;
  entry = item.found->entry;
  entry.name = name;
  if (seq) {
    entry.seq = *seq;
    if (item.found->result_key != ContentHash{}) new_results_.emplace_back(item.found->result_key, *seq);
    if (!item.task->was_known && options_.finds_renames && new_paths_.size() < kNewPathsMax &&
        entry.content != ContentHash{}) {
      new_paths_.emplace(entry.content, (folder.path == "/" ? "/" : folder.path + "/") + std::string(name));
    }
  }
}

void Committer::Count(const Item& item) {
  if (item.found == nullptr) return;
  const FileFound& found = *item.found;
  ++counts_.read;
  if (found.gone) return;
  counts_.bytes_hashed += found.bytes;
  if (found.extracted) ++counts_.extracted;
  if (found.reused) ++counts_.reused;
  if (found.is_problem) ++counts_.problems;
  if (item.records.empty()) {
    ++counts_.same;
  } else if (item.task->was_known) {
    ++counts_.changed;
  } else {
    ++counts_.added;
  }
}

Status Committer::SaveFolder(FolderWork& folder) {
  has_removals_ = has_removals_ || !folder.removals.empty() || !folder.lost_folders.empty();
  for (const std::string& lost : folder.lost_folders) {
    if (Status done = LoseFolder(lost, folder.lost_reason); !done.ok()) return done;
    if (lost == folder.path) return Status::Ok();
  }
  for (const Removal& removal : folder.removals) {
    if (Status saved = state_.SaveRemoval(removal); !saved.ok()) return saved;
  }
  StoredFolder row;
  row.problem = folder.problem;
  for (std::size_t i = 0; i < folder.entries.size(); ++i) {
    if (folder.is_gone[i] == 0) AppendEntry(row.entries, folder.entries[i]);
  }
  return state_.SaveFolder(folder.path, row);
}

Status Committer::LoseFolder(const std::string& path, const std::string& reason) {
  std::vector<std::string> folders;
  const auto collect = [&folders](std::string_view folder, const StoredFolder&) { folders.emplace_back(folder); };
  if (Status done = state_.EachFolder(path, collect); !done.ok()) return done;
  for (const std::string& folder : folders) {
    auto row = state_.LoadFolder(folder);
    if (!row) return row.error();
    if (!*row) continue;
    for (EntryReader reader((*row)->entries); reader.entry() != nullptr; reader.Next()) {
      const StateEntry& entry = *reader.entry();
      if (entry.output == 0) continue;
      const Removal removal{folder + "/" + std::string(entry.name), entry.content, reason};
      if (Status saved = state_.SaveRemoval(removal); !saved.ok()) return saved;
    }
    if (!(*row)->problem.empty()) {
      if (Status saved = state_.SaveRemoval({folder, {}, reason}); !saved.ok()) return saved;
    }
    if (Status dropped = state_.DropFolder(folder); !dropped.ok()) return dropped;
  }
  return Status::Ok();
}

// A first scan needs none: its state does not know the store yet.
Status Committer::NoteAhead() {
  if (is_ahead_ || options_.makes_store) return Status::Ok();
  is_ahead_ = true;
  if (Status saved = state_.SaveMeta(kMetaAhead, "yes"); !saved.ok()) return saved;
  return CommitState();
}

Status Committer::CommitState() {
  for (const auto& [id, method] : methods_.TakeNew()) {
    if (Status saved = state_.SaveMethod(id, method); !saved.ok()) return saved;
  }
  for (const auto& [key, seq] : new_results_) {
    if (Status saved = state_.SaveResult(key, {seq}); !saved.ok()) return saved;
  }
  const bool has_results = !new_results_.empty();
  new_results_.clear();
  if (Status done = state_.Commit(); !done.ok()) return done;
  if (has_results) results_.NoteInState();
  return Status::Ok();
}

Status Committer::Sweep() {
  for (;;) {
    auto removals = state_.LoadRemovals(kBatch);
    if (!removals) return removals.error();
    if (removals->empty()) break;
    std::vector<std::string> records;
    for (const Removal& removal : *removals) {
      std::vector<std::string> renamed_to;
      if (removal.content != ContentHash{}) {
        const auto [begin, end] = new_paths_.equal_range(removal.content);
        for (auto at = begin; at != end; ++at) renamed_to.push_back(at->second);
        std::sort(renamed_to.begin(), renamed_to.end());
      }
      if (!renamed_to.empty()) ++counts_.renamed;
      ++counts_.removed;
      records.push_back(FileRecord(options_.frame, removal.path, clock_.Now(),
                                   RemovedPayload(removal.reason, renamed_to),
                                   renamed_to.empty() ? "gone" : "renamed"));
      if (results_.Contents(FileNode(options_.frame.tenant, removal.path), true) == kContentsNone) continue;
      records.push_back(ContentsRecord(options_.frame, removal.path, clock_.Now(), std::string(kContentsNone)));
    }
    const std::vector<std::string_view> views(records.begin(), records.end());
    auto all = Store(views);
    if (!all) return all.error();
    for (const auto& stored : *all) {
      if (!stored) return stored.error().WithContext("recording what is gone");
      ++counts_.records;
    }
    for (const Removal& removal : *removals) {
      if (Status dropped = state_.DropRemoval(removal.path); !dropped.ok()) return dropped;
    }
    if (Status done = state_.Commit(); !done.ok()) return done;
  }
  new_paths_.clear();
  has_removals_ = false;
  return state_.Commit();
}

}  // namespace cairn
