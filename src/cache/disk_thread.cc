#include <algorithm>

#include "cache/disk_level.h"

// How the disk level writes behind its callers' backs.

namespace cairn {
namespace {

constexpr std::size_t kSweptWithABatch = 32;
constexpr std::size_t kSweptAtOnce = 512;
constexpr std::chrono::milliseconds kWaitAfterTrouble(200);

}  // namespace

Status DiskLevel::Store(DiskWrite write) {
  if (write.size() > file_->budget().row_bytes) {
    return {StatusCode::kResourceExhausted, "an entry is larger than a sixteenth of the disk level"};
  }
  if (!queue_.Add(std::make_shared<DiskWrite>(std::move(write)))) {
    return {StatusCode::kResourceExhausted, "the disk level's queue is full"};
  }
  if (!options_.has_thread) return Status::Ok();
  if (options_.disk.write_delay.count() == 0) return Flush();
  const std::lock_guard lock(thread_mutex_);
  WakeBy(store_at_, std::chrono::steady_clock::now() + options_.disk.write_delay);
  return Status::Ok();
}

void DiskLevel::WakeBy(std::chrono::steady_clock::time_point& due, std::chrono::steady_clock::time_point at) {
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
  if (due <= at) return;
  due = at;
  thread_wakes_.notify_all();
}

Result<bool> DiskLevel::StoreBatch() {
  bool has_more = false;
  const Status status = OnStore([&](DiskStore& store) -> Status {
    const auto batch = queue_.Take(file_->budget().batch_rows, file_->budget().batch_bytes);
    if (batch.empty()) return Status::Ok();
    Status stored = store.Store(batch);
    // A full disk does not empty by itself: what was to be stored is given up, as anything in a cache may be.
    if (stored.ok() || stored.code() != StatusCode::kUnavailable) {
      queue_.Done();
    } else {
      queue_.PutBack();
    }
    has_more = !queue_.empty();
    return stored;
  });
  if (!status.ok()) return status;
  return has_more;
}

Result<bool> DiskLevel::Step() {
  const auto has_more = StoreBatch();
  if (!has_more || *has_more) return has_more;
  bool is_sweeping = false;
  const Status status = OnStore([&](DiskStore& store) -> Status {
    const auto is_end = store.Sweep(wants_sweep_ ? kSweptAtOnce : kSweptWithABatch);
    if (!is_end) return is_end.error();
    if (*is_end) wants_sweep_ = false;
    is_sweeping = wants_sweep_;
    return Status::Ok();
  });
  if (!status.ok()) return status;
  return is_sweeping;
}

Status DiskLevel::Flush() {
  for (;;) {
    const auto has_more = StoreBatch();
    if (!has_more) return has_more.error();
    if (!*has_more) return Status::Ok();
  }
}

void DiskLevel::EndViews() {
  const ForkGate::Pass pass(gate_);
  pool_.EndViews();
}

void DiskLevel::Loop() {
  std::unique_lock lock(thread_mutex_);
  while (!is_stopping_) {
    const auto next = std::min(store_at_, end_views_at_);
    const auto now = std::chrono::steady_clock::now();
    if (now < next) {
      if (next == kNever) {
        thread_wakes_.wait(lock);
      } else {
        thread_wakes_.wait_until(lock, next);
      }
      continue;
    }
    const bool ends_views = end_views_at_ <= now;
    const bool stores = store_at_ <= now;
    if (ends_views) {
      end_views_at_ = kNever;
      // A view that is in use now is noted again when it is given back.
      has_views_.store(false, std::memory_order_release);
    }
    if (stores) store_at_ = kNever;
    lock.unlock();
    if (ends_views) EndViews();
    const Result<bool> has_more = stores ? Step() : Result<bool>(false);
    lock.lock();
    if (!has_more || *has_more) {
      const auto wait = has_more ? options_.disk.write_delay : kWaitAfterTrouble;
      store_at_ = std::min(store_at_, std::chrono::steady_clock::now() + wait);
    }
  }
}

}  // namespace cairn
