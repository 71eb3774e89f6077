#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cache/levels.h"
#include "cairn/cache_options.h"

namespace cairn {

/// Returns INVALID_ARGUMENT for a selector without the text that it needs, or a glob that is none.
Status CheckCacheSelector(const CacheSelector& selector);

/// What a selector means: what can be invalidated without looking at entries (`target`), and whether an entry is meant.
class Selecting {
 public:
  /// `user_secret` hashes a user's name.
  Selecting(const CacheSelector& selector, std::string_view user_secret);

  /// Whether `target` says it all: for `kStale` the entries have to be looked at.
  [[nodiscard]] bool is_complete() const { return selector_.kind != CacheSelector::Kind::kStale; }
  [[nodiscard]] const Levels::Target& target() const { return target_; }
  /// What the keys of all entries that are meant begin with.
  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] bool Means(std::string_view key, const std::vector<std::string>& tags, CacheState state) const;

 private:
  const CacheSelector selector_;
  std::string user_;  ///< As it stands in keys.
  std::string prefix_;
  Levels::Target target_;
};

}  // namespace cairn
