#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "cache/counters.h"
#include "cache/defined_operation.h"
#include "cache/disk_level.h"
#include "cache/entry_codec.h"
#include "cache/freshness.h"
#include "cache/key_ring.h"
#include "cache/level.h"
#include "cache/memory_level.h"
#include "cache/shared_debt.h"
#include "cairn/cache.h"

namespace cairn {

/// What a level holds of a key, judged.
struct LevelAnswer {
  CacheState state = CacheState::kMiss;
  CacheLevel level = CacheLevel::kNone;
  std::shared_ptr<const CacheEntry> entry;
  EntryTimes times;
  bool is_expired = false;  ///< By the verb.
  std::uint64_t stamp = 0;  ///< Of the entry as stored; 0: none.

  [[nodiscard]] bool is_fresh() const { return state == CacheState::kFresh || state == CacheState::kNegative; }
};

/// The three levels as one: reads that promote, stores under the fence, invalidation in order. Any thread may call it.
class Levels final : private InvalidationSink {
 public:
  struct Parts {
    const CacheOptions* options = nullptr;
    CacheClock* clock = nullptr;
    std::function<std::uint64_t()> random;
    std::unique_ptr<DiskLevel> disk;      ///< Null: none.
    std::string disk_trouble;             ///< Why, where one was wanted.
    std::unique_ptr<SharedLevel> shared;  ///< Null: none.
    std::string shared_trouble;
    KeyRing ring;
    /// The operation whose full name begins a key's text; null where it is not defined here.
    std::function<const CacheOperation*(std::string_view text)> operation_of;
    std::function<bool(std::function<void()>)> in_background;
  };
  explicit Levels(Parts parts);
  Levels(const Levels&) = delete;
  Levels& operator=(const Levels&) = delete;
  ~Levels() override;

  /// Begins to hear what other hosts invalidate.
  Status Subscribe();

  [[nodiscard]] CacheNow Now() const { return {clock_->Now(), clock_->SteadyNs()}; }

  [[nodiscard]] std::int64_t SteadyNs() const { return clock_->SteadyNs(); }
  [[nodiscard]] std::int64_t RecentNs() const { return clock_->RecentNs(); }

  /// The generations' number now: what is loaded from here on is stored only if nothing that it depends on is bumped.
  /// Absent where it cannot be known: then nothing may be kept.
  std::optional<std::uint64_t> TakeFence();

  /// What of a read is counted: of a second look in one call only what it finds.
  enum class Counting : std::uint8_t { kAll, kHits, kNone };
  MemoryLevel::Hit ReadMemory(const CacheKey& key, std::int64_t now_ns, bool is_counted = true);
  LevelAnswer ReadDisk(const CacheKey& key, std::uint64_t fence, Counting counting = Counting::kAll);
  /// `shared_fence` is set where the level answered.
  LevelAnswer ReadShared(const CacheKey& key, std::uint64_t fence, std::optional<LevelFence>& shared_fence,
                         Counting counting = Counting::kAll);

  /// Takes entries of an operation from disk to memory, those that were used first, while `left` is above 0.
  void WarmMemory(const CacheOperation& operation, std::atomic<std::int64_t>& left);

  struct Storing {
    const CacheKey& key;
    std::shared_ptr<const CacheEntry> entry;
    std::uint64_t fence = 0;
    std::optional<LevelFence> shared_fence;
    std::optional<std::uint64_t> disk_stamp;  ///< What must stand there.
    std::optional<std::uint64_t> shared_stamp;
    std::unique_ptr<LevelLease> lease;  ///< Among processes; ends when the disk can be read.
  };
  /// On a conflict nothing was stored, and the lease is still held.
  LevelStored Store(Storing& storing);

  /// Null where another process holds it. An empty lease where there is no disk level.
  Result<std::unique_ptr<LevelLease>> TryProcessLease(const CacheKey& key);
  Result<std::unique_ptr<LevelLease>> AwaitProcessLease(const CacheKey& key, LevelDeadline until);
  [[nodiscard]] bool UsesDisk(const CacheKey& key) const;
  [[nodiscard]] bool UsesShared(const CacheKey& key) const;
  [[nodiscard]] SharedLevel* shared() const { return shared_.get(); }
  [[nodiscard]] DiskLevel* disk() const { return disk_.get(); }
  [[nodiscard]] MemoryLevel* memory() const { return memory_.get(); }
  [[nodiscard]] Generations& generations() { return *generations_; }
  [[nodiscard]] const KeyRing& ring() const { return ring_; }
  [[nodiscard]] Counters& counters() { return counters_; }
  [[nodiscard]] LevelDeadline SharedDeadline() const;

