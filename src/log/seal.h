#pragma once

#include <atomic>
#include <string>

#include "base/file_system.h"
#include "log/segment.h"

namespace cairn {

struct SealOptions {
  std::size_t frame_bytes = 4096;
  std::size_t threads = 1;
  std::uint64_t keep_lines_bytes = 0;  ///< Writes `KeptLines` too, where they are not longer than this.
  /// Set by another thread: sealing ends soon, with CANCELLED, and nothing has changed. May be null.
  const std::atomic<bool>* cancel = nullptr;
};

/// Seals the closed segment `<dir>/<name>.jsonl` of `bytes` bytes: compresses it, writes its index, syncs both into
/// place and removes the lines. Interrupted anywhere, the lines still stand and win; the caller holds the sealing lock.
/// Returns DATA_LOSS where the segment is damaged, which leaves it as it is; RESOURCE_EXHAUSTED on a full disk.
Status SealSegment(FileSystem& files, const std::string& dir, const OpenSegment& segment, std::uint64_t bytes,
                   const SealOptions& options);

/// Writes the index of a sealed segment anew, from its frames. Returns DATA_LOSS where they are damaged.
Status RebuildIndex(FileSystem& files, const std::string& dir, Seq first);

}  // namespace cairn
