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
  // What a process that died was writing begins here.
  return !has_room_ || active_->Bytes(*bytes)[tail_.offset] == '\0';
}

// Where what was written ends, which may be torn. The lock is held. As long as the machine runs (`exact`) what was
// written stands from its first byte on; after a power cut any page of it may be missing.
Result<std::uint64_t> Log::FindEnd(bool exact) {
  const auto bytes = writer_->Size();
  if (!bytes) return bytes.error();
  has_room_ = false;
  if (*bytes <= tail_.offset) return *bytes;
  const std::string_view rest = active_->Bytes(std::min(*bytes, kSegmentMapBytes)).substr(tail_.offset);
  const std::size_t length = exact ? std::min(rest.find('\0'), rest.size()) : EndBeforeZeros(rest);
  has_room_ = length < rest.size();
  return tail_.offset + length;
}

// Before a batch of `bytes` is written. Where commits are short and follow one upon the other, each waits for a sync:
// the segment is lengthened once for many of them. A hint: where the disk has no room there is none.
void Log::MakeRoom(std::uint64_t bytes, Timestamp now) {
  const bool follows =
      options_.sync == Sync::kAlways && bytes <= kShortCommitBytes && tail_.ingested_at.ns >= now.ns - kPauseNs;
  short_commits_ = follows ? short_commits_ + 1 : 0;
  if (short_commits_ <= options_.room_after || options_.room_bytes == 0) return;
  const auto size = writer_->Size();
  if (!size || *size >= tail_.offset + bytes) return;
  const std::uint64_t end = std::min(tail_.offset + options_.room_bytes, options_.segment_bytes);
  const std::string zeros(std::min(kPieceBytes, options_.room_bytes), '\0');
  for (std::uint64_t at = *size; at < end;) {
    const std::uint64_t piece = std::min<std::uint64_t>(end - at, zeros.size());
    if (!writer_->WriteAt(at, std::string_view(zeros).substr(0, piece)).ok()) {
      (void)writer_->Truncate(tail_.offset);
      short_commits_ = 0;
      has_room_ = false;
      return;
    }
    at += piece;
    has_room_ = true;
  }
}

void Log::CutRoom() {
  if (!has_room_ || !control_.lock()->TryLock().ok()) return;
  // Who wrote since sees to it.
  if (IsCurrent() && has_room_ && writer_->Truncate(tail_.offset).ok()) has_room_ = false;
  Unlock();
}

}  // namespace cairn
