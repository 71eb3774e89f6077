#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

namespace cairn {

struct DispatchOptions {
  std::size_t workers = 1;
  /// What is expected to take longer stands in the slow lane.
  std::chrono::nanoseconds slow_from{std::chrono::milliseconds(50)};
  /// How many slow ones may run while quick ones wait. 0: all workers but one.
  std::size_t slow_max = 0;
};

/// Decides which task is begun next; it knows no threads and no clock. The dearest goes first (by the eighth), since
/// what is begun last decides when all is done; every sixteenth time the oldest, so that none waits for ever. What is
/// slow has a lane of its own: it goes before the quick ones, but one worker is left to those as long as there are any.
///
/// One thread at a time.
class DispatchQueue {
 public:
  explicit DispatchQueue(const DispatchOptions& options);

  void Push(std::uint64_t task, std::chrono::nanoseconds expected);
  struct Next {
    std::uint64_t task;
    bool slow;  ///< To be given back to `Done`.
  };
  /// None where nothing waits.
  std::optional<Next> Pop();
  /// The dearest of the quick ones, where it is expected to take no longer than that: to be begun together with one
  /// that `Pop` gave. Whose turn it is for its age waits for `Pop`.
  std::optional<Next> PopQuick(std::chrono::nanoseconds at_most);
  /// A task that `Pop` gave has ended.
  void Done(bool slow);

  [[nodiscard]] std::size_t size() const { return quick_.by_cost.size() + slow_.by_cost.size(); }
  [[nodiscard]] std::size_t slow_running() const { return slow_running_; }

 private:
  struct Key {
    std::int64_t cost;
    std::uint64_t task;
    // Dearest first; of equal ones the older.
    bool operator<(const Key& other) const { return cost != other.cost ? cost > other.cost : task < other.task; }
  };
  struct Lane {
    std::set<Key> by_cost;
    std::map<std::uint64_t, std::int64_t> by_age;  // Numbers grow with age.

    std::uint64_t Take(bool oldest);
  };

  const DispatchOptions options_;
  const std::size_t slow_max_;
  Lane quick_;
  Lane slow_;
  std::size_t slow_running_ = 0;
  std::uint64_t quick_since_oldest_ = 0;
};

}  // namespace cairn
