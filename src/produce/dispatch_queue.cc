#include "produce/dispatch_queue.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::uint64_t kOldestEvery = 16;

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
  lane.by_cost.insert({expected.count(), task});
  lane.by_age.emplace(task, expected.count());
}

std::optional<DispatchQueue::Next> DispatchQueue::Pop() {
  if (size() == 0) return std::nullopt;
  const bool slow = !slow_.by_cost.empty() && (slow_running_ < slow_max_ || quick_.by_cost.empty());
  Lane& lane = slow ? slow_ : quick_;
  if (slow) ++slow_running_;
  // Slow ones in turn by age would end all later: there the order is by cost alone, and few stand in it.
  const bool oldest = !slow && ++pops_ % kOldestEvery == 0;
  return Next{lane.Take(oldest), slow};
}

void DispatchQueue::Done(bool slow) {
  if (slow) --slow_running_;
}

}  // namespace cairn
