#include "cache/disk_level.h"

namespace cairn {

Result<std::unique_ptr<DiskLevel>> DiskLevel::Open(const Options& options) {
  auto file = DiskFile::Open(options.location, options.disk, *options.files, options.random);
  if (!file) return file.error();
  auto locks = KeyLocks::Open((*file)->Path("keys.lock"));
  if (!locks) return locks.error();
  std::unique_ptr<DiskLevel> level(new DiskLevel(options, std::move(*file), std::move(*locks)));
  if (Status status = level->OnReader([&](DiskReader& reader) { return reader.CatchUp(level->generations_); });
      !status.ok()) {
    return status;
  }
  if (level->file_->was_replaced()) level->trouble_ = "the file was damaged: it was set aside and begun anew";
  return level;
}

DiskLevel::DiskLevel(const Options& options, std::unique_ptr<DiskFile> file, std::shared_ptr<KeyLocks> locks)
    : options_(options),
      file_(std::move(file)),
      locks_(std::move(locks)),
      generations_(&file_->map().sequence()),
      incarnation_(file_->map().incarnation()),
      pool_(*file_),
      queue_(options.disk.queue_bytes),
      store_(*file_, generations_, *options.clock, options.disk) {}

DiskLevel::~DiskLevel() {
  {
    const std::lock_guard lock(thread_mutex_);
    is_stopping_ = true;
    thread_wakes_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  (void)Flush();
}

void DiskLevel::AbandonInChild() {
  pool_.Clear();
  store_.Close();
  locks_->Abandon();
}

Status DiskLevel::OnReader(const std::function<Status(DiskReader&)>& run, View view) {
  const ForkGate::Pass pass(gate_);
  const std::uint64_t commits = file_->map().commits();
  auto reader = pool_.Take();
  Status status = reader.status();
  std::uint64_t incarnation = file_->map().incarnation();
  if (status.ok()) {
    incarnation = (*reader)->incarnation;
    if (incarnation != incarnation_.load(std::memory_order_acquire)) status = Renew();
    if (status.ok()) {
      status = view == View::kNew ? (*reader)->EndView()
                                  : (*reader)->KeepView(commits, options_.clock->RecentNs(), generations_);
    }
    if (status.ok()) status = run(**reader);
    if (status.ok() && !options_.has_thread) status = (*reader)->EndView();
    if (status.ok()) GiveBack(std::move(*reader));
  }
  return status.ok() ? status : Troubled(std::move(status), incarnation);
}

void DiskLevel::GiveBack(std::unique_ptr<DiskReader> reader) {
  const bool has_view = reader->has_view();
  pool_.GiveBack(std::move(reader));
  if (!has_view || has_views_.load(std::memory_order_acquire)) return;
  const std::lock_guard lock(thread_mutex_);
  has_views_.store(true, std::memory_order_release);
  WakeBy(end_views_at_, std::chrono::steady_clock::now() + std::chrono::nanoseconds(DiskReader::kViewMaxNs));
}

Status DiskLevel::OnStore(const std::function<Status(DiskStore&)>& run) {
  const ForkGate::Pass pass(gate_);
  const std::uint64_t incarnation = file_->map().incarnation();
  const std::lock_guard lock(store_mutex_);
  if (incarnation != incarnation_.load(std::memory_order_acquire)) {
    if (Status status = Renew(); !status.ok()) return status;
  }
  // They would keep the write-ahead log from being begun anew, and what is written now outdates them.
  if (has_views_.load(std::memory_order_acquire)) pool_.EndViews();
  Status status = run(store_);
  if (!status.ok()) {
    store_.Close();
    return Troubled(std::move(status), incarnation);
  }
  const std::lock_guard trouble_lock(trouble_mutex_);
  trouble_.clear();
  return status;
}

Status DiskLevel::Renew() {
  // Another file stands: its generations begin beyond those of the one before.
  const std::uint64_t incarnation = file_->map().incarnation();
  generations_.Restart(incarnation);
  incarnation_.store(incarnation, std::memory_order_release);
  return Status::Ok();
}

Status DiskLevel::Troubled(Status status, std::uint64_t incarnation) {
  if (status.code() == StatusCode::kDataLoss) {
    const Status replaced = file_->Replace(incarnation);
    if (!replaced.ok()) status = replaced.WithContext(status.message());
  }
  const std::lock_guard lock(trouble_mutex_);
  trouble_ = status.message();
  return status;
}

Status DiskLevel::CatchUp() {
  const bool is_same_file = file_->map().incarnation() == incarnation_.load(std::memory_order_acquire);
  if (is_same_file && generations_.announced() <= generations_.applied()) return Status::Ok();
  return OnReader([this](DiskReader& reader) { return reader.CatchUp(generations_); });
}

DiskLevel::Found DiskLevel::Judge(const EntryKey& key, Found found) const {
  // A key that is invalidated is deleted or marked here, so that none is uncertain.
  const auto verdict = generations_.Check({key.text_hash, key.text}, found.tags, found.sequence);
  if (verdict.is_removed) return {};
  found.is_expired |= verdict.is_expired;
  return found;
}

Result<DiskLevel::Found> DiskLevel::Read(const EntryKey& key, bool is_counted) {
  if (const auto queued = queue_.Find(key.hash); queued != nullptr && queued->text == key.text) {
    if (Status status = CatchUp(); !status.ok()) return status;
    return Judge(key, {queued->bytes, false, queued->sequence, queued->tags, queued->drop_after});
  }
  Found found;
  bool is_damaged = false;
  const auto read = [&](DiskReader& reader) { return ReadFrom(reader, key, found, is_damaged); };
  // By reference: a hit allocates no more than its bytes.
  const Status status = OnReader(std::ref(read), View::kKept);
  if (!status.ok()) return status;
  if (is_damaged) {
    Drop(key.hash);
    return {StatusCode::kDataLoss, "an entry of the cache file is damaged: " + std::string(key.text)};
  }
  if (found.bytes.empty()) return found;
  if (is_counted) file_->map().Touch(key.hash);
  return Judge(key, std::move(found));
}

Status DiskLevel::ReadFrom(DiskReader& reader, const EntryKey& key, Found& found, bool& is_damaged) {
  auto& entry = reader.entry;
  const auto has_row = entry.Bind(1, key.hash).Step();
  if (!has_row) return has_row.error();
  if (!*has_row) return Status::Ok();
  if (entry.Bytes(0) == key.text) {
    found.is_expired = entry.Int(1) != 0;
    found.drop_after = {entry.Int(3)};
    auto row = ReadDiskRow(entry.Bytes(2));
    is_damaged = !row;
    if (row) {
      found.sequence = row->sequence;
      found.tags = std::move(row->tags);
      found.bytes = row->entry;
    }
  }
  entry.Reset();
  return Status::Ok();
}

void DiskLevel::Drop(std::uint64_t hash) {
  // It stays where the file cannot be written now, and is found damaged again.
  (void)OnStore([&](DiskStore& store) { return store.Delete(hash); });
}

Result<std::uint64_t> DiskLevel::Invalidate(const DiskInvalidation& what, std::vector<std::string>* matched) {
  std::uint64_t deleted = 0;
  // So that a glob finds the keys that wait, too. Where they cannot be written, the generations tell on them.
  (void)Flush();
  for (;;) {
    const std::uint64_t before = file_->map().incarnation();
    const Status status = OnStore([&](DiskStore& store) {
      auto done = store.Invalidate(what, matched);
      if (done) deleted = *done;
      if (done && !what.tags.empty() && what.verb == CacheVerb::kRemove) wants_sweep_ = true;
      return done.status();
    });
    // A file that was replaced meanwhile holds nothing of before; the one after it must hear of this.
    if (file_->map().incarnation() != before) continue;
    if (!status.ok()) return status;
    return deleted;
  }
}

Result<std::optional<std::uint64_t>> DiskLevel::ExchangeStructure(std::uint64_t text_hash, std::uint64_t structure) {
  std::optional<std::uint64_t> before;
  const Status status = OnStore([&](DiskStore& store) {
    return store.InTransaction([&](SqliteConnection& db) -> Status {
      auto find = db.Prepare("SELECT structure FROM structures WHERE hash=?1");
      if (!find) return find.error();
      const auto row = find->Bind(1, text_hash).Step();
      if (!row) return row.error();
      if (*row) before = find->Unsigned(0);
      if (before == structure) return Status::Ok();
      auto put = db.Prepare("INSERT INTO structures VALUES(?1, ?2) ON CONFLICT DO UPDATE SET structure=?2");
      if (!put) return put.error();
      return put->Bind(1, text_hash).Bind(2, structure).Run();
    });
  });
  if (!status.ok()) return status;
  return before;
}

CacheLevelStats DiskLevel::Stats() {
  CacheLevelStats stats;
  stats.level = CacheLevel::kDisk;
  stats.bytes_max = options_.disk.bytes;
  const Status status = OnReader([&](DiskReader& reader) -> Status {
    const auto entries = reader.db->Number("SELECT entries FROM state");
    if (!entries) return entries.error();
    stats.entries = static_cast<std::uint64_t>(*entries);
    return Status::Ok();
  });
  for (const char* name : {"cache.db", "cache.db-wal", "cache.db-shm", "cache.map"}) {
    if (const auto size = options_.files->Size(file_->Path(name)); size) stats.bytes += *size;
  }
  const std::lock_guard lock(trouble_mutex_);
  stats.is_open = status.ok();
  stats.state = trouble_.empty() ? "open" : trouble_;
  return stats;
}

std::map<std::string, CacheCounts> DiskLevel::TakeCounts() {
  const std::lock_guard lock(store_mutex_);
  return store_.TakeCounts();
}

}  // namespace cairn
