#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "cairn/repository.h"

namespace cairn {

/// How long a question keeps the views' lock at a stretch.
struct ReadHold {
  std::chrono::nanoseconds longest{100'000};
  std::function<void()> on_pause;  ///< For tests: called whenever it was given up.
};

/// What the store reaches the world through. Not owned; must outlive the repository.
struct StoreDeps {
  FileSystem* files = FileSystem::Default();
  Clock* clock = Clock::Default();
  ReadHold hold{};
};

/// `OpenRepository` with its disk and clock passed in.
Result<std::unique_ptr<Repository>> OpenEmbedded(const std::string& path, const StoreOptions& options,
                                                 const StoreDeps& deps = {});

}  // namespace cairn
