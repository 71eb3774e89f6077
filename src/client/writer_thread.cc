// What the thread of a `RecordWriter` does: batches out of the queue, to the service or to disk.
#include <algorithm>
#include <iterator>

#include "cache/random.h"
#include "client/fate.h"
#include "client/writer_impl.h"
#include "produce/retry.h"

namespace cairn {
namespace {

constexpr std::chrono::milliseconds kBackoff{50};

std::uint64_t BytesOf(const std::deque<std::string>& records) {
  std::uint64_t bytes = 0;
  for (const std::string& record : records) bytes += record.size();
  return bytes;
}

}  // namespace

bool RecordWriter::Impl::IsReady(Clock::time_point now) const {
  if (queue.empty()) return false;
  return is_stopping || wanted > settled || queue.size() >= options.batch_records ||
         queued_bytes >= options.batch_bytes || now >= oldest + options.linger;
}

void RecordWriter::Impl::FailedWith(const Status& status) {
  RetryPolicy policy;
  policy.attempts = ~std::uint32_t{0};
  policy.backoff = std::min<std::chrono::nanoseconds>(kBackoff, options.backoff_max);
  policy.backoff_max = options.backoff_max;
  const auto wait = NextRetry(policy, ++failures, {}, FastRandom());
  next_try = Clock::now() + wait.value_or(options.backoff_max);
  const std::lock_guard lock(mutex);
  stats.is_away = true;
  stats.last_error = status;
}

bool RecordWriter::Impl::SendFront(Records& records) {
  std::vector<std::string_view> batch;
  std::size_t bytes = 0;
  for (const std::string& record : records) {
    bytes += record.size();
    if (!batch.empty() && (batch.size() >= options.batch_records || bytes > options.batch_bytes)) break;
    batch.push_back(record);
  }
  const std::vector<Result<Stored>> results = repository->BulkStore(batch);
  const std::vector<Fate> fates = FatesOf(batch, results);
  Status again;
  Records left;
  std::uint64_t stored = 0;
  std::uint64_t refused = 0;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (fates[i] == Fate::kStored) ++stored;
    if (fates[i] == Fate::kRefused) {
      ++refused;
      if (options.on_refused) options.on_refused(batch[i], results[i].status());
    }
    if (fates[i] != Fate::kAgain) continue;
    again = results[i].status();
    left.push_back(records[i]);
  }
  const auto end = records.begin() + static_cast<std::ptrdiff_t>(batch.size());
  records.erase(records.begin(), end);
  records.insert(records.begin(), std::make_move_iterator(left.begin()), std::make_move_iterator(left.end()));
  {
    const std::lock_guard lock(mutex);
    stats.stored += stored;
    stats.refused += refused;
    if (again.ok()) stats.is_away = false;
  }
  if (!again.ok()) {
    FailedWith(again);
    return false;
  }
  failures = 0;
  next_try = Clock::time_point::min();
  return true;
}

bool RecordWriter::Impl::SendSpilled() {
  if (!is_replaying) {
    auto records = spill->ReadOldest();
    if (!records) {
      FailedWith(records.error());
      return false;
    }
    replaying.assign(std::make_move_iterator(records->begin()), std::make_move_iterator(records->end()));
    is_replaying = true;
  }
  if (!replaying.empty() && !SendFront(replaying)) return false;
  if (!replaying.empty()) return true;
  if (Status dropped = spill->DropOldest(); !dropped.ok()) {
    FailedWith(dropped);
    return false;
  }
  is_replaying = false;
  is_spill_full = false;
  NoteSpill();
  return true;
}

void RecordWriter::Impl::NoteSpill() {
  const std::lock_guard lock(mutex);
  has_spilled = HasSpilled();
  stats.on_disk_bytes = spill == nullptr ? 0 : spill->bytes();
  progress.notify_all();
}

void RecordWriter::Impl::Settle(std::size_t count, std::uint64_t bytes, bool is_spilled) {
  const std::lock_guard lock(mutex);
  settled += count;
  stats.waiting_bytes -= bytes;
  if (is_spilled) stats.spilled += count;
  progress.notify_all();
}

void RecordWriter::Impl::SpillBatch() {
  const std::vector<std::string> records(sending.begin(), sending.end());
  if (Status kept = spill->Append(records); !kept.ok()) {
    is_spill_full = true;
    is_disk_full = spill->Fits(records);
    FailedWith(kept);
    return;
  }
  const std::uint64_t bytes = BytesOf(sending);
  const std::size_t count = sending.size();
  sending.clear();
  NoteSpill();
  Settle(count, bytes, true);
}

void RecordWriter::Impl::TakeBatch() {
  const std::lock_guard lock(mutex);
  if (!IsReady(Clock::now())) return;
  std::size_t bytes = 0;
  while (!queue.empty() && sending.size() < std::max<std::size_t>(options.batch_records, 1) &&
         (sending.empty() || bytes + queue.front().size() <= options.batch_bytes)) {
    bytes += queue.front().size();
    sending.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  queued_bytes -= bytes;
  oldest = Clock::now();
}

void RecordWriter::Impl::Wait() {
  std::unique_lock lock(mutex);
  for (;;) {
    const auto now = Clock::now();
    const bool has_work = HasSpilled() || !sending.empty();
    if (is_stopping || (has_work && now >= next_try) || (sending.empty() && IsReady(now))) return;
    auto until = Clock::time_point::max();
    if (has_work) until = next_try;
    if (sending.empty() && !queue.empty()) until = std::min(until, oldest + options.linger);
    if (until == Clock::time_point::max()) {
      changed.wait(lock);
    } else {
      changed.wait_until(lock, until);
    }
  }
}

bool RecordWriter::Impl::Step() {
  Wait();
  {
    const std::lock_guard lock(mutex);
    if (is_stopping) is_running = false;
  }
  if (!is_running) {
    End();
    return false;
  }
  if (sending.empty()) TakeBatch();
  // Behind what is on disk already, in its order.
  if (!sending.empty() && HasSpilled() && !is_spill_full) SpillBatch();
  if (Clock::now() < next_try) return true;
  if (HasSpilled()) {
    // A disk may have room again before the service is back.
    if (!SendSpilled() && is_disk_full) is_spill_full = false;
    return true;
  }
  if (sending.empty()) return true;
  const std::size_t count = sending.size();
  const std::uint64_t bytes = BytesOf(sending);
  const bool is_sent = SendFront(sending);
  Settle(count - sending.size(), bytes - BytesOf(sending), false);
  if (!is_sent && spill != nullptr) SpillBatch();
  return true;
}

// What could not be sent by now goes to disk.
void RecordWriter::Impl::End() {
  while (spill != nullptr) {
    if (sending.empty()) TakeBatch();
    if (sending.empty()) break;
    SpillBatch();
    if (!sending.empty()) break;
  }
  const std::lock_guard lock(mutex);
  progress.notify_all();
}

}  // namespace cairn
