#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace cairn {

/// What a scan counts while it runs; any thread.
struct ScanCounts {
  std::atomic<std::uint64_t> folders = 0;
  std::atomic<std::uint64_t> unchanged = 0;
  std::atomic<std::uint64_t> to_read = 0;  ///< Found to be read so far.
  std::atomic<std::uint64_t> read = 0;     ///< Done of these.
  std::atomic<std::uint64_t> added = 0;    ///< New, and recorded.
  std::atomic<std::uint64_t> changed = 0;  ///< Known, and recorded again.
  std::atomic<std::uint64_t> same = 0;     ///< Read again, with nothing new to say.
  std::atomic<std::uint64_t> removed = 0;
  std::atomic<std::uint64_t> renamed = 0;    ///< Of those removed.
  std::atomic<std::uint64_t> extracted = 0;  ///< By a worker.
  std::atomic<std::uint64_t> reused = 0;     ///< The result was known by content.
  std::atomic<std::uint64_t> problems = 0;   ///< Files and folders that could not be read in whole or part.
  std::atomic<std::uint64_t> ignored = 0;
  std::atomic<std::uint64_t> bytes_hashed = 0;
  std::atomic<std::uint64_t> records = 0;

  /// For the next scan: who shows them may go on reading.
  void Clear();
};

/// What a scan did.
struct ScanReport {
  std::uint64_t folders = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t to_read = 0;
  std::uint64_t read = 0;
  std::uint64_t added = 0;
  std::uint64_t changed = 0;
  std::uint64_t same = 0;
  std::uint64_t removed = 0;
  std::uint64_t renamed = 0;
  std::uint64_t extracted = 0;
  std::uint64_t reused = 0;
  std::uint64_t problems = 0;
  std::uint64_t ignored = 0;
  std::uint64_t bytes_hashed = 0;
  std::uint64_t records = 0;
  double seconds = 0;
  bool stopped = false;            ///< Before its end; the next scan goes on.
  std::vector<std::string> notes;  ///< For a person: roots that are gone, faults, at most 20.

  [[nodiscard]] std::uint64_t files() const { return unchanged + read; }
};

ScanReport ReportOf(const ScanCounts& counts);

}  // namespace cairn
