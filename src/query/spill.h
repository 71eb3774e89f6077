#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// A file that has no name: nothing is left of it once it is closed, however the process ends.
/// Written by one thread; once written, read by any.
class SpillFile {
 public:
  /// In `dir`; empty for the system's temporary folder. Returns UNAVAILABLE where none can be made there.
  static Result<std::shared_ptr<SpillFile>> Create(const std::string& dir);
  SpillFile(const SpillFile&) = delete;
  SpillFile& operator=(const SpillFile&) = delete;
  ~SpillFile();

  /// Appends by way of a buffer. Returns UNAVAILABLE where it cannot be written, as on a full disk.
  Status Append(std::string_view bytes);
  Status Flush();
  /// How many bytes were appended.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Reads `out.size()` bytes. Returns UNAVAILABLE where they cannot be read.
  Status Read(std::uint64_t offset, std::string& out) const;

 private:
  explicit SpillFile(int fd) : fd_(fd) {}

  int fd_;
  std::uint64_t size_ = 0;
  std::string buffer_;
};

/// Entries sorted by key, each key once, a part of a file.
struct SpillRun {
  std::shared_ptr<SpillFile> file;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
};

/// Writes one run at the end of a file. Keys must come in ascending order.
class SpillRunWriter {
 public:
  explicit SpillRunWriter(std::shared_ptr<SpillFile> file) : file_(std::move(file)), begin_(file_->size()) {}
  Status Add(std::string_view key, std::string_view body);
  Result<SpillRun> Finish();

 private:
  std::shared_ptr<SpillFile> file_;
  std::uint64_t begin_;
};

/// How many runs `MergeRuns` reads side by side; each has a buffer of its own.
inline constexpr std::size_t kSpillRunsMax = 64;

/// Gives every entry of the runs, of which there are at most `kSpillRunsMax`, in the order of their keys: entries of
/// one key follow each other. Stops where `visit` returns an error.
Status MergeRuns(const std::vector<SpillRun>& runs,
                 const std::function<Status(std::string_view key, std::string_view body)>& visit);

}  // namespace cairn
