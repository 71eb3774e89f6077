#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/file_system.h"
#include "cairn/repository.h"

namespace cairn {

/// What the store reaches the world through. Not owned; must outlive the repository.
struct StoreDeps {
  FileSystem* files = FileSystem::Default();
  Clock* clock = Clock::Default();
};

/// `OpenRepository` with its disk and clock passed in.
Result<std::unique_ptr<Repository>> OpenEmbedded(const std::string& path, const StoreOptions& options,
                                                 const StoreDeps& deps = {});

}  // namespace cairn
