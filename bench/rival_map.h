#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rival.h"

namespace cairn::bench {

/// The floor of a read: a hash map in memory from (kind, target) to the places of its records, oldest first. Durable
/// never.
class MapRival {
 public:
  explicit MapRival(const Dataset& data);

  /// The newest record's bytes.
  [[nodiscard]] std::string_view Latest(std::string_view kind, std::string_view target) const;
  /// Touches the last byte of the newest `limit` records and returns how many there were.
  [[nodiscard]] std::size_t History(std::string_view kind, std::string_view target, std::size_t limit) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view key) const { return XXH3_64bits(key.data(), key.size()); }
  };

  [[nodiscard]] const std::vector<std::string_view>& Find(std::string_view kind, std::string_view target) const;

  std::unordered_map<std::string, std::vector<std::string_view>, Hash, std::equal_to<>> series_;
};

}  // namespace cairn::bench
