#include "reference_cache.h"

#include <algorithm>

namespace cairn::bench {
namespace {

constexpr int kFrequencyMax = 3;

}  // namespace

bool ReferenceS3Fifo::Request(std::uint32_t id) {
  const auto at = objects_.find(id);
  if (at == objects_.end()) {
    Insert(id);
    return false;
  }
  at->second.frequency = std::min(at->second.frequency + 1, kFrequencyMax);
  return true;
}

void ReferenceS3Fifo::Remove(std::uint32_t id) {
  const auto at = objects_.find(id);
  if (at == objects_.end()) return;
  (at->second.is_main ? main_ : small_).erase(at->second.place);
  objects_.erase(at);
}

void ReferenceS3Fifo::Insert(std::uint32_t id) {
  while (objects_.size() >= size_) Evict();
  const auto ghost = ghosts_.find(id);
  const bool is_main = ghost != ghosts_.end();
  if (is_main) {
    ghost_.erase(ghost->second);
    ghosts_.erase(ghost);
  }
  std::list<std::uint32_t>& queue = is_main ? main_ : small_;
  queue.push_front(id);
  objects_[id] = {queue.begin(), is_main, 0};
}

void ReferenceS3Fifo::Evict() {
  if (small_.size() >= small_size_ && !small_.empty()) {
    EvictSmall();
  } else {
    EvictMain();
  }
}

void ReferenceS3Fifo::EvictSmall() {
  while (!small_.empty()) {
    const std::uint32_t id = small_.back();
    small_.pop_back();
    Object& object = objects_[id];
    if (object.frequency > 1) {
      main_.push_front(id);
      object = {main_.begin(), true, 0};
      continue;
    }
    objects_.erase(id);
    ghost_.push_front(id);
    ghosts_[id] = ghost_.begin();
    if (ghost_.size() > ghost_size_) {
      ghosts_.erase(ghost_.back());
      ghost_.pop_back();
    }
    return;
  }
}

void ReferenceS3Fifo::EvictMain() {
  while (!main_.empty()) {
    const std::uint32_t id = main_.back();
    Object& object = objects_[id];
    if (object.frequency == 0) {
      main_.pop_back();
      objects_.erase(id);
      return;
    }
    --object.frequency;
    main_.splice(main_.begin(), main_, object.place);
  }
}

bool ReferenceLru::Request(std::uint32_t id) {
  const auto at = objects_.find(id);
  if (at != objects_.end()) {
    order_.splice(order_.begin(), order_, at->second);
    return true;
  }
  if (objects_.size() >= size_) {
    objects_.erase(order_.back());
    order_.pop_back();
  }
  order_.push_front(id);
  objects_[id] = order_.begin();
  return false;
}

void ReferenceLru::Remove(std::uint32_t id) {
  const auto at = objects_.find(id);
  if (at == objects_.end()) return;
  order_.erase(at->second);
  objects_.erase(at);
}

}  // namespace cairn::bench
