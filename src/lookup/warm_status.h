#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file_system.h"
#include "cairn/status.h"
#include "lookup/warmer.h"

namespace cairn {

/// How a warming that runs by itself is, or was.
struct WarmStatus {
  bool is_running = false;
  std::int64_t pid = 0;
  WarmProgress progress;
  std::string ended;  ///< How it ended: `done`, or why not. Empty while it runs, and where its process was killed.
};

/// Where a warming in the background says how far it is: `warm.json` in the cache's folder, and a lock beside it that
/// its process holds, so that there is one at a time and its death is seen. One thread.
class WarmStatusFile {
 public:
  /// Returns ALREADY_EXISTS while another process warms this cache; UNAVAILABLE where the folder cannot be written.
  static Result<std::unique_ptr<WarmStatusFile>> Begin(FileSystem& files, const std::string& location);
  WarmStatusFile(const WarmStatusFile&) = delete;
  WarmStatusFile& operator=(const WarmStatusFile&) = delete;
  ~WarmStatusFile() = default;
  Status Write(const WarmProgress& progress, const std::string& ended = {});

  /// Nothing where none was ever begun. Returns DATA_LOSS for a file that says something else.
  static Result<std::optional<WarmStatus>> Read(FileSystem& files, const std::string& location);

 private:
  WarmStatusFile(FileSystem& files, std::string path, std::unique_ptr<FileLock> lock)
      : files_(files), path_(std::move(path)), lock_(std::move(lock)) {}

  FileSystem& files_;
  const std::string path_;
  const std::unique_ptr<FileLock> lock_;
};

}  // namespace cairn
