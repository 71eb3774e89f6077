#include "produce/dispatch_queue.h"

#include <algorithm>
#include <bit>

namespace cairn {
namespace {

constexpr std::uint64_t kOldestEvery = 16;

// To the eighth below: nobody knows better, and what is expected to take the same stays in the order in which it came,
// so that what belongs together is done together.
std::int64_t Rounded(std::chrono::nanoseconds expected) {
  const auto cost = static_cast<std::uint64_t>(std::max<std::int64_t>(expected.count(), 0));
  const int dropped = std::max(static_cast<int>(std::bit_width(cost)) - 4, 0);
  return static_cast<std::int64_t>(cost >> dropped << dropped);
}

}  // namespace

DispatchQueue::DispatchQueue(const DispatchOptions& options)
    : options_(options),
      slow_max_(options.slow_max != 0 ? options.slow_max : std::max<std::size_t>(options.workers, 2) - 1) {}

std::uint64_t DispatchQueue::Lane::Take(bool oldest) {
  const Key key = oldest ? Key{by_age.begin()->second, by_age.begin()->first} : *by_cost.begin();
  by_cost.erase(key);
  by_age.erase(key.task);
  return key.task;
}

void DispatchQueue::Push(std::uint64_t task, std::chrono::nanoseconds expected) {
  Lane& lane = expected > options_.slow_from ? slow_ : quick_;
  const std::int64_t cost = Rounded(expected);
  lane.by_cost.insert({cost, task});
  lane.by_age.emplace(task, cost);
}

std::optional<DispatchQueue::Next> DispatchQueue::Pop() {
  if (size() == 0) return std::nullopt;
  const bool slow = !slow_.by_cost.empty() && (slow_running_ < slow_max_ || quick_.by_cost.empty());
  Lane& lane = slow ? slow_ : quick_;
  if (slow) ++slow_running_;
  // Slow ones in turn by age would end all later: there the order is by cost alone, and few stand in it.
  const bool oldest = !slow && ++quick_since_oldest_ >= kOldestEvery;
  if (oldest) quick_since_oldest_ = 0;
  return Next{lane.Take(oldest), slow};
}

std::optional<DispatchQueue::Next> DispatchQueue::PopQuick(std::chrono::nanoseconds at_most) {
  if (quick_.by_cost.empty() || quick_.by_cost.begin()->cost > at_most.count()) return std::nullopt;
  ++quick_since_oldest_;
  return Next{quick_.Take(false), false};
}

void DispatchQueue::Done(bool slow) {
  if (slow) --slow_running_;
}

}  // namespace cairn
