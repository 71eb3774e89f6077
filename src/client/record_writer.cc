#include <fmt/format.h>

#include <algorithm>

#include "client/writer_impl.h"

namespace cairn {

Status RecordWriter::Impl::Wanted(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex);
  const std::uint64_t target = stats.added;
  wanted = std::max(wanted, target);
  changed.notify_one();
  const bool is_done = progress.wait_for(lock, timeout, [&] { return settled >= target && !has_spilled; });
  if (is_done) return Status::Ok();
  const std::string why = stats.last_error.ok() ? "" : ": " + stats.last_error.message();
  if (settled >= target) {
    return {StatusCode::kUnavailable,
            fmt::format("{} bytes of records wait in {}{}", stats.on_disk_bytes, options.spill_folder, why)};
  }
  return {StatusCode::kDeadlineExceeded, fmt::format("{} records wait in memory{}", target - settled, why)};
}

RecordWriter::RecordWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<RecordWriter>> RecordWriter::Open(std::shared_ptr<Repository> repository,
                                                         const RecordWriterOptions& options) {
  std::unique_ptr<Spill> spill;
  if (!options.spill_folder.empty()) {
    auto opened =
        Spill::Open(*FileSystem::Default(), options.spill_folder, {options.spill_bytes, options.spill_segment_bytes});
    if (!opened) return opened.error();
    spill = std::move(*opened);
  }
  auto impl = std::make_unique<Impl>(std::move(repository), options, std::move(spill));
  return std::unique_ptr<RecordWriter>(new RecordWriter(std::move(impl)));
}

RecordWriter::~RecordWriter() { (void)Close(std::chrono::seconds(1)); }

Status RecordWriter::Add(std::string_view json) {
  std::unique_lock lock(impl_->mutex);
  const std::size_t most = impl_->options.queue_bytes;
  if (json.size() > most) {
    return {StatusCode::kResourceExhausted,
            fmt::format("a record of {} bytes; the queue holds {} at most", json.size(), most)};
  }
  const auto has_room = [&] { return impl_->stats.waiting_bytes + json.size() <= most; };
  if (!has_room() && impl_->options.when_full == RecordWriterOptions::WhenFull::kRefuse && !impl_->is_closing) {
    return {StatusCode::kResourceExhausted,
            fmt::format("{} bytes of records wait, and more would be too many (at most {})", impl_->stats.waiting_bytes,
                        most)};
  }
  impl_->progress.wait(lock, [&] { return has_room() || impl_->is_closing; });
  if (impl_->is_closing) return {StatusCode::kFailedPrecondition, "the writer is closed"};
  if (impl_->queue.empty()) impl_->oldest = Impl::Clock::now();
  const bool was_ready = impl_->IsReady(impl_->oldest);
  const bool was_empty = impl_->queue.empty();
  impl_->queue.emplace_back(json);
  impl_->queued_bytes += json.size();
  impl_->stats.waiting_bytes += json.size();
  ++impl_->stats.added;
  // The thread is awake already, or sleeps until the first is old enough.
  if (was_empty || (!was_ready && impl_->IsReady(impl_->oldest))) impl_->changed.notify_one();
  return Status::Ok();
}

Status RecordWriter::Flush(std::chrono::milliseconds timeout) { return impl_->Wanted(timeout); }

Status RecordWriter::Close(std::chrono::milliseconds timeout) {
  const std::lock_guard close_lock(impl_->close_mutex);
  if (impl_->is_closed) return impl_->closed_with;
  impl_->is_closed = true;
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_closing = true;
    impl_->progress.notify_all();
  }
  (void)impl_->Wanted(timeout);
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->is_stopping = true;
    impl_->changed.notify_one();
  }
  impl_->thread.join();
  impl_->closed_with = impl_->Wanted(std::chrono::milliseconds(0));
  if (impl_->closed_with.code() == StatusCode::kDeadlineExceeded) {
    impl_->closed_with = {StatusCode::kDeadlineExceeded, "given up on closing: " + impl_->closed_with.message()};
  }
  // The folder is free for the next one.
  impl_->spill.reset();
  return impl_->closed_with;
}

RecordWriterStats RecordWriter::Stats() const {
  const std::lock_guard lock(impl_->mutex);
  RecordWriterStats stats = impl_->stats;
  stats.waiting = stats.added - impl_->settled;
  return stats;
}

}  // namespace cairn
