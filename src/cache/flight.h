#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "cairn/cache_result.h"

namespace cairn {

/// One load of one key, and those who wait for it. Any thread may call it.
class Flight {
 public:
  /// `fence`: the generations' number when it began.
  Flight(const CacheKey& key, std::vector<std::string> fields, std::uint64_t fence)
      : key_(key), fields_(std::move(fields)), fence_(fence) {}

  [[nodiscard]] const CacheKey& key() const { return key_; }
  [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
  [[nodiscard]] std::uint64_t fence() const { return fence_.load(std::memory_order_acquire); }
  /// Its load begins only now.
  void SetFence(std::uint64_t fence) { fence_.store(fence, std::memory_order_release); }
  /// Asked to stop once nobody waits.
  [[nodiscard]] std::stop_token stop() const { return stop_.get_token(); }

  /// Whether what it brings answers a caller who asks for these.
  [[nodiscard]] bool Covers(const std::vector<std::string>& fields) const;

  /// A stale value was found: who may take it need not wait.
  void PublishStale(const CacheResult& stale);
  void Complete(Result<CacheResult> outcome);

  /// How long a caller waits.
  struct Patience {
    bool takes_stale = true;  ///< At `soft_until`, where there is one.
    std::chrono::steady_clock::time_point soft_until = std::chrono::steady_clock::time_point::max();
    std::chrono::steady_clock::time_point hard_until = std::chrono::steady_clock::time_point::max();
    std::stop_token stop;
  };
  /// The outcome; the stale value where patience for better ends first; CANCELLED; DEADLINE_EXCEEDED.
  Result<CacheResult> Wait(const Patience& patience);

 private:
  friend class FlightTable;

  const CacheKey key_;
  const std::vector<std::string> fields_;
  std::atomic<std::uint64_t> fence_;
  std::stop_source stop_;
  int holders_ = 0;  ///< Guarded by the table's mutex.
  std::mutex mutex_;
  std::condition_variable_any changed_;
  // Guarded by mutex_.
  std::optional<CacheResult> stale_;
  std::optional<Result<CacheResult>> outcome_;
};

/// The flights of this process, at most one for a key that a caller may join. Any thread may call it.
class FlightTable {
 public:
  struct Joined {
    std::shared_ptr<Flight> flight;
    /// Set for a leader: a flight for other fields that is to end first, so that neither loses what the other brings.
    std::shared_ptr<Flight> previous;
    bool is_leader = false;
  };
  /// Joins the flight for a key, as one more holder, if it `is_valid` and brings these fields; otherwise begins one,
  /// which takes its place.
  Joined Join(const CacheKey& key, const std::vector<std::string>& fields, std::uint64_t fence,
              const std::function<bool(const Flight&)>& is_valid);
  /// Holders are those whom a flight is for: callers who wait, and whoever wants it done behind a caller's back. When
  /// the last one drops it, it is asked to stop, and nobody joins it any more.
  void AddHolder(Flight& flight);
  void DropHolder(const std::shared_ptr<Flight>& flight);
  /// It is over: who comes now begins another.
  void Leave(const std::shared_ptr<Flight>& flight);

 private:
  std::mutex mutex_;
  using Flights = std::unordered_map<std::uint64_t, std::shared_ptr<Flight>>;
  void EraseLocked(const std::shared_ptr<Flight>& flight);
  Flights flights_;  ///< Guarded by mutex_.
};

}  // namespace cairn
