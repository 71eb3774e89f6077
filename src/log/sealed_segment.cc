#include "log/sealed_segment.h"

#include <fmt/format.h>

namespace cairn {

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
  return std::shared_ptr<SealedSegment>(new SealedSegment(first, std::move(*frames), std::move(*index)));
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

}  // namespace cairn
