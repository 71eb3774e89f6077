#include "cache/pauses.h"

namespace cairn {

void Pauses::Set(std::uint64_t hash, Pause pause, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  if (pauses_.size() >= kPausesMax) {
    std::erase_if(pauses_, [now_ns](const auto& p) { return p.second.until_ns <= now_ns; });
    // So many sources down at once: the rest are asked again, no more.
    if (pauses_.size() >= kPausesMax) pauses_.clear();
  }
  pauses_[hash] = std::move(pause);
}

void Pauses::Clear(std::uint64_t hash) {
  const std::lock_guard lock(mutex_);
  pauses_.erase(hash);
}

std::optional<Pauses::Pause> Pauses::Find(std::uint64_t hash, std::int64_t now_ns) {
  const std::lock_guard lock(mutex_);
  const auto at = pauses_.find(hash);
  if (at == pauses_.end()) return std::nullopt;
  if (at->second.until_ns <= now_ns) {
    pauses_.erase(at);
    return std::nullopt;
  }
  return at->second;
}

}  // namespace cairn
