#pragma once

#include <simdjson.h>

#include <string_view>
#include <unordered_set>
#include <vector>

#include "cairn/status.h"

namespace cairn {

/// Looks for objects that have one key twice, at any depth: readers would disagree about which counts. Keys are
/// compared with their escapes resolved. Walks simdjson's tape (its doc/tape.md), three times as fast as walking its
/// elements. Keeps buffers between calls; one thread at a time.
class DuplicateKeys {
 public:
  /// Returns INVALID_ARGUMENT naming the path and the key.
  Status Check(const simdjson::dom::document& document);

 private:
  struct Key {
    std::uint64_t head;  // The first eight bytes, zeros behind a shorter key.
    std::string_view text;
  };
  struct Scope {
    std::size_t keys_begin = 0;
    std::uint64_t filter = 0;  // Bits of the keys seen, to tell at once that a key is new.
    bool object = false;
    bool hashed = false;  // Its keys are in the set of its depth.
  };

  bool SeenBefore(Scope& scope, const Key& key);
  bool SeenInSet(Scope& scope, const Key& key);
  [[nodiscard]] Status Twice(std::string_view key) const;

  std::vector<Key> keys_;  // Of the open objects, outermost first.
  std::vector<Scope> scopes_;
  std::vector<std::unordered_set<std::string_view>> sets_;  // By depth: the keys of an open object that has many.
};

}  // namespace cairn
