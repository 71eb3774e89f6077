#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cache/cache_for_test.h"
#include "cache/cache_impl.h"
#include "cache/fake_shared_level.h"
#include "temp_dir.h"

namespace cairn {

/// Caches over one folder and one shared store, on a clock that the test moves.
class CacheTest : public ::testing::Test {
 protected:
  CacheOptions Options() {
    CacheOptions options;
    options.clock = &clock;
    options.executor = &executor;
    options.random = SeededRandom(1);
    options.environment = [this](const char* name) -> const char* {
      const auto at = environment.find(name);
      return at == environment.end() ? nullptr : at->second.c_str();
    };
    options.user_secret = "secret";
    options.process_wait = std::chrono::milliseconds(5000);
    return options;
  }
  CacheOptions OnDisk() {
    CacheOptions options = Options();
    options.location = dir.Sub("cache");
    return options;
  }
  static std::unique_ptr<Cache> Open(CacheOptions options) { return *Cache::Open(std::move(options)); }

  /// A host with a disk of its own and the shared store; its view of that is `host->level`.
  struct Host {
    std::unique_ptr<Cache> cache;
    FakeSharedLevel* level = nullptr;
  };
  Host OpenHost(const std::string& name) {
    Host host;
    CacheOptions options = Options();
    options.location = dir.Sub(name);
    host.cache = *CacheImpl::Open(options, [&] {
      auto level = std::make_unique<FakeSharedLevel>(shared);
      host.level = level.get();
      return level;
    });
    return host;
  }

  /// Without chance: TTLs as they are, no refresh before its time.
  static CachePolicy Exact(std::chrono::nanoseconds ttl = std::chrono::seconds(60),
                           std::chrono::nanoseconds grace = {}) {
    CachePolicy policy;
    policy.ttl = ttl;
    policy.grace = grace;
    policy.jitter = 0;
    policy.early_refresh_beta = 0;
    return policy;
  }
  static const CacheOperation& Define(Cache& cache, CachePolicy policy = Exact(), std::string_view name = "op") {
    return **cache.Define("source", name, std::move(policy));
  }
  static CacheKey KeyOf(const CacheOperation& operation, std::int64_t id = 1) { return *operation.Key({{"id", id}}); }

  /// Brings a value, and counts.
  CacheLoader Loads(std::string value) {
    return [this, value = std::move(value)](const CacheLoad&) {
      ++loads;
      return CacheLoaded::Value(value);
    };
  }
  static CacheLoader MustNotLoad() {
    return [](const CacheLoad& load) {
      ADD_FAILURE() << "loaded " << load.key.text();
      return CacheLoaded::Value("wrong");
    };
  }
  static CacheLoader Fails(StatusCode code = StatusCode::kUnavailable, std::chrono::nanoseconds retry_after = {}) {
    return [=](const CacheLoad&) { return CacheLoaded::Failed({code, "the source is down"}, retry_after); };
  }
  /// The value, or why there is none.
  static std::string ValueOf(const Result<CacheResult>& result) {
    if (!result) return result.error().ToString();
    return result->entry == nullptr ? "(miss)" : result->entry->value;
  }
  static std::string GetValue(Cache& cache, const CacheKey& key) { return ValueOf(cache.Get(key)); }

  TempDir dir;
  ManualCacheClock clock;
  ManualExecutor executor;
  FakeSharedStore shared;
  std::map<std::string, std::string> environment;
  std::atomic<int> loads = 0;
};

/// The fifteen rules that caches get wrong, by number.
class CacheRules : public CacheTest {};

}  // namespace cairn
