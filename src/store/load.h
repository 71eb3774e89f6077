#pragma once

#include <memory>
#include <string>

#include "cairn/repository.h"
#include "log/log.h"
#include "store/state.h"

namespace cairn {

/// What a store is loaded with.
struct LoadContext {
  FileSystem& files;
  Clock& clock;
  std::string dir;
  const StoreOptions& options;
  ControlFile& control;
};

struct LoadedStore {
  StoreState state;
  std::unique_ptr<Log> log;
};

/// Folds the log of a store: from its newest snapshot that is still true, or (`from_zero`) from its first line. Ends
/// with the log mended, unless the store is opened to read only.
/// Damage does not keep a store from being loaded: it is told in `state.damage`.
/// Returns UNAVAILABLE where the store cannot be read or locked.
Result<LoadedStore> LoadStore(const LoadContext& context, bool from_zero);

/// How many threads `options` ask for.
std::size_t ThreadsOf(const StoreOptions& options);

}  // namespace cairn
