#include "lookup/warmer.h"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>

#include "lookup/warm_plan.h"

namespace cairn {
namespace {

// How far back usage is looked at, in keys.
constexpr std::size_t kAccessesMax = 100'000;

// What the threads of one warming share.
struct Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t next = 0;  // Guarded by mutex, like all below.
  std::size_t running = 0;
  std::uint64_t failures_in_a_row = 0;
  WarmProgress progress;
};

void Count(const Result<LookupAnswer>& answer, Shared& shared) {
  WarmProgress& progress = shared.progress;
  ++progress.done;
  if (!answer || answer->state == CacheState::kStale) {
    ++progress.failed;
    ++shared.failures_in_a_row;
    progress.error = answer ? Status(StatusCode::kUnavailable, answer->why) : answer.error();
    return;
  }
  shared.failures_in_a_row = 0;
  progress.key = answer->key;
  ++(answer->state == CacheState::kNegative ? progress.not_found : progress.loaded);
}

// Whether an answer stands on this host. Asking for it would count as a use.
bool Stands(Cache& cache, const std::string& key) {
  for (const CacheInspected& at : cache.Inspect(key)) {
    const bool is_here = at.level == CacheLevel::kMemory || at.level == CacheLevel::kDisk;
    if (is_here && (at.state == CacheState::kFresh || at.state == CacheState::kNegative)) return true;
  }
  return false;
}

// When the newest entry for a key on this host ceases to be fresh; the earliest time where there is none.
Timestamp FreshUntil(Cache& cache, const std::string& key) {
  Timestamp out = Timestamp::Min();
  for (const CacheInspected& at : cache.Inspect(key)) {
    if (at.entry != nullptr) out = std::max(out, Timestamp{at.entry->created.ns + at.entry->ttl.count()});
  }
  return out;
}

}  // namespace

Warmer::Warmer(WarmerOptions options)
    : options_(std::move(options)),
      bucket_(TokenBucket::InMemory({options_.config.rate_tokens, std::chrono::minutes(1)})) {
  if (options_.waiter == nullptr) {
    own_waiter_ = std::make_unique<SystemWaiter>();
    options_.waiter = own_waiter_.get();
  }
  if (options_.clock == nullptr) options_.clock = Clock::Default();
}

Warmer::~Warmer() = default;

Result<WarmProgress> Warmer::Run(std::vector<Question> questions, bool refresh, WarmProgress progress,
                                 const WarmWatch& watch, const std::stop_token& outer) {
  Shared shared;
  shared.progress = std::move(progress);
  std::stop_source stop;
  const std::stop_callback pass_on(outer, [&] { stop.request_stop(); });
  // Asks one question; false where it was ended instead.
  const auto ask = [&](const Question& question) {
    if (!refresh) {
      const auto key = options_.lookup->Key(question);
      if (key && Stands(*options_.cache, key->text())) {
        const std::lock_guard lock(shared.mutex);
        ++shared.progress.done;
        ++shared.progress.fresh;
        shared.progress.key = key->text();
        return true;
      }
    }
    const auto wait = bucket_->Take(options_.waiter->Now(), std::chrono::nanoseconds::max());
    if (wait && wait->count() > 0 && !options_.waiter->Wait(*wait, stop.get_token())) return false;
    LookupCall call;
    call.refresh = refresh;
    call.stop = stop.get_token();
    const auto answer = options_.lookup->Ask(question.source, question.operation, question.params, call);
    if (!answer && stop.stop_requested()) return false;
    const std::lock_guard lock(shared.mutex);
    Count(answer, shared);
    if (shared.failures_in_a_row >= kFailuresMax) stop.request_stop();
    return true;
  };
  const auto work = [&] {
    for (bool goes_on = true; goes_on;) {
      const Question* question = nullptr;
      {
        const std::lock_guard lock(shared.mutex);
        if (shared.next < questions.size() && !stop.stop_requested()) question = &questions[shared.next++];
      }
      goes_on = question != nullptr && ask(*question);
      const std::lock_guard lock(shared.mutex);
      if (!goes_on) --shared.running;
      shared.changed.notify_one();
    }
  };

  std::vector<std::jthread> threads;
  const std::size_t count = std::min<std::size_t>(options_.config.concurrency, questions.size());
  shared.running = count;
  for (std::size_t i = 0; i < count; ++i) threads.emplace_back(work);
  std::unique_lock lock(shared.mutex);
  bool is_ended_by_watch = false;
  for (std::uint64_t told = shared.progress.done;;) {
    shared.changed.wait(lock, [&] { return shared.progress.done > told || shared.running == 0; });
    if (shared.progress.done > told) {
      told = shared.progress.done;
      const WarmProgress now = shared.progress;
      lock.unlock();
      if (watch && !watch(now)) {
        is_ended_by_watch = true;
        stop.request_stop();
      }
      lock.lock();
    } else if (shared.running == 0) {
      break;
    }
  }
  WarmProgress out = std::move(shared.progress);
  const std::uint64_t failures = shared.failures_in_a_row;
  lock.unlock();
  threads.clear();
  if (failures >= kFailuresMax) {
    return Status(StatusCode::kUnavailable, fmt::format("after {} failures in a row, {} of {} done: {}", failures,
                                                        out.done, out.total, out.error.message()));
  }
  if ((is_ended_by_watch || outer.stop_requested()) && out.done < out.total) {
    return Status(StatusCode::kCancelled, fmt::format("ended with {} of {} done", out.done, out.total));
  }
  return out;
}

