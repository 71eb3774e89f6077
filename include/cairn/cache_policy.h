#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/cache_key.h"
#include "cairn/status.h"

namespace cairn {

/// Where an answer came from. The order is the order in which they are asked.
enum class CacheLevel : std::uint8_t { kNone, kMemory, kDisk, kShared };

/// `none`, `memory`, `disk`, `shared`.
std::string_view CacheLevelName(CacheLevel level);

/// Which levels an operation uses.
struct CacheLevels {
  bool memory = true;
  bool disk = true;
  bool shared = true;
  friend bool operator==(const CacheLevels&, const CacheLevels&) = default;
};

/// How the answers of one operation are kept. Resolved once, by `Cache::Define`.
struct CachePolicy {
  using Duration = std::chrono::nanoseconds;

  /// How long a value is fresh. Default five minutes; at least 1 ms, at most ten years.
  Duration ttl = std::chrono::minutes(5);
  /// How long after that it may still be served as stale, while it is refreshed or the source is down. Default none.
  Duration grace{};
  /// How long "there is no such thing" is believed. Default one minute; zero: not kept.
  Duration negative_ttl = std::chrono::minutes(1);
  /// A fraction of each TTL that is taken off at random, so that what was loaded together does not expire together.
  /// Default 0.05; from 0 to 0.9.
  double jitter = 0.05;
  /// XFetch: how eagerly single callers refresh before the expiry, in multiples of what the load took. Default 1; 0:
  /// off.
  double early_refresh_beta = 1.0;
  /// From this fraction of the TTL on, the first hit starts a refresh behind its back. Default 0: off; below 1.
  double eager_refresh = 0;
  /// How long a caller waits for a load where a stale value stands, before it takes that one; the load goes on. Default
  /// zero: not at all (stale-while-revalidate). `kWait`: until the load ends; the stale value is for when it fails.
  Duration soft_timeout{};
  static constexpr Duration kWait = Duration::max();
  /// After this long a caller who waits gets DEADLINE_EXCEEDED; the load goes on for the others. Zero: waits.
  Duration hard_timeout{};
  /// How long after a failed load the source is left alone while a stale value stands, unless it says longer itself.
  Duration failure_pause = std::chrono::seconds(1);

  /// Raise it when the meaning of the stored bytes changes: other versions' entries are misses, and stay.
  std::uint32_t schema_version = 1;
  /// Names how values become bytes, e.g. `json`, with whatever else makes them unreadable to others.
  std::string codec = "bytes";

  CacheLevels levels;
  /// Values above so many bytes are compressed (zstd) on disk and in the shared level. Default 1 KiB; 0: never.
  std::uint64_t compress_above = 1024;
  /// Keys need a user, and no user sees another's entry.
  bool per_user = false;
  /// Values are sealed outside this process, and without a sealing key stay in memory.
  bool sensitive = false;
  /// Names under which every entry of this operation can be invalidated.
  std::vector<std::string> tags;
  /// Tags that are bumped when a load brings a value of another structure than the one before.
  std::vector<std::string> structure_tags;

  friend bool operator==(const CachePolicy&, const CachePolicy&) = default;
};

/// A defined operation. Owned by its `Cache`; any thread may read it.
class CacheOperation {
 public:
  CacheOperation(const CacheOperation&) = delete;
  CacheOperation& operator=(const CacheOperation&) = delete;
  virtual ~CacheOperation() = default;

  [[nodiscard]] const std::string& source() const { return source_; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// `source:name`.
  [[nodiscard]] const std::string& full_name() const { return full_name_; }
  [[nodiscard]] const CachePolicy& policy() const { return policy_; }
  /// Of schema version and codec.
  [[nodiscard]] std::uint64_t version() const { return version_; }
  /// Counts from 0 in the order of definition.
  [[nodiscard]] std::size_t index() const { return index_; }

  /// Returns INVALID_ARGUMENT for a parameter that comes twice or has no name, and where the policy is per user.
  [[nodiscard]] Result<CacheKey> Key(const std::vector<CacheParam>& params) const;
  /// Returns INVALID_ARGUMENT as above, and where the policy is not per user or `user` is empty.
  [[nodiscard]] Result<CacheKey> KeyOfUser(std::string_view user, const std::vector<CacheParam>& params) const;
  /// The key whose text this is, as listed or exported. Returns INVALID_ARGUMENT for another operation's.
  [[nodiscard]] Result<CacheKey> KeyOfText(std::string_view text) const;

 protected:
  CacheOperation(std::string source, std::string name, CachePolicy policy, std::size_t index, std::string user_secret);

 private:
  [[nodiscard]] Result<CacheKey> Make(std::string_view user, const std::vector<CacheParam>& params) const;
  [[nodiscard]] CacheKey Finish(std::string text) const;

  const std::string source_;
  const std::string name_;
  const std::string full_name_;
  const CachePolicy policy_;
  const std::uint64_t version_;
  const std::size_t index_;
  const std::string user_secret_;
};

}  // namespace cairn