  /// Whether a key, or an entry's tags, were removed after a number.
  [[nodiscard]] bool IsRemovedSince(const CacheKey& key, const CacheEntry* entry, std::uint64_t since) const;

  struct Target {
    std::vector<std::string> keys;  ///< Texts.
    std::vector<LevelTag> tags;
    std::vector<std::string> globs;
  };
  /// Bumps here, then bumps and deletes in the shared level, then bumps and deletes here once more: what was promoted
  /// from the shared level in between is gone too. Returns UNAVAILABLE where the disk level could not be told.
  Result<CacheInvalidated> Invalidate(CacheVerb verb, const Target& target);

  /// Whether a structure differs from the one before, or that one is not known; remembers it.
  bool IsNewStructure(std::uint64_t text_hash, std::uint64_t structure);

  [[nodiscard]] std::vector<CacheLevelStats> Stats();
  std::vector<CacheInspected> Inspect(const CacheKey& key);
  void AbandonInChild();

  /// An entry of memory alone as it would stand on disk; empty where it may not leave memory, or is not there.
  std::string EncodeFromMemory(std::string_view key_text);
  enum class Taken : std::uint8_t { kStored, kKept, kSkipped };
  /// Takes in an entry of an export, unless what stands is as new, or it is of no use here.
  Result<Taken> TakeIn(std::string_view key_text, std::string_view bytes, std::uint64_t fence);

  /// Judges an encoded entry as though it had been read from a level.
  LevelAnswer Judge(const CacheKey& key, std::string bytes, bool is_expired, CacheLevel level, Status& trouble);

 private:
  Position Heard() override;
  void OnInvalidation(const Invalidation& invalidation, const Position& position) override;
  void OnLost() override;
  void OnSubscribed(bool missed, const Position& position) override;

  /// Whether the shared level may be read: it has heard all that was invalidated here, or hears it now.
  bool HasHeardAll();
  Result<std::uint64_t> InvalidateHere(CacheVerb verb, const Target& target, std::vector<std::string>* matched);
  /// Tells it, or owes it. `is_owed`: whether what was not told is kept on disk.
  Status InvalidateShared(CacheVerb verb, const Target& target, const std::vector<std::string>& matched, bool& is_owed);
  /// Empty where it may not leave memory.
  std::string Encode(const CacheKey& key, const CacheEntry& entry) const;
  /// Hashes of the implicit tags of a key whose operation need not be defined.
  static std::vector<std::uint64_t> TagsOfText(std::string_view key_text);
  void Count(const CacheKey& key, const LevelAnswer& answer, CacheLevel level, std::int64_t began_ns, bool has_failed);
  void Log(CacheEvent::Kind kind, CacheLevel level, std::string_view subject, std::string_view detail) const;
  void StoreInMemory(const CacheKey& key, const std::shared_ptr<const CacheEntry>& entry, const EntryTimes& times,
                     std::uint64_t fence, bool is_expired, CacheLevel from);
  void StoreOnDisk(const CacheKey& key, std::string bytes, const CacheEntry& entry, const EntryTimes& times,
                   std::uint64_t fence, std::optional<std::uint64_t> expected_stamp, std::unique_ptr<LevelLease> lease);

  const CacheOptions& options_;
  CacheClock* const clock_;
  const std::function<std::uint64_t()> random_;
  const std::string disk_trouble_;
  const std::string shared_trouble_;
  const KeyRing ring_;
  const std::function<const CacheOperation*(std::string_view)> operation_of_;
  const std::function<bool(std::function<void()>)> in_background_;
  Counters counters_;
  std::unique_ptr<DiskLevel> disk_;
  std::optional<SharedDebt> debt_;  ///< Absent without a disk level.
  Generations own_generations_;     ///< Where there is no disk level.
  Generations* const generations_;
  std::unique_ptr<MemoryLevel> memory_;

  std::mutex structures_mutex_;
  std::unordered_map<std::uint64_t, std::uint64_t>
      structures_;                       ///< Guarded by structures_mutex_; without a disk level.
  std::unique_ptr<SharedLevel> shared_;  ///< Last: it calls the others until it ends.
};

}  // namespace cairn
