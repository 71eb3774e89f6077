#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "lookup/lookup_service.h"
#include "lookup/warm_status.h"

namespace cairn {

/// A warming that goes on by itself in this process, one at a time in all processes that share the cache. Any thread
/// may call it. Destroying it ends the warming.
class WarmJob {
 public:
  /// `cache`: how that of `lookups` was opened. Where it has no folder, only this process knows of the warming.
  WarmJob(LookupService& lookups, FileSystem& files, const CacheOptions& cache);
  WarmJob(const WarmJob&) = delete;
  WarmJob& operator=(const WarmJob&) = delete;
  ~WarmJob();

  /// What is warmed: exactly one of these.
  struct Request {
    std::string list;  ///< Questions, one a line.
    std::size_t used = 0;
    bool predicted = false;
  };
  /// Returns INVALID_ARGUMENT for a list that cannot be read or a request for more or less than one thing,
  /// FAILED_PRECONDITION where the cache is off, or where what was used is to be warmed and no use is noted,
  /// ALREADY_EXISTS while this or another process warms the cache, UNAVAILABLE where its folder cannot be written.
  Status Begin(Request request);
  /// What was not asked yet is left out.
  void Stop();
  /// Of this process's, or of the last one of any process; nothing where there was none.
  Result<std::optional<WarmStatus>> State();

 private:
  [[nodiscard]] Status Check(const Request& request);
  void Run(const Request& request, const std::stop_token& stop);

  LookupService& lookups_;
  FileSystem& files_;
  const std::string location_;
  const bool is_enabled_;
  const bool has_history_;
  std::mutex begin_mutex_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::optional<WarmStatus> own_;
  std::unique_ptr<WarmStatusFile> file_;  // While it runs.

  std::jthread thread_;  // Guarded by begin_mutex_.
};

}  // namespace cairn
