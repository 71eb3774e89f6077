#include "log/sealed_segment.h"

#include <fmt/format.h>

#include <ctime>

namespace cairn {
namespace {

// A clock that costs a few nanoseconds and is as exact as the kernel's tick.
std::int64_t CoarseNow() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

}  // namespace

Result<std::shared_ptr<SealedSegment>> SealedSegment::Open(FileSystem& files, const std::string& dir, Seq first) {
  const std::string base = JoinPath(dir, SegmentName(first));
  auto index = IndexReader::Open(files, base + std::string(kIndexSuffix));
  if (!index) return index.error();
  auto frames = FrameReader::Open(files, base + std::string(kSealedSuffix));
  if (!frames) return frames.error();
  if ((*index)->header().first_seq != first.value || (*index)->records() == 0 ||
      (*index)->header().uncompressed_bytes != (*frames)->uncompressed_bytes()) {
    return Status(StatusCode::kDataLoss, base + std::string(kIndexSuffix) + ": does not belong to its segment");
  }
  auto kept = KeptLines::Open(files, dir, **index);
  return std::shared_ptr<SealedSegment>(
      new SealedSegment(first, std::move(*frames), std::move(*index), std::move(kept)));
}

Result<std::shared_ptr<const FrameReader::Frame>> SealedSegment::CachedFrame(std::size_t frame) const {
  Slot& slot = slots_[frame % kSlots];
  {
    const std::lock_guard lock(slot.mutex);
    if (slot.frame == frame) return slot.bytes;
  }
  auto read = frames_->Read(frame);
  if (!read) return read.error();
  const std::lock_guard lock(slot.mutex);
  slot.frame = frame;
  slot.bytes = *read;
  return *read;
}

Result<PinnedLine> SealedSegment::Line(Location location) const {
  if (location.offset >= frames_->uncompressed_bytes()) {
    return Status(StatusCode::kDataLoss, fmt::format("segment {}: no line at byte {}; its index is damaged",
                                                     SegmentName(first()), location.offset));
  }
  auto frame = CachedFrame(frames_->FrameAt(location.offset));
  if (!frame) return frame.error();
  const std::string_view text = (*frame)->text().substr(location.offset - (*frame)->begin);
  const std::size_t newline = text.find('\n');
  return PinnedLine{text.substr(0, newline), *frame};
}

Result<PinnedLine> SealedSegment::LineOfRecord(std::uint32_t record) const {
  const auto offset = index_->LineOffset(record);
  if (!offset) return Status(StatusCode::kDataLoss, "segment " + SegmentName(first()) + ": its index is damaged");
  return Line({*offset, 0});
}

std::shared_ptr<const KeptLines> SealedSegment::kept_lines() const {
  const std::lock_guard lock(kept_mutex_);
  if (kept_ == nullptr) return nullptr;
  // Asking for each history whether the files of all segments still stand would cost as much as reading the history.
  const std::int64_t now = CoarseNow();
  if (now - kept_looked_ns_ >= std::chrono::nanoseconds(kLookEvery).count()) {
    kept_looked_ns_ = now;
    if (!kept_->Stands()) kept_.reset();
  }
  return kept_;
}

void SealedSegment::DropKeptLines() const {
  const std::lock_guard lock(kept_mutex_);
  kept_.reset();
}

void SealedSegment::Release() const {
  frames_->Release();
  index_->Release();
  if (const auto kept = kept_lines()) kept->Release();
}

}  // namespace cairn
