#include "log/sealed_segment.h"

#include <fmt/format.h>

#include "base/prefetch.h"
#include "log/line.h"

namespace cairn {
namespace {

// What may stand between two record lines, with the ends of both.
constexpr std::uint32_t kCommitAtMost = kCommitLineBytesMax + 2;

// Whether the lines end at that commit, whose checksum goes on from all before it: those of another log may be as long.
bool EndsWith(std::string_view lines, std::uint32_t crc) {
  if (!lines.ends_with('\n')) return false;
  lines.remove_suffix(1);
  const auto commit = ParseCommitLine(lines.substr(lines.rfind('\n') + 1));
  return commit && commit->crc == crc;
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
  auto kept = MapKeptLines(files, dir, first, (*frames)->uncompressed_bytes());
  if (kept != nullptr && !EndsWith({kept->data(), (*frames)->uncompressed_bytes()}, (*index)->header().last_crc)) {
    kept.reset();
  }
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

std::shared_ptr<const Mapping> SealedSegment::kept_lines() const {
  const std::lock_guard lock(kept_mutex_);
  if (kept_ != nullptr) {
    // Who cuts it leaves nothing behind its end that could be read.
    const auto bytes = kept_->FileBytes();
    if (!bytes || *bytes != frames_->uncompressed_bytes() || kept_->IsRemoved()) kept_.reset();
  }
  return kept_;
}

void SealedSegment::DropKeptLines() const {
  const std::lock_guard lock(kept_mutex_);
  kept_.reset();
}

std::optional<std::uint32_t> SealedSegment::OffsetOf(Seq seq) const {
  return index_->LineOffset(static_cast<std::uint32_t>(seq.value - first().value));
}

void SealedSegment::FetchKeptLine(const Mapping& kept, Seq seq, std::uint32_t offset) const {
  PrefetchLine(kept.data() + offset);
  const auto next = OffsetOf({seq.value + 1});
  if (!next || *next <= kCommitAtMost || *next > frames_->uncompressed_bytes()) return;
  for (const std::uint32_t back : {kCommitAtMost, kCommitAtMost / 2, 1U}) PrefetchLine(kept.data() + *next - back);
}

std::string_view SealedSegment::KeptLine(const Mapping& kept, Seq seq, std::uint32_t offset) const {
  const std::string_view lines(kept.data(), frames_->uncompressed_bytes());
  if (offset >= lines.size()) return {};
  // Most often the next record's line follows; else a commit line stands between. Looking for the line's end from its
  // beginning would wait for all of it to come from memory.
  const auto next = OffsetOf({seq.value + 1});
  std::size_t from = offset;
  if (next && *next > offset + kCommitAtMost && *next < lines.size()) from = *next - kCommitAtMost;
  const std::size_t end = lines.find('\n', from);
  if (end == std::string_view::npos || end + 1 == lines.size()) return {};  // Behind it stands a commit line.
  const std::string_view line = lines.substr(offset, end - offset);
  return RecordOf(line, seq).empty() ? std::string_view() : line;
}

void SealedSegment::Release() const {
  frames_->Release();
  index_->Release();
  if (const auto kept = kept_lines()) kept->Release();
}

}  // namespace cairn
