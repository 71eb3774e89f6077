#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>

#include "cache/disk_level.h"
#include "cache/level.h"

namespace cairn {

/// Invalidations that the shared level has yet to hear, kept on disk: they outlive the process that made them, which
/// may be a command that ended at once. Whichever process of this host reaches the shared level next tells them; until
/// then none of them reads there what was removed here. Any thread may call it.
class SharedDebt {
 public:
  /// More than this, or larger, becomes one: of everything.
  static constexpr std::size_t kOwedMax = 1000;
  static constexpr std::size_t kOwedBytesMax = 64 << 10;

  SharedDebt(DiskLevel& disk, std::function<std::uint64_t()> random) : disk_(disk), random_(std::move(random)) {}

  /// Keeps it. Whoever bumps a generation afterwards has the other processes look.
  Status Owe(const Invalidation& invalidation);
  /// Whether anything is owed, as of the generations that this process knows. True where the disk cannot say.
  bool IsOwing();
  /// Tells everything that is owed. Returns the shared level's status where it does not hear it, UNAVAILABLE where
  /// another thread is telling it.
  Status Pay(SharedLevel& shared, LevelDeadline deadline);

 private:
  static constexpr std::uint64_t kNeverLooked = UINT64_MAX;

  DiskLevel& disk_;
  const std::function<std::uint64_t()> random_;
  std::mutex paying_;
  std::atomic<std::uint64_t> looked_at_ = kNeverLooked;  ///< The generations' number at that time.
  std::atomic<bool> is_owing_ = false;
};

}  // namespace cairn
