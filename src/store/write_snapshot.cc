// The views on disk, so that opening the store folds what came since and no more.

#include <fmt/format.h>

#include <algorithm>

#include "store/embedded_repository.h"

namespace cairn {
namespace {

constexpr std::size_t kSnapshotsKept = 2;
// So many times what is worth a snapshot at closing is worth one beside commits.
constexpr std::uint64_t kBesideCommits = 200;

}  // namespace

Status EmbeddedRepository::WriteSnapshot(SealFor whom) {
  const std::lock_guard sealing(sealing_mutex_);
  // Another process that holds the lock leaves a snapshot behind that is as good.
  if (!TakeSealLock().ok()) return Status::Ok();
  Status status = WriteSnapshotLocked(whom);
  seal_lock_->Unlock();
  return status;
}

// Of the live views, while no commit comes: ABORTED where one did.
Status EmbeddedRepository::EncodeInSlices(const SnapshotSink& sink, Seq* seq) {
  constexpr std::size_t kLocationsPerTick = 8192;
  std::shared_lock lock(views_mutex_);
  LockPause pause(lock, state_.versions.any, hold_);
  std::vector<SnapshotSegment> open;
  for (const auto& segment : state_.segments) {
    if (segment->sealed()) continue;
    const std::vector<Location>& from = static_cast<const OpenSegment&>(*segment).locations();
    std::vector<Location>& to = open.emplace_back(SnapshotSegment{segment->first(), {}}).locations;
    to.reserve(from.size());
    while (to.size() < from.size()) {
      const auto begin = from.begin() + static_cast<std::ptrdiff_t>(to.size());
      to.insert(to.end(), begin,
                begin + static_cast<std::ptrdiff_t>(std::min(kLocationsPerTick, from.size() - to.size())));
      if (!pause.Tick()) return {StatusCode::kAborted, "the views changed"};
    }
  }
  *seq = state_.place.tail.last;
  return EncodeSnapshot(state_.place, open, state_.damage, state_.views, sink, &pause);
}

// Of views of its own, folded from the newest snapshot and the log as another process would: costs time and memory, and
// keeps nobody waiting.
Status EmbeddedRepository::EncodeFromLog(const SnapshotSink& sink, Seq* seq) {
  StoreOptions options = options_;
  options.read_only = true;
  options.threads = 1;
  auto loaded = LoadStore({files_, clock_, path_, options, *control_}, false);
  if (!loaded) return loaded.error();
  const StoreState& state = loaded->state;
  std::vector<SnapshotSegment> open;
  for (const auto& segment : state.segments) {
    if (!segment->sealed()) open.push_back({segment->first(), static_cast<const OpenSegment&>(*segment).locations()});
  }
  *seq = state.place.tail.last;
  return EncodeSnapshot(state.place, open, state.damage, state.views, sink);
}

bool EmbeddedRepository::IsSnapshotOverdue() {
  const std::shared_lock lock(views_mutex_);
  return options_.snapshot_records != 0 && state_.unsaved > kBesideCommits * options_.snapshot_records;
}

Status EmbeddedRepository::WriteDurably(const std::string& path,
                                        const std::function<Status(const SnapshotSink&)>& write) {
  if (Status removed = files_.Remove(path); !removed.ok()) return removed;
  auto file = files_.OpenAppend(path, true);
  if (!file) return file.error();
  const Status written = write([&](std::string_view bytes) { return (*file)->Append(bytes); });
  return written.ok() ? (*file)->Sync() : written;
}

Status EmbeddedRepository::WriteSnapshotLocked(SealFor whom) {
  const std::string dir = JoinPath(path_, "views");
  if (Status status = MakeDirsDurably(files_, dir); !status.ok()) return status;
  Seq seq;
  const std::string temporary = JoinPath(dir, "snapshot-next.tmp");
  Status written = WriteDurably(temporary, [&](const SnapshotSink& sink) { return EncodeInSlices(sink, &seq); });
  if (written.code() == StatusCode::kAborted) {
    // There are quieter times, that of closing at the latest.
    if (whom == SealFor::kUpkeep && !IsSnapshotOverdue()) return files_.Remove(temporary);
    written = WriteDurably(temporary, [&](const SnapshotSink& sink) { return EncodeFromLog(sink, &seq); });
  }
  if (!written.ok()) {
    (void)files_.Remove(temporary);
    return written;
  }
  if (Status status = files_.Rename(temporary, JoinPath(dir, SnapshotName(seq))); !status.ok()) return status;
  if (Status status = files_.SyncDir(dir); !status.ok()) return status;
  auto names = files_.List(dir);
  if (!names) return names.error();
  std::erase_if(*names,
                [](const std::string& name) { return !name.starts_with("snapshot-") || name.ends_with(".tmp"); });
  for (std::size_t i = 0; i + kSnapshotsKept < names->size(); ++i) {
    if (Status status = files_.Remove(JoinPath(dir, (*names)[i])); !status.ok()) return status;
  }
  const std::lock_guard lock(views_mutex_);
  state_.unsaved = 0;
  return Status::Ok();
}

}  // namespace cairn
