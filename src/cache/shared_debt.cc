#include "cache/shared_debt.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cache/redis_message.h"

namespace cairn {
namespace {

constexpr const char* kOwed = "owed ";
constexpr const char* kOwedAll = "owed all";

std::string Everything() {
  Invalidation everything;
  everything.tags.push_back(MakeTag('a', ""));
  return EncodeInvalidation(everything);
}

}  // namespace

Status SharedDebt::Owe(const Invalidation& invalidation) {
  // From here on this process must look, whatever becomes of the rest.
  looked_at_.store(kNeverLooked, std::memory_order_release);
  const std::string message = EncodeInvalidation(invalidation);
  const auto owed = disk_.Notes(kOwed);
  if (!owed) return owed.error();
  if (owed->size() < kOwedMax && message.size() <= kOwedBytesMax) {
    return disk_.SetNote(kOwed + std::to_string(random_()), message);
  }
  if (Status status = disk_.SetNote(kOwedAll, Everything()); !status.ok()) return status;
  for (const auto& [name, value] : *owed) {
    if (name == kOwedAll) continue;
    if (Status status = disk_.SetNote(name, {}); !status.ok()) return status;
  }
  return Status::Ok();
}

bool SharedDebt::IsOwing() {
  const std::uint64_t now = disk_.generations().applied();
  if (looked_at_.load(std::memory_order_acquire) != now) {
    const auto owed = disk_.Notes(kOwed);
    if (!owed) return true;
    is_owing_.store(!owed->empty(), std::memory_order_release);
    looked_at_.store(now, std::memory_order_release);
  }
  return is_owing_.load(std::memory_order_acquire);
}

Status SharedDebt::Pay(SharedLevel& shared, LevelDeadline deadline) {
  const std::unique_lock lock(paying_, std::try_to_lock);
  if (!lock.owns_lock()) return {StatusCode::kUnavailable, "the shared level is being told what was invalidated"};
  const auto owed = disk_.Notes(kOwed);
  if (!owed) return owed.error();
  for (const auto& [name, value] : *owed) {
    // What a newer version of the program owes is not understood, but everything covers it.
    const auto known = DecodeInvalidation(value);
    const auto invalidation = known ? known : DecodeInvalidation(Everything());
    if (Status told = shared.Invalidate(*invalidation, deadline); !told.ok()) return told;
    if (Status dropped = disk_.SetNote(name, {}); !dropped.ok()) return dropped;
  }
  looked_at_.store(kNeverLooked, std::memory_order_release);
  return Status::Ok();
}

}  // namespace cairn
