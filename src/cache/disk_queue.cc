#include "cache/disk_queue.h"

namespace cairn {

bool DiskQueue::Add(std::shared_ptr<DiskWrite> write) {
  // Its lease ends outside the lock.
  std::shared_ptr<DiskWrite> replaced;
  const std::lock_guard lock(mutex_);
  const auto at = waiting_.find(write->hash);
  const std::uint64_t freed = at == waiting_.end() ? 0 : at->second->size();
  if (bytes_ - freed + write->size() > bytes_max_) return false;
  bytes_ += write->size() - freed;
  if (at != waiting_.end()) {
    // What it expects to replace is not going to be stored: what that one expected is what stands there.
    if (write->expected_stamp) write->expected_stamp = at->second->expected_stamp;
    replaced = std::exchange(at->second, std::move(write));
  } else {
    waiting_.emplace(write->hash, std::move(write));
  }
  return true;
}

std::shared_ptr<const DiskWrite> DiskQueue::Find(std::uint64_t hash) {
  const std::lock_guard lock(mutex_);
  for (const Places* places : {&waiting_, &taken_}) {
    if (const auto at = places->find(hash); at != places->end()) return at->second;
  }
  return nullptr;
}

std::vector<std::shared_ptr<DiskWrite>> DiskQueue::Take(std::size_t rows, std::uint64_t bytes) {
  std::vector<std::shared_ptr<DiskWrite>> batch;
  const std::lock_guard lock(mutex_);
  std::uint64_t taken_bytes = 0;
  while (!waiting_.empty() && batch.size() < rows && (batch.empty() || taken_bytes < bytes)) {
    const auto at = waiting_.begin();
    bytes_ -= at->second->size();
    taken_bytes += at->second->size();
    batch.push_back(at->second);
    taken_.emplace(at->first, std::move(at->second));
    waiting_.erase(at);
  }
  return batch;
}

void DiskQueue::Done() {
  Places done;
  const std::lock_guard lock(mutex_);
  done.swap(taken_);
}

void DiskQueue::PutBack() {
  std::vector<std::unique_ptr<LevelLease>> leases;
  const std::lock_guard lock(mutex_);
  for (auto& [hash, write] : taken_) {
    leases.push_back(std::move(write->lease));
    const std::uint64_t size = write->size();
    if (waiting_.emplace(hash, std::move(write)).second) bytes_ += size;
  }
  taken_.clear();
}

bool DiskQueue::empty() {
  const std::lock_guard lock(mutex_);
  return waiting_.empty();
}

std::uint64_t DiskQueue::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace cairn
