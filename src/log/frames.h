#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_system.h"
#include "cairn/status.h"

namespace cairn {

/// A sealed segment's file: zstd frames that can each be read alone, in zstd's seekable format.
///
///   file  := dictionary frame* dictionary seek-table
///   dictionary := skippable frame 0x184D2A5D holding "CAIRNDIC", XXH64 of the dictionary, XXH64 of the table's entries
///                 (8 bytes LE each), the dictionary
///   seek-table := zstd's, skippable frame 0x184D2A5E (contrib/seekable_format of zstd, "seekable compression format")
///
/// The dictionary stands twice and the table can be made anew by walking the frames, so that one damaged place does not
/// cost the segment. Each frame ends at the end of a line and carries its checksum.

/// Bytes `begin` to the next frame's `begin` of the segment, as they were before compression.
struct FrameEntry {
  std::uint32_t begin = 0;       ///< Uncompressed offset.
  std::uint32_t compressed = 0;  ///< Offset in the file.
};

struct FrameOptions {
  std::size_t frame_bytes = 4096;
  std::size_t threads = 1;
  const std::atomic<bool>* cancel = nullptr;  ///< May be null.
  bool mapped = false;  ///< The lines are those of a `Mapping`: what was read of them need not stay in memory.
};

/// Compresses `lines` (whole lines, commit lines included) and gives the file's bytes.
/// Returns INTERNAL where zstd fails, CANCELLED where `cancel` was set meanwhile.
Result<std::string> CompressFrames(std::string_view lines, const FrameOptions& options);

/// Reads such a file. Any thread may call it.
class FrameReader {
 public:
  /// Returns DATA_LOSS where the seek table or both dictionaries are damaged.
  static Result<std::shared_ptr<FrameReader>> Open(FileSystem& files, const std::string& path);
  ~FrameReader();
  FrameReader(const FrameReader&) = delete;
  FrameReader& operator=(const FrameReader&) = delete;

  /// A frame's bytes, with 64 readable bytes behind them.
  struct Frame {
    std::uint32_t begin = 0;
    std::size_t size = 0;
    std::unique_ptr<char[]> bytes;
    [[nodiscard]] std::string_view text() const { return {bytes.get(), size}; }
  };

  [[nodiscard]] std::size_t frames() const { return entries_.size() - 1; }
  /// Uncompressed.
  [[nodiscard]] std::size_t FrameBytes(std::size_t frame) const {
    return entries_[frame + 1].begin - entries_[frame].begin;
  }
  [[nodiscard]] std::uint32_t uncompressed_bytes() const { return entries_.back().begin; }
  [[nodiscard]] std::uint64_t file_bytes() const { return map_->size(); }
  /// As `Mapping::Release`.
  void Release() const { map_->Release(); }
  /// What is damaged and could be done without; empty where nothing is.
  [[nodiscard]] const std::string& damage() const { return damage_; }

  /// Which frame holds the byte at an uncompressed offset.
  [[nodiscard]] std::size_t FrameAt(std::uint32_t offset) const;
  /// Decompresses a frame. Returns DATA_LOSS where it is damaged.
  Result<std::shared_ptr<const Frame>> Read(std::size_t frame) const;

 private:
  FrameReader() = default;
  Status Load(const std::string& path);
  bool ReadTable(std::string_view entries, std::size_t first_frame, std::size_t end);
  bool WalkFrames(std::size_t first_frame);
  const void* Dictionary() const;

  std::string path_;
  std::unique_ptr<Mapping> map_;
  std::vector<FrameEntry> entries_;  // One more than there are frames: the end.
  std::string damage_;
  std::string_view dictionary_bytes_;
  mutable std::once_flag dictionary_once_;
  mutable void* dictionary_ = nullptr;  // ZSTD_DDict
};

}  // namespace cairn