Result<WarmProgress> Warmer::FromList(std::string_view list, const WarmWatch& watch, std::stop_token stop) {
  std::vector<Question> questions;
  for (std::size_t number = 1; !list.empty(); ++number) {
    const std::size_t end = list.find('\n');
    const std::string_view line = list.substr(0, end);
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    auto question = ParseQuestion(line);
    const auto key = question ? options_.lookup->Key(*question) : Result<CacheKey>(question.error());
    if (!key) return key.error().WithContext(fmt::format("line {}", number));
    questions.push_back(*std::move(question));
  }
  WarmProgress progress;
  progress.total = questions.size();
  return Run(std::move(questions), false, std::move(progress), watch, stop);
}

Result<WarmProgress> Warmer::FromUsage(std::size_t limit, const WarmWatch& watch, std::stop_token stop) {
  std::vector<Question> questions;
  WarmProgress progress;
  for (const CacheAccess& access : options_.cache->Accesses(limit)) {
    ++progress.total;
    auto question = ParseKeyText(access.key);
    if (!question || question->is_of_user || !options_.lookup->Key(*question)) {
      ++progress.skipped;
      ++progress.done;
      continue;
    }
    questions.push_back(*std::move(question));
  }
  return Run(std::move(questions), false, std::move(progress), watch, stop);
}

Result<WarmProgress> Warmer::Step(std::stop_token stop) {
  const auto ttl = [&](std::string_view text) -> std::optional<std::chrono::nanoseconds> {
    const auto question = ParseKeyText(text);
    if (!question || question->is_of_user) return std::nullopt;
    const auto key = options_.lookup->Key(*question);
    if (!key) return std::nullopt;
    return key->operation().policy().ttl;
  };
  WarmConfig all = options_.config;
  all.loads_max = kAccessesMax;
  const Timestamp now = options_.clock->Now();
  std::vector<Question> questions;
  for (const WarmCandidate& candidate : PlanWarming(options_.cache->Accesses(kAccessesMax), now, all, ttl)) {
    if (questions.size() >= options_.config.loads_max) break;
    // The history knows the entry that was used last, which may have been refreshed since.
    const Timestamp until = FreshUntil(*options_.cache, candidate.key);
    if (until > now && until.ns - now.ns > all.before.count()) continue;
    questions.push_back(*ParseKeyText(candidate.key));
  }
  WarmProgress progress;
  progress.total = questions.size();
  return Run(std::move(questions), true, std::move(progress), {}, stop);
}

void Warmer::Start() {
  background_ = std::jthread([this](const std::stop_token& stop) {
    // A round that fails changes nothing for the next: the source may be back by then.
    do {
      (void)Step(stop);
    } while (options_.waiter->Wait(options_.config.every, stop));
  });
}

}  // namespace cairn
