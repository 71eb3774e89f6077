#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache.h"
#include "server/exchange.h"
#include "store/change_source.h"

namespace cairn {

/// Bodies of answers that are asked for often, kept in the cache until a fact comes that touches what they are about.
/// None is stale: before one is given again, the store is asked whether it may be. Any thread may call it.
class HotAnswers {
 public:
  /// `repository` outlives this. Nothing is kept where it does not tell what changes.
  explicit HotAnswers(Repository& repository);

  /// An answer, and the nodes on which it depends.
  struct Made {
    std::string body;
    std::vector<NodeKey> about;
    bool is_kept = true;  ///< False where it depends on more.
  };
  using Make = std::function<Result<Made>()>;
  /// The body for that question of the one who asks: kept, or made by `make`, once for all who ask meanwhile. What
  /// `question` does not say must not matter. Returns what `make` returns.
  Result<std::string> Ask(const Exchange& exchange, std::string_view question, const Make& make);

  /// For statistics; null where nothing is kept.
  [[nodiscard]] Cache* cache() const { return cache_.get(); }

 private:
  struct Kept;
  Result<std::string> Load(const CacheKey& key, const Make& make, bool* is_current);

  ChangeSource* const changes_;
  std::unique_ptr<Cache> cache_;
  const CacheOperation* operation_ = nullptr;
};

}  // namespace cairn
