#pragma once

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache.h"
#include "lookup/cache_report.h"
#include "lookup/lookup.h"
#include "lookup/warmer.h"
#include "obs/config.h"

namespace cairn {

/// What an edge gives besides the configuration.
struct LookupHooks {
  Environment environment;
  std::function<void(std::string_view)> log;  ///< Called by any thread.
  bool is_brief = false;                      ///< Leaves out failed loads, which answers tell, and levels that came up.
  std::function<Status(std::string_view record)> store_record;
  // What tests put in their own place of. Not owned; null: the system's.
  HttpTransport* transport = nullptr;
  CacheClock* cache_clock = nullptr;
};

enum class ClearVerb : std::uint8_t { kRemove, kExpire };

/// What a removal or expiry did for one selector.
struct Cleared {
  CacheSelector selector;
  CacheInvalidated done;
};

/// One key at each level.
struct Inspected {
  std::string key;
  std::vector<CacheInspected> levels;
};

/// Cache, look-ups and warming as they are configured: one method for each thing that an edge offers. Any thread may
/// call it.
class LookupService {
 public:
  /// Returns what `Cache::Open` does. A source that cannot be made is an error of those who ask it.
  static Result<std::unique_ptr<LookupService>> Open(const Config& config, LookupHooks hooks);

  /// `cairn lookup`. As `Lookup::Ask`.
  Result<LookupAnswer> Ask(const Question& question, const LookupCall& call) {
    return lookup_->Ask(question.source, question.operation, question.params, call);
  }

  /// `cairn cache stats`; with an earlier result of `cache().Stats()`, since then.
  CacheReport Stats(const CacheStats* before = nullptr) { return MakeCacheReport(cache_->Stats(), before); }

  /// `cairn cache get`: of a question, or of a key's text as it was listed. Returns INVALID_ARGUMENT for a question
  /// that is not declared.
  Result<Inspected> Get(const Question& question, const std::string& user = {});
  Inspected Get(std::string_view key) { return {std::string(key), cache_->Inspect(key)}; }

  /// `cairn cache list`: what any of the selectors means; of none: everything. Returns INVALID_ARGUMENT, having visited
  /// nothing, where one of the texts is none.
  Status List(const std::vector<std::string>& selectors, const std::function<bool(const CacheListed&)>& visit);

  /// `cairn cache clear`: removes, or expires, what each selector means. Returns INVALID_ARGUMENT, having changed
  /// nothing, where one of the texts is none or there are none; FAILED_PRECONDITION where the cache is off; UNAVAILABLE
  /// where the disk level cannot be opened: what stands there for other processes stays.
  Result<std::vector<Cleared>> Clear(const std::vector<std::string>& selectors, ClearVerb verb);

  /// `cairn cache warm`.
  Warmer& warmer() { return *warmer_; }

  /// `cairn cache export`: what one selector means; empty: everything. As `Cache::Export`.
  Result<std::uint64_t> Export(std::string_view selector, const std::string& path);
  /// `cairn cache import`. As `Cache::Import`; FAILED_PRECONDITION where there is no disk level to keep it.
  Result<CacheImported> Import(const std::string& path);

  Cache& cache() { return *cache_; }
  Lookup& lookup() { return *lookup_; }
  [[nodiscard]] const std::vector<SourceConfig>& sources() const { return lookup_->sources(); }

 private:
  LookupService() = default;
  /// FAILED_PRECONDITION where the cache is off.
  [[nodiscard]] Status CheckEnabled() const;

  bool is_enabled_ = true;
  bool wants_disk_ = true;
  // In the order in which they need each other.
  std::unique_ptr<Cache> cache_;
  std::unique_ptr<Lookup> lookup_;
  std::unique_ptr<Warmer> warmer_;
};

}  // namespace cairn
