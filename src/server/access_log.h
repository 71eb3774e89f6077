#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "cairn/status.h"

namespace cairn {

struct HttpDone;

/// A line of JSON for each request that was answered: when, which (its id, the trace's where there is one), from where,
/// by which token, what, how it ended, how long it took. Never a body, never a secret. Lines are gathered and written
/// by `Flush` or when many wait. Any thread may call it.
class AccessLog {
 public:
  /// Appends to the file, or to standard error for `-`. Returns UNAVAILABLE where it cannot be opened.
  static Result<std::unique_ptr<AccessLog>> Open(const std::string& path);
  AccessLog(const AccessLog&) = delete;
  AccessLog& operator=(const AccessLog&) = delete;
  ~AccessLog();

  void Add(const HttpDone& done, Timestamp now);
  /// What cannot be written (a full disk) is dropped, and said in the next line that can be.
  void Flush();

 private:
  explicit AccessLog(int file) : file_(file) {}
  void FlushLocked();

  const int file_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::string waiting_;
  std::uint64_t lines_ = 0;  // In waiting_.
  std::uint64_t dropped_ = 0;
};

}  // namespace cairn
