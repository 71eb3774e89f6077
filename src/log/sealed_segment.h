#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>

#include "log/frames.h"
#include "log/index_reader.h"
#include "log/kept_lines.h"
#include "log/segment.h"

namespace cairn {

/// A sealed segment: compressed frames and an index. Immutable; any thread may call it. Keeps a few decompressed
/// frames, since what is read together often stands together.
class SealedSegment : public Segment {
 public:
  /// Opens `<dir>/<name>.jsonl.zst` and its index.
  /// Returns NOT_FOUND where one is missing, DATA_LOSS where one cannot be read.
  static Result<std::shared_ptr<SealedSegment>> Open(FileSystem& files, const std::string& dir, Seq first);

  [[nodiscard]] bool sealed() const override { return true; }
  Result<PinnedLine> Line(Location location) const override;
  /// The line of a record, counted from 0 in the segment.
  Result<PinnedLine> LineOfRecord(std::uint32_t record) const;

  /// Its lines uncompressed, where they were kept for reading; null where they were not, or are gone. That they are is
  /// noticed within `kLookEvery`.
  [[nodiscard]] std::shared_ptr<const KeptLines> kept_lines() const;
  static constexpr std::chrono::milliseconds kLookEvery{20};
  /// Lets go of the kept lines, whose file is gone or about to be. Facts in hand keep theirs.
  void DropKeptLines() const;

  [[nodiscard]] const IndexReader& index() const { return *index_; }
  [[nodiscard]] const FrameReader& frames() const { return *frames_; }
  [[nodiscard]] Seq last() const { return {first().value + index_->records() - 1}; }
  [[nodiscard]] std::uint64_t file_bytes() const { return frames_->file_bytes() + index_->file_bytes(); }
  void Release() const override;

 private:
  SealedSegment(Seq first, std::shared_ptr<FrameReader> frames, std::shared_ptr<IndexReader> index,
                std::shared_ptr<const KeptLines> kept)
      : Segment(first), frames_(std::move(frames)), index_(std::move(index)), kept_(std::move(kept)) {}

  Result<std::shared_ptr<const FrameReader::Frame>> CachedFrame(std::size_t frame) const;

  static constexpr std::size_t kSlots = 8;
  struct Slot {
    std::mutex mutex;
    std::size_t frame = ~std::size_t{0};
    std::shared_ptr<const FrameReader::Frame> bytes;
  };

  std::shared_ptr<FrameReader> frames_;
  std::shared_ptr<IndexReader> index_;
  mutable std::mutex kept_mutex_;
  mutable std::shared_ptr<const KeptLines> kept_;  // Guarded by kept_mutex_, as the next.
  mutable std::int64_t kept_looked_ns_ = 0;
  mutable std::array<Slot, kSlots> slots_;
};

}  // namespace cairn
