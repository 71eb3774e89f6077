#include "bus/bus_thread.h"

#include <algorithm>
#include <exception>

namespace cairn {
namespace {

constexpr std::size_t kPageRecords = 512;
// What a stop or a new subscriber waits for at most.
constexpr std::chrono::milliseconds kLook{100};

/// What the handler says, in whichever way.
Status CallHandler(const FactHandler& handler, std::span<const Fact> facts) {
  try {
    return handler(facts);
  } catch (const std::exception& error) {
    return {StatusCode::kUnknown, std::string("the handler threw: ") + error.what()};
  } catch (...) {
    return {StatusCode::kUnknown, "the handler threw"};
  }
}

}  // namespace

Bus::Impl::Impl(std::shared_ptr<Repository> repository)
    : repository_(std::move(repository)), thread_([this] { Run(); }) {}

void Bus::Impl::Close() {
  {
    const std::lock_guard lock(mutex_);
    is_closed_ = true;
    for (const auto& entry : entries_) entry->is_stopped = true;
    entries_.clear();
    changed_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
}

void Bus::Impl::Add(const std::shared_ptr<BusEntry>& entry) {
  const std::lock_guard lock(mutex_);
  entry->is_stopped = is_closed_;
  if (!is_closed_) entries_.push_back(entry);
  changed_.notify_all();
}

void Bus::Impl::Stop(BusEntry& entry) {
  std::unique_lock lock(mutex_);
  entry.is_stopped = true;
  std::erase_if(entries_, [&](const auto& each) { return each.get() == &entry; });
  changed_.notify_all();
  if (std::this_thread::get_id() == thread_.get_id()) return;
  changed_.wait(lock, [&] { return called_ != &entry; });
}

void Bus::Impl::Run() {
  while (true) {
    std::vector<std::shared_ptr<BusEntry>> entries;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [&] { return is_closed_ || !entries_.empty(); });
      if (is_closed_) return;
      entries = entries_;
    }
    bool has_worked = false;
    for (const auto& entry : entries) has_worked = Step(*entry) || has_worked;
    page_ = {};
    page_from_ = {};
    if (!has_worked) Wait(entries);
  }
}

void Bus::Impl::Wait(const std::vector<std::shared_ptr<BusEntry>>& entries) {
  const auto now = BusEntry::Clock::now();
  auto until = now + kLook;
  std::optional<Seq> first;  // Of what those wait for who do not wait for their time.
  {
    const std::lock_guard lock(mutex_);
    for (const auto& entry : entries) {
      if (entry->not_before > now) {
        until = std::min(until, entry->not_before);
      } else {
        first = first ? std::min(*first, entry->position) : entry->position;
      }
    }
  }
  if (first) {
    const auto time = std::chrono::ceil<std::chrono::milliseconds>(until - now);
    const Status status = repository_->WaitFor(Seq{std::max<std::uint64_t>(first->value, 1) - 1}, time);
    if (status.ok() || status.code() == StatusCode::kDeadlineExceeded) return;
    // The next look at the store tells those who ask.
  }
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return is_closed_; });
}

bool Bus::Impl::Enter(const BusEntry& entry) {
  const std::lock_guard lock(mutex_);
  if (!entry.is_stopped) called_ = &entry;
  return !entry.is_stopped;
}

void Bus::Impl::Leave() {
  const std::lock_guard lock(mutex_);
  called_ = nullptr;
  changed_.notify_all();
}

bool Bus::Impl::Step(BusEntry& entry) {
  if (entry.not_before > BusEntry::Clock::now()) return false;
  const bool has_worked = !entry.batch.empty() || Gather(entry);
  if (!entry.batch.empty()) Call(entry);
  return has_worked;
}

bool Bus::Impl::Gather(BusEntry& entry) {
  const Seq from = Locked([&] { return entry.position; });
  if (page_from_ != from) {
    auto page = repository_->Tail(from, kPageRecords);
    if (!page) {
      if (Enter(entry)) {
        Fail(entry, page.error());
        Leave();
      }
      return false;
    }
    page_ = std::move(*page);
    page_from_ = from;
  }
  entry.failed = 0;
  entry.batch_end = std::max(page_.next, from);
  for (const Fact& fact : page_.facts) {
    if (!entry.match.Takes(fact)) continue;
    entry.batch.push_back(fact);
    if (entry.batch.size() < entry.options.batch_records) continue;
    entry.batch_end = Seq{fact.seq().value + 1};
    break;
  }
  if (!entry.batch.empty()) return true;
  const std::lock_guard lock(mutex_);
  entry.stats.last_error = Status::Ok();
  entry.position = entry.batch_end;
  return entry.position > from;
}

void Bus::Impl::Call(BusEntry& entry) {
  if (!Enter(entry)) return;
  const Status status = CallHandler(entry.handler, entry.batch);
  const bool is_over = !status.ok() && entry.options.attempts != 0 && entry.failed + 1 >= entry.options.attempts;
  {
    const std::lock_guard lock(mutex_);
    if (!status.ok()) ++entry.stats.failures;
  }
  if (status.ok() || is_over) {
    const std::lock_guard lock(mutex_);
    (is_over ? entry.stats.passed_over : entry.stats.delivered) += entry.batch.size();
    entry.position = entry.batch_end;
    if (status.ok()) entry.stats.last_error = status;
    entry.batch.clear();
  }
  if (!status.ok()) Fail(entry, status);
  if (status.ok() || is_over) {
    entry.failed = 0;
    entry.not_before = {};
  }
  Leave();
}

void Bus::Impl::Fail(BusEntry& entry, const Status& why) {
  std::chrono::nanoseconds pause = entry.options.backoff;
  for (std::uint32_t i = 0; i < entry.failed && pause < entry.options.backoff_max; ++i) pause *= 2;
  ++entry.failed;
  entry.not_before = BusEntry::Clock::now() + std::min<std::chrono::nanoseconds>(pause, entry.options.backoff_max);
  {
    const std::lock_guard lock(mutex_);
    entry.stats.last_error = why;
  }
  if (!entry.options.on_error) return;
  (void)CallHandler(
      [&](std::span<const Fact>) {
        entry.options.on_error(why);
        return Status::Ok();
      },
      {});
}

}  // namespace cairn
