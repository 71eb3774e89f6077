#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "cairn/status.h"

namespace cairn {

/// Keys whose source is left alone for a while because it failed. Nothing of it is stored: an error is no answer. Any
/// thread may call it.
class Pauses {
 public:
  struct Pause {
    std::int64_t until_ns = 0;  ///< Steady.
    bool is_asked_for = false;  ///< By the source (Retry-After): then nobody asks it, stale value or not.
    Status because;
  };
  void Set(std::uint64_t hash, Pause pause, std::int64_t now_ns);
  void Clear(std::uint64_t hash);
  /// Absent where there is none or it is over.
  std::optional<Pause> Find(std::uint64_t hash, std::int64_t now_ns);

 private:
  static constexpr std::size_t kPausesMax = 10'000;
  std::mutex mutex_;
  std::unordered_map<std::uint64_t, Pause> pauses_;  ///< Guarded by mutex_.
};

}  // namespace cairn
