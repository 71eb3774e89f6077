#pragma once

#include <span>
#include <string>
#include <vector>

#include "cache/entry_key.h"
#include "cache/level.h"
#include "cairn/cache_policy.h"

namespace cairn {

/// An operation with what follows from its policy for every call, resolved once.
class DefinedOperation final : public CacheOperation {
 public:
  /// Returns INVALID_ARGUMENT for names and policies out of bounds.
  static Status Check(std::string_view source, std::string_view name, const CachePolicy& policy);

  DefinedOperation(std::string source, std::string name, CachePolicy policy, std::size_t index,
                   std::string user_secret);

  /// Everything, source, operation.
  [[nodiscard]] const std::vector<LevelTag>& implicit_tags() const { return implicit_tags_; }
  [[nodiscard]] const std::vector<LevelTag>& explicit_tags() const { return explicit_tags_; }
  /// Of both, and of `SharedTag` where the operation uses the shared level.
  [[nodiscard]] const std::vector<std::uint64_t>& tag_hashes() const { return tag_hashes_; }

  static const DefinedOperation& Of(const CacheKey& key) {
    return static_cast<const DefinedOperation&>(key.operation());
  }
  /// Whatever may have come from the shared level: what is dropped when its invalidations were missed.
  static const LevelTag& SharedTag();

 private:
  std::vector<LevelTag> implicit_tags_;
  std::vector<LevelTag> explicit_tags_;
  std::vector<std::uint64_t> tag_hashes_;
};

/// A key with its tags, as levels take it. Refers to the key.
class KeyWithTags {
 public:
  explicit KeyWithTags(const CacheKey& key);
  KeyWithTags(const KeyWithTags&) = delete;
  KeyWithTags& operator=(const KeyWithTags&) = delete;

  [[nodiscard]] const LevelKey& level_key() const { return level_key_; }
  [[nodiscard]] const EntryKey& entry_key() const { return entry_key_; }
  /// Hashes of all tags that are known before a load.
  [[nodiscard]] std::span<const std::uint64_t> tag_hashes() const { return hashes_; }

 private:
  EntryKey entry_key_;
  LevelKey level_key_;
  // Where the key has a user; else the operation's own serve.
  std::vector<LevelTag> tags_with_user_;
  std::vector<std::uint64_t> hashes_with_user_;
  std::span<const std::uint64_t> hashes_;
};

EntryKey EntryKeyOf(const CacheKey& key);

}  // namespace cairn
