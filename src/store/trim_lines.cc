// How many of the lines of sealed segments stay beside them for reading (log/kept_lines.h).

#include <algorithm>

#include "log/sealed_segment.h"
#include "store/embedded_repository.h"

namespace cairn {

// The newest stay, up to so many bytes in all, and none whose segment is gone. Whether any were removed.
bool EmbeddedRepository::TrimKeptLines(std::uint64_t bytes_max) {
  const std::string log = JoinPath(path_, "log");
  auto names = files_.List(JoinPath(path_, "views"));
  if (!names) return false;
  std::sort(names->rbegin(), names->rend());
  bool has_removed = false;
  std::uint64_t bytes = 0;
  for (const std::string& name : *names) {
    if (bytes_max == 0 && name.ends_with(std::string(kKeptSuffix) + ".tmp")) {  // On their way, or never to come.
      (void)files_.Remove(JoinPath(JoinPath(path_, "views"), name));            // Its space is free once it is closed.
      continue;
    }
    const Seq first = SegmentFirst(name);
    if (first.value == 0 || name != SegmentName(first) + std::string(kKeptSuffix)) continue;
    const std::string path = KeptLines::Path(log, first);
    const auto size = files_.Size(path);
    if (!size) continue;
    const bool has_room = bytes + *size <= bytes_max;
    if (has_room && files_.Exists(JoinPath(log, SegmentName(first) + std::string(kSealedSuffix)))) {
      bytes += *size;
      continue;
    }
    if (!has_room) bytes_max = bytes;  // Nothing older than what had no room.
    has_removed = files_.Remove(path).ok() || has_removed;
  }
  DropLostLines();
  return has_removed;
}

// Those whose places are sound are read without looking at each; the others are let go, and those that are gone.
void EmbeddedRepository::LookAtKeptLines() {
  SegmentList segments;
  {
    const std::shared_lock lock(views_mutex_);
    segments = state_.segments;
  }
  for (const auto& segment : segments) {
    if (stop_) return;
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const auto kept = sealed.kept_lines();
    if (kept != nullptr && !kept->Verify()) sealed.DropKeptLines();
  }
}

// Lets go of lines that were removed, here or by another process: as long as they are mapped they take the disk.
void EmbeddedRepository::DropLostLines() {
  SegmentList segments;
  {
    const std::shared_lock lock(views_mutex_);
    segments = state_.segments;
  }
  for (const auto& segment : segments) {
    if (!segment->sealed()) continue;
    const auto& sealed = static_cast<const SealedSegment&>(*segment);
    const bool lost =
        sealed.kept_lines() != nullptr && !files_.Exists(KeptLines::Path(JoinPath(path_, "log"), segment->first()));
    if (lost) sealed.DropKeptLines();
  }
}

}  // namespace cairn
