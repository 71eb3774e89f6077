// Zeros ahead of what is appended: `Log`, as far as it is about them.

#include <algorithm>
#include <cstring>
#include <string>

#include "log/log.h"

namespace cairn {
namespace {

constexpr std::uint64_t kShortCommitBytes = std::uint64_t{64} << 10;
constexpr std::int64_t kPauseNs = 100'000'000;
constexpr std::uint64_t kPieceBytes = std::uint64_t{256} << 10;

// Where the zeros begin that `bytes` ends with.
std::size_t EndBeforeZeros(std::string_view bytes) {
  constexpr std::size_t kStep = 4096;
  static constexpr char kZeros[kStep] = {};
  std::size_t end = bytes.size();
  while (end >= kStep && std::memcmp(bytes.data() + end - kStep, kZeros, kStep) == 0) end -= kStep;
  while (end != 0 && bytes[end - 1] == '\0') --end;
  return end;
}

}  // namespace

// Whether nobody wrote since and nothing is torn. The lock is held.
bool Log::IsCurrent() {
  if (active_ == nullptr || writer_ == nullptr || poisoned_) return false;
  if (control_.durable() != tail_.last || control_.active() != active_->first()) return false;
  const auto bytes = writer_->Size();
  if (!bytes || *bytes < tail_.offset) return false;
  has_room_ = *bytes > tail_.offset;
  if (*bytes < room_end_) short_commits_ = 0;  // Another cut it off.
  room_end_ = std::min(room_end_, *bytes);
  // What a process that died was writing begins here.
  return !has_room_ || (has_looked_ && active_->Bytes(*bytes)[tail_.offset] == '\0');
}

// Where what was written ends, which may be torn. The lock is held. As long as the machine runs (`exact`) what was
// written stands from its first byte on; after a power cut any page of it may be missing, and in a copy of a store that
// was in use any piece. So the first look is at all that stands there.
Result<std::uint64_t> Log::FindEnd(bool exact) {
  const auto bytes = writer_->Size();
  if (!bytes) return bytes.error();
  has_room_ = false;
  if (*bytes <= tail_.offset) return *bytes;
  const std::string_view rest = active_->Bytes(std::min(*bytes, kSegmentMapBytes)).substr(tail_.offset);
  const bool is_whole = exact && has_looked_;
  const std::size_t length = is_whole ? std::min(rest.find('\0'), rest.size()) : EndBeforeZeros(rest);
  has_looked_ = true;
  has_room_ = length < rest.size();
  return tail_.offset + length;
}

// Before a batch of `bytes` is written. Where commits are short and follow one upon the other, each waits for a sync:
// the segment is lengthened once for many of them. A hint: where the disk has no room there is none.
void Log::MakeRoom(std::uint64_t bytes, Timestamp now) {
  const bool follows =
      options_.sync == Sync::kAlways && bytes <= kShortCommitBytes && tail_.ingested_at.ns >= now.ns - kPauseNs;
  short_commits_ = follows ? short_commits_ + 1 : 0;
  if (short_commits_ <= options_.room_after || !may_make_room_) return;
  const std::uint64_t end = std::min(tail_.offset + options_.room_bytes, options_.segment_bytes);
  if (end < tail_.offset + bytes) return;
  const auto size = writer_->Size();
  if (!size || *size >= tail_.offset + bytes) return;
  const std::string zeros(std::min(kPieceBytes, options_.room_bytes), '\0');
  for (std::uint64_t at = *size; at < end;) {
    const std::uint64_t piece = std::min<std::uint64_t>(end - at, zeros.size());
    if (!writer_->WriteAt(at, std::string_view(zeros).substr(0, piece)).ok()) {
      may_make_room_ = false;  // Until the next segment: what is left of the disk is for others.
      has_room_ = !writer_->Truncate(tail_.offset).ok();
      return;
    }
    at += piece;
    has_room_ = true;
  }
  has_looked_ = true;
  room_end_ = end;
}

// Nothing but zeros is cut off, and they do no harm where they stay. The lock is held.
void Log::CutZeros() {
  if (!has_room_) return;
  const auto bytes = writer_->Size();
  if (!bytes || *bytes < tail_.offset) return;
  if (EndBeforeZeros(active_->Bytes(std::min(*bytes, kSegmentMapBytes)).substr(tail_.offset)) != 0) {
    has_looked_ = false;  // The next taker of the lock sees to it.
    return;
  }
  if (writer_->Truncate(tail_.offset).ok()) {
    has_room_ = false;
    room_end_ = 0;
    short_commits_ = 0;
  }
}

void Log::CutRoom() {
  constexpr std::int64_t kQuietNs = 1'000'000'000;
  if (!has_room_) return;
  if (own_last_ != tail_.last && clock_.Now().ns - kQuietNs < tail_.ingested_at.ns) return;
  if (!control_.lock()->TryLock().ok()) return;
  if (IsCurrent()) CutZeros();  // Else who wrote since sees to it.
  has_room_ = false;            // What could not be cut is not tried again before somebody wrote.
  Unlock();
}

}  // namespace cairn
