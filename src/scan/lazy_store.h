#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "cairn/repository.h"

namespace cairn {

/// A store that is opened when it is first asked for: a scan that finds nothing new asks for none, and opening one
/// takes longer than looking at all files. Any thread.
class LazyStore {
 public:
  using OpenStore = std::function<Result<Repository*>()>;

  /// What `open` gives must outlive this.
  explicit LazyStore(OpenStore open) : open_(std::move(open)) {}

  /// Returns what `open` did, the first time.
  Result<Repository*> Get() {
    const std::lock_guard lock(mutex_);
    if (!store_) store_ = open_();
    return *store_;
  }
  /// Null where it is not open.
  Repository* opened() {
    const std::lock_guard lock(mutex_);
    return store_ && *store_ ? **store_ : nullptr;
  }

 private:
  const OpenStore open_;
  std::mutex mutex_;
  std::optional<Result<Repository*>> store_;  // Guarded by mutex_.
};

}  // namespace cairn
