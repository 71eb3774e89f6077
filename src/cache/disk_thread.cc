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
  if (!thread_.joinable()) thread_ = std::thread([this] { Loop(); });
  if (!has_work_) {
    has_work_ = true;
    thread_wakes_.notify_all();
  }
  return Status::Ok();
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

void DiskLevel::Loop() {
  std::unique_lock lock(thread_mutex_);
  for (;;) {
    thread_wakes_.wait(lock, [this] { return has_work_ || is_stopping_; });
    if (!is_stopping_) {
      // What comes meanwhile is committed with it.
      thread_wakes_.wait_for(lock, options_.disk.write_delay, [this] { return is_stopping_; });
    }
    if (is_stopping_) return;
    has_work_ = false;
    lock.unlock();
    const auto has_more = Step();
    lock.lock();
    if (!has_more) thread_wakes_.wait_for(lock, kWaitAfterTrouble, [this] { return is_stopping_; });
    has_work_ |= !has_more || *has_more;
  }
}

}  // namespace cairn
