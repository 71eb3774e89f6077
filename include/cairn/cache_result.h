#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_policy.h"
#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// A part of an entry that has a deadline of its own.
struct CacheField {
  std::string name;
  std::string value;
  Timestamp created;               ///< Filled by the cache.
  std::chrono::nanoseconds ttl{};  ///< From the loader: zero is the policy's.
  friend bool operator==(const CacheField&, const CacheField&) = default;
};

/// What is kept under a key. Never changes once it is made.
struct CacheEntry {
  // What a hit reads stands together.
  std::string value;                     ///< Bytes, as the codec made them. May be empty.
  std::chrono::nanoseconds load_time{};  ///< What a hit saves.
  bool is_negative = false;              ///< The source says that there is no such thing.
  std::string key;                       ///< The key's text.
  std::vector<CacheField> fields;        ///< Sorted by name; where an entry has fields, `value` is empty.
  std::vector<std::string> tags;         ///< Explicit ones, sorted: the policy's and the loader's.
  Timestamp created;                     ///< When the load ended, by the loader's host.
  std::chrono::nanoseconds ttl{};        ///< After jitter.
  std::chrono::nanoseconds grace{};
  std::string validator;        ///< For a conditional request: whatever the loader wants back.
  std::uint64_t structure = 0;  ///< The structure's hash; 0 where the loader names none.

  [[nodiscard]] const CacheField* Field(std::string_view name) const;
};

enum class CacheState : std::uint8_t {
  kMiss,
  kFresh,
  kStale,     ///< Past its TTL or expired, within its grace.
  kNegative,  ///< "There is no such thing", still believed.
};

/// `miss`, `fresh`, `stale`, `negative`.
std::string_view CacheStateName(CacheState state);

/// The answer to one call.
struct CacheResult {
  CacheState state = CacheState::kMiss;
  CacheLevel level = CacheLevel::kNone;     ///< `kNone`: it was loaded just now, or it is a miss.
  std::chrono::nanoseconds age{};           ///< Since the entry was loaded.
  std::shared_ptr<const CacheEntry> entry;  ///< Null on a miss.
  bool is_refreshing = false;               ///< A load is under way behind this answer.
  Status stale_because;                     ///< Why it was not refreshed: the source's error, offline, a timeout.

  [[nodiscard]] bool has_value() const { return state == CacheState::kFresh || state == CacheState::kStale; }
  /// Requires `entry`.
  [[nodiscard]] std::string_view value() const { return entry->value; }
};

/// What a loader is told.
struct CacheLoad {
  const CacheKey& key;
  /// Fields that are missing or past their deadline, of those that were asked for. Empty: the whole value.
  std::span<const std::string> missing;
  /// What stands, stale or not, with its validator; null: nothing.
  std::shared_ptr<const CacheEntry> standing;
  /// Asked to stop once no caller waits any more.
  std::stop_token stop;
};

/// What a loader answers.
struct CacheLoaded {
  enum class Kind : std::uint8_t {
    kValue,
    kUnchanged,  ///< The standing entry is good again (HTTP 304).
    kNotFound,   ///< The source answered: there is no such thing. Kept for the negative TTL.
    kFailed,     ///< The source could not answer; `status` says why. Never kept.
  };
  Kind kind = Kind::kValue;
  std::string value;
  std::vector<CacheField> fields;               ///< In the place of `value`: merged with the entry's other fields.
  std::vector<std::string> tags;                ///< Beyond the policy's.
  std::optional<std::chrono::nanoseconds> ttl;  ///< In the place of the policy's. Zero: answered, not kept.
  std::string validator;
  std::string structure;  ///< Whatever identifies the value's structure; empty: the value itself does.
  /// Beyond the policy's: tags that are bumped when the structure is another than before.
  std::vector<std::string> structure_tags;
  Status status;                           ///< Of kFailed and kNotFound.
  std::chrono::nanoseconds retry_after{};  ///< Of kFailed: the source asks not to be asked for so long.

  static CacheLoaded Value(std::string value);
  static CacheLoaded Fields(std::vector<CacheField> fields);
  static CacheLoaded Unchanged();
  static CacheLoaded NotFound(std::string message = {});
  static CacheLoaded Failed(Status status, std::chrono::nanoseconds retry_after = {});
};

/// Called by at most one caller of a key at a time. May throw: that is a failed load. Where a stale value may be
/// served, with a timeout and with a stop token it runs in another thread and may outlast the call: what it refers to
/// must too.
using CacheLoader = std::function<CacheLoaded(const CacheLoad&)>;

/// What differs from call to call.
struct CacheCall {
  bool bypass = false;   ///< Neither reads nor writes any level.
  bool refresh = false;  ///< Loads even where a fresh value stands. No use that the history notes.
  bool offline = false;  ///< Never calls the loader nor the shared level: what stands on this host, or UNAVAILABLE.
  std::stop_token stop;  ///< Ends this caller's wait with CANCELLED; the load goes on while others wait.
};

}  // namespace cairn
