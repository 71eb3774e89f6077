#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/level.h"
#include "cairn/time.h"

namespace cairn {

/// An entry on its way to disk.
struct DiskWrite {
  std::uint64_t hash = 0;
  std::uint64_t text_hash = 0;
  std::string text;
  std::string bytes;           ///< The entry.
  std::uint64_t sequence = 0;  ///< The fence: the generations' number when its load began.
  std::vector<std::uint64_t> tags;
  Timestamp drop_after;                         ///< Of no use from then on.
  std::optional<std::uint64_t> expected_stamp;  ///< As in `LevelWrite`.
  std::unique_ptr<LevelLease> lease;            ///< Ends when others can read the entry, or will not.

  [[nodiscard]] std::uint64_t size() const { return bytes.size() + text.size() + tags.size() * sizeof(std::uint64_t); }
};

}  // namespace cairn
