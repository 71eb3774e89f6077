#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/flight.h"
#include "cache/levels.h"
#include "cache/pauses.h"
#include "cairn/cache.h"

namespace cairn {

/// Answers calls: from what stands, or by one load for all who ask. Any thread may call it.
class Loading {
 public:
  /// `in_background` runs work elsewhere and says whether it took it.
  Loading(const CacheOptions& options, Levels& levels, std::function<std::uint64_t()> random,
          std::function<bool(std::function<void()>)> in_background)
      : options_(options), levels_(levels), random_(std::move(random)), in_background_(std::move(in_background)) {}

  /// What stands, without loading.
  CacheResult Get(const CacheKey& key, const CacheCall& call);
  /// `fields`: empty for the whole value.
  Result<CacheResult> Ask(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader,
                          const CacheCall& call);
  /// Stores what was not loaded but is at hand.
  Status Put(const CacheKey& key, CacheLoaded loaded);
  /// Neither reads nor keeps anything.
  Result<CacheResult> LoadDirectly(const CacheKey& key, const std::vector<std::string>& fields,
                                   const CacheLoader& loader, const CacheCall& call);

 private:
  /// What a load goes by.
  struct Standing {
    LevelAnswer answer;  ///< The best that stands: a fresh one, then the younger.
    std::optional<LevelFence> shared_fence;
    std::uint64_t disk_stamp = 0;  ///< Of the entry there; 0: none.
    std::uint64_t shared_stamp = 0;
    void Improve(LevelAnswer&& other);
  };

  [[nodiscard]] bool IsSatisfied(const LevelAnswer& answer, const std::vector<std::string>& fields,
                                 std::int64_t now_ns) const;
  [[nodiscard]] bool MayServeStale(const LevelAnswer& answer, const std::vector<std::string>& fields,
                                   std::int64_t now_ns) const;
  static LevelAnswer AnswerOf(MemoryLevel::Hit hit);
  /// By a time that need not be the newest, which is read anew where it would matter.
  MemoryLevel::Hit ReadMemoryRecently(const CacheKey& key, std::int64_t& now_ns);
  LevelAnswer ReadMemory(const CacheKey& key, std::int64_t now_ns, bool is_counted = true) {
    return AnswerOf(levels_.ReadMemory(key, now_ns, is_counted));
  }
  void ReadLower(const CacheKey& key, const std::vector<std::string>& fields, std::uint64_t fence, Standing& standing);
  static CacheResult ResultOf(LevelAnswer answer, std::int64_t now_ns);
  static CacheResult ResultOf(MemoryLevel::Hit hit, std::int64_t now_ns);
  /// What a flight answers that found a good one.
  CacheResult AnswerHit(const CacheKey& key, const std::vector<std::string>& fields, const LevelAnswer& answer,
                        std::int64_t now_ns);
  /// Completes a hit in memory: it may be time to refresh it, where there is a loader.
  void FinishHit(const CacheKey& key, const std::vector<std::string>& fields, CacheResult& result,
                 const EntryTimes& times, const CacheLoader* loader, std::int64_t now_ns);
  Result<CacheResult> AnswerOffline(const CacheKey& key, const std::vector<std::string>& fields, Standing standing);
  CacheResult StaleBecause(const LevelAnswer& answer, Status why) const;

  /// Whether nothing that it may bring was invalidated since its load began.
  [[nodiscard]] bool IsValid(const Flight& flight) const;
  FlightTable::Joined Join(const CacheKey& key, const std::vector<std::string>& fields);
  Result<CacheResult> Fly(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader,
                          const CacheCall& call);
  bool RefreshBehind(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader);
  /// Runs work for a flight elsewhere, as a holder of it.
  bool Behind(const std::shared_ptr<Flight>& flight, std::function<void()> work);
  void Lead(const FlightTable::Joined& joined, const CacheLoader& loader, const CacheCall& call, bool is_behind);

  struct LoadPlan {
    std::shared_ptr<Flight> flight;
    std::shared_ptr<Flight> previous;  ///< To end first; null: none.
    Standing standing;
    bool forces = false;   ///< Loads whatever stands.
    Timestamp newer_than;  ///< Nothing as old is good enough: of a refresh before its time.
    std::uint64_t fence = 0;
    bool may_keep = false;  ///< Whether the fence is known.
    std::unique_ptr<LevelLease> process;
    std::unique_ptr<LevelLease> host;
  };
  [[nodiscard]] bool IsGood(const LoadPlan& plan) const;
  void Load(LoadPlan& plan, const CacheLoader& loader);
  /// Whether another process or host was first; `plan.standing` then holds what it brought.
  bool TakeLeases(LoadPlan& plan);
  bool TakeHostLease(LoadPlan& plan);
  CacheLoaded Call(LoadPlan& plan, const CacheLoader& loader, std::chrono::nanoseconds& took);
  Result<std::shared_ptr<CacheEntry>> EntryOf(const CacheKey& key, const std::vector<std::string>& asked,
                                              CacheLoaded&& loaded, const LevelAnswer& standing,
                                              std::chrono::nanoseconds load_time) const;
  void MergeFields(CacheEntry& entry, std::vector<CacheField> loaded, const std::vector<std::string>& asked,
                   const LevelAnswer& standing, const CachePolicy& policy) const;
  void BumpStructure(const CacheKey& key, const std::vector<std::string>& more_tags, const CacheEntry& entry,
                     std::uint64_t& fence);
  void Keep(LoadPlan& plan, const std::shared_ptr<CacheEntry>& entry);
  Result<CacheResult> Failed(const LoadPlan& plan, const CacheLoaded& loaded);
  void Finish(const std::shared_ptr<Flight>& flight, Result<CacheResult> outcome);

  void Log(CacheEvent::Kind kind, CacheLevel level, std::string_view subject, std::string_view detail = {}) const;
  void LogResult(const CacheKey& key, const CacheResult& result) const;

  const CacheOptions& options_;
  Levels& levels_;
  const std::function<std::uint64_t()> random_;
  const std::function<bool(std::function<void()>)> in_background_;
  FlightTable flights_;
  Pauses pauses_;
};

}  // namespace cairn
