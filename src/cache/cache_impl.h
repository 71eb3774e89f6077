#pragma once

#include <sched.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "cache/fork_gate.h"
#include "cache/liveness.h"
#include "cache/local_cache.h"
#include "cache/thread_pool.h"
#include "cairn/cache.h"

namespace cairn {

/// The cache: operations, which outlive a fork, and the state of this process.
class CacheImpl final : public Cache {
 public:
  /// `open_shared`: a shared level in the place of the configured one; null: that one.
  static Result<std::unique_ptr<Cache>> Open(CacheOptions options,
                                             std::function<std::unique_ptr<SharedLevel>()> open_shared);
  ~CacheImpl() override;

  Result<const CacheOperation*> Define(std::string_view source, std::string_view name, CachePolicy policy) override;
  [[nodiscard]] const CacheOperation* Find(std::string_view source, std::string_view name) const override;
  CacheResult Get(const CacheKey& key, const CacheCall& call) override;
  Result<CacheResult> GetOrLoad(const CacheKey& key, const CacheLoader& loader, const CacheCall& call) override;
  Result<CacheResult> GetFields(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader,
                                const CacheCall& call) override;
  Status Put(const CacheKey& key, CacheLoaded loaded) override;
  Result<CacheInvalidated> Expire(const CacheSelector& selector) override;
  Result<CacheInvalidated> Remove(const CacheSelector& selector) override;
  [[nodiscard]] CacheStats Stats() override;
  Status List(const CacheSelector& selector, const std::function<bool(const CacheListed&)>& visit) override;
  std::vector<CacheInspected> Inspect(std::string_view key_text) override;
  Result<std::uint64_t> Export(const CacheSelector& selector, const std::string& path) override;
  Result<CacheImported> Import(const std::string& path) override;
  std::vector<CacheAccess> Accesses(std::size_t limit) override;
  Status Flush() override;

 private:
  CacheImpl(CacheOptions options, std::function<std::unique_ptr<SharedLevel>()> open_shared);
  Status Begin();
  void BeginInChild(std::uint64_t forks);
  /// This process's state.
  LocalCache& Use() {
    const std::uint64_t forks = ForkGate::forks_seen();
    if (forks != forks_.load(std::memory_order_acquire)) BeginInChild(forks);
    return *state_.load(std::memory_order_acquire);
  }
  [[nodiscard]] const CacheOperation* OperationOfText(std::string_view text) const;
  [[nodiscard]] std::vector<const CacheOperation*> AllOperations() const;

  /// A hit in memory about which there is nothing to decide, which is nearly each. After `Use`.
  bool ReadCalm(const CacheKey& key, const CacheCall& call, CacheResult& result) const {
    MemoryLevel* const memory = calm_.load(std::memory_order_acquire);
    if (memory == nullptr || call.bypass || call.refresh) return false;
    return memory->ReadCalm(key.hash(), key.text(), key.operation().index(), *calm_clock_, result);
  }

  /// Times some of the calls that memory answers.
  class Timed {
   public:
    Timed(LocalCache& state, const CacheKey& key, bool is_sampled) : state_(state), key_(key) {
      if (is_sampled) began_ns_ = state.levels().SteadyNs();
    }
    void Note(const CacheResult& result) const;

   private:
    LocalCache& state_;
    const CacheKey& key_;
    std::int64_t began_ns_ = 0;
  };

  Result<CacheResult> Ask(LocalCache& state, const CacheKey& key, const std::vector<std::string>& fields,
                          const CacheLoader& loader, const CacheCall& call, bool is_sampled);
  /// Leaves what belongs to the parent process alone for good.
  void Abandon();
  Result<CacheInvalidated> Invalidate(CacheVerb verb, const CacheSelector& selector);
  /// Calls `visit` with each entry that is meant and its encoded bytes, which are empty where it is in memory alone.
  Status VisitMeant(const CacheSelector& selector,
                    const std::function<bool(const CacheListed&, std::string_view bytes)>& visit);

  CacheOptions options_;
  const std::function<std::unique_ptr<SharedLevel>()> open_shared_;
  mutable ForkGate gate_;
  mutable std::shared_mutex operations_mutex_;
  // Guarded by operations_mutex_; an operation stays where it is.
  std::vector<std::unique_ptr<DefinedOperation>> operations_;
  std::map<std::string, const DefinedOperation*, std::less<>> by_name_;

  std::atomic<std::uint64_t> forks_;
  std::atomic<std::uint64_t> beginning_ = forks_.load();
  std::unique_ptr<LocalCache> state_owner_;
  std::shared_ptr<Liveness> liveness_;
  std::atomic<LocalCache*> state_ = nullptr;
  /// The state's memory level, where hits in it may be answered without asking anything else; else null.
  std::atomic<MemoryLevel*> calm_ = nullptr;
  CacheClock* const calm_clock_;
  std::unique_ptr<ThreadPool> pool_;
};

}  // namespace cairn
