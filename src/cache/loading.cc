#include "cache/loading.h"

namespace cairn {
bool Loading::IsSatisfied(const LevelAnswer& answer, const std::vector<std::string>& fields,
                          std::int64_t now_ns) const {
  if (answer.entry == nullptr) return false;
  if (fields.empty() || answer.entry->is_negative) return answer.is_fresh();
  // An entry may be stale as a whole because of a field that nobody asks for here.
  return !answer.is_expired && MissingFields(answer.entry.get(), answer.times, fields, now_ns).empty();
}

bool Loading::MayServeStale(const LevelAnswer& answer, const std::vector<std::string>& fields,
                            std::int64_t now_ns) const {
  if (answer.entry == nullptr || answer.entry->is_negative || now_ns >= answer.times.stale_until_ns) return false;
  // Each field has a grace of its own; the entry is kept as long as the longest.
  return MissingFields(answer.entry.get(), answer.times, fields, now_ns - answer.entry->grace.count()).empty();
}

LevelAnswer Loading::AnswerOf(MemoryLevel::Hit hit) {
  LevelAnswer answer;
  answer.state = hit.state;
  answer.level = hit.entry == nullptr ? CacheLevel::kNone : CacheLevel::kMemory;
  answer.entry = std::move(hit.entry);
  answer.times = hit.times;
  answer.is_expired = hit.is_expired;
  return answer;
}

void Loading::Standing::Improve(LevelAnswer&& other) {
  if (other.level == CacheLevel::kDisk) disk_stamp = other.stamp;
  if (other.level == CacheLevel::kShared) shared_stamp = other.stamp;
  if (other.entry == nullptr) return;
  const bool is_better = answer.entry == nullptr || (other.is_fresh() && !answer.is_fresh()) ||
                         (other.is_fresh() == answer.is_fresh() && other.entry->created > answer.entry->created);
  if (is_better) answer = std::move(other);
}

void Loading::ReadLower(const CacheKey& key, const std::vector<std::string>& fields, std::uint64_t fence,
                        Standing& standing) {
  standing.Improve(levels_.ReadDisk(key, fence));
  if (IsSatisfied(standing.answer, fields, levels_.SteadyNs())) return;
  standing.Improve(levels_.ReadShared(key, fence, standing.shared_fence));
}

CacheResult Loading::ResultOf(LevelAnswer answer, std::int64_t now_ns) {
  CacheResult result;
  if (answer.entry == nullptr) return result;
  result.state = answer.state;
  result.level = answer.level;
  result.age = std::chrono::nanoseconds(std::max<std::int64_t>(0, now_ns - answer.times.created_ns));
  result.entry = std::move(answer.entry);
  return result;
}

CacheResult Loading::ResultOf(MemoryLevel::Hit hit, std::int64_t now_ns) {
  CacheResult result;
  result.state = hit.state;
  result.level = CacheLevel::kMemory;
  result.age = std::chrono::nanoseconds(std::max<std::int64_t>(0, now_ns - hit.times.created_ns));
  result.entry = std::move(hit.entry);
  return result;
}

CacheResult Loading::StaleBecause(const LevelAnswer& answer, Status why) const {
  CacheResult result = ResultOf(answer, levels_.SteadyNs());
  result.state = CacheState::kStale;
  result.stale_because = std::move(why);
  return result;
}

CacheResult Loading::AnswerHit(const CacheKey& key, const std::vector<std::string>& fields, const LevelAnswer& answer,
                               std::int64_t now_ns) {
  CacheResult result = ResultOf(answer, now_ns);
  FinishHit(key, fields, result, answer.times, nullptr, now_ns);
  return result;
}

void Loading::FinishHit(const CacheKey& key, const std::vector<std::string>& fields, CacheResult& result,
                        const EntryTimes& times, const CacheLoader* loader, std::int64_t now_ns) {
  // What was asked for is fresh, whatever else the entry holds.
  if (!fields.empty() && !result.entry->is_negative) result.state = CacheState::kFresh;
  const CachePolicy& policy = key.operation().policy();
  const auto load_time = result.entry->load_time;
  if (loader != nullptr && now_ns >= CalmUntil(policy, times, load_time) &&
      IsRefreshedEarly(policy, times, load_time, now_ns, random_()) && !pauses_.Find(key.hash(), now_ns)) {
    result.is_refreshing = RefreshBehind(key, fields, *loader);
  }
  LogResult(key, result);
}

MemoryLevel::Hit Loading::ReadMemoryRecently(const CacheKey& key, std::int64_t& now_ns) {
  now_ns = levels_.RecentNs();
  MemoryLevel::Hit hit = levels_.ReadMemory(key, now_ns);
  if (hit.entry != nullptr && hit.times.fresh_until_ns - now_ns < CacheClock::kRecentNsMax) {
    now_ns = levels_.SteadyNs();
    hit = levels_.ReadMemory(key, now_ns, false);
  }
  return hit;
}

CacheResult Loading::Get(const CacheKey& key, const CacheCall& call) {
  std::int64_t now_ns = 0;
  MemoryLevel::Hit hit = ReadMemoryRecently(key, now_ns);
  if (hit.is_fresh()) {
    CacheResult result = ResultOf(std::move(hit), now_ns);
    LogResult(key, result);
    return result;
  }
  Standing standing;
  standing.answer = AnswerOf(std::move(hit));
  if (const auto fence = levels_.TakeFence(); fence) {
    if (call.offline || options_.offline) {
      standing.Improve(levels_.ReadDisk(key, *fence));
    } else {
      ReadLower(key, {}, *fence, standing);
    }
  }
  CacheResult result = ResultOf(std::move(standing.answer), now_ns);
  LogResult(key, result);
  return result;
}

Result<CacheResult> Loading::Ask(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader,
                                 const CacheCall& call) {
  std::int64_t now_ns = 0;
  const bool is_offline = options_.offline || call.offline;
  const CacheLoader* refresher = is_offline || loader == nullptr ? nullptr : &loader;
  MemoryLevel::Hit hit = ReadMemoryRecently(key, now_ns);
  if (!call.refresh && fields.empty() && hit.is_fresh()) {
    const EntryTimes times = hit.times;
    Result<CacheResult> result(ResultOf(std::move(hit), now_ns));
    FinishHit(key, fields, *result, times, refresher, now_ns);
    return result;
  }
  Standing standing;
  standing.answer = AnswerOf(std::move(hit));
  if (!call.refresh && IsSatisfied(standing.answer, fields, now_ns)) {
    CacheResult result = ResultOf(standing.answer, now_ns);
    FinishHit(key, fields, result, standing.answer.times, refresher, now_ns);
    return result;
  }
  if (is_offline) return AnswerOffline(key, fields, std::move(standing));
  const CachePolicy& policy = key.operation().policy();
  const bool serves_at_once = !call.refresh && policy.soft_timeout.count() == 0;
  if (serves_at_once && MayServeStale(standing.answer, fields, now_ns)) {
    CacheResult result = StaleBecause(standing.answer, {});
    if (const auto pause = pauses_.Find(key.hash(), now_ns); pause) {
      result.stale_because = pause->because;
    } else {
      result.is_refreshing = RefreshBehind(key, fields, loader);
    }
    LogResult(key, result);
    return result;
  }
  return Fly(key, fields, loader, call);
}

Result<CacheResult> Loading::AnswerOffline(const CacheKey& key, const std::vector<std::string>& fields,
                                           Standing standing) {
  if (const auto fence = levels_.TakeFence(); fence) standing.Improve(levels_.ReadDisk(key, *fence));
  const std::int64_t now_ns = levels_.SteadyNs();
  if (IsSatisfied(standing.answer, fields, now_ns)) return AnswerHit(key, fields, standing.answer, now_ns);
  const Status offline(StatusCode::kUnavailable, "offline: " + key.text() + " is not kept on this host");
  if (!MayServeStale(standing.answer, fields, now_ns)) return offline;
  CacheResult result = StaleBecause(standing.answer, {StatusCode::kUnavailable, "offline"});
  LogResult(key, result);
  return result;
}

bool Loading::IsValid(const Flight& flight) const {
  // What began before an invalidation may bring what was invalidated.
  const KeyWithTags tagged(flight.key());
  const auto verdict =
      levels_.generations().Check({flight.key().text_hash(), flight.key().text()}, tagged.tag_hashes(), flight.fence());
  return !verdict.is_removed && !verdict.is_expired && !verdict.is_uncertain;
}

FlightTable::Joined Loading::Join(const CacheKey& key, const std::vector<std::string>& fields) {
  // Where the fence cannot be known nothing is kept; there is still one load for all.
  (void)levels_.TakeFence();
  return flights_.Join(key, fields, levels_.generations().applied(),
                       [this](const Flight& flight) { return IsValid(flight); });
}

bool Loading::RefreshBehind(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader) {
  const auto joined = Join(key, fields);
  bool is_under_way = true;
  if (joined.is_leader) {
    is_under_way = Behind(joined.flight, [this, joined, loader] { Lead(joined, loader, {}, true); });
    if (!is_under_way) {
      Finish(joined.flight, Status(StatusCode::kResourceExhausted, "too many loads wait for a thread"));
    }
  }
  flights_.DropHolder(joined.flight);
  return is_under_way;
}

bool Loading::Behind(const std::shared_ptr<Flight>& flight, std::function<void()> work) {
  // Should it never run, nobody waits for it.
  std::shared_ptr<void> unless_run(
      nullptr, [flight](void*) { flight->Complete(Status(StatusCode::kCancelled, "the cache is being closed")); });
  flights_.AddHolder(*flight);
  const bool is_taken = in_background_([this, flight, work = std::move(work), unless_run] {
    work();
    flights_.DropHolder(flight);
  });
  if (!is_taken) flights_.DropHolder(flight);
  return is_taken;
}

Result<CacheResult> Loading::Fly(const CacheKey& key, const std::vector<std::string>& fields, const CacheLoader& loader,
                                 const CacheCall& call) {
  const CachePolicy& policy = key.operation().policy();
  const auto began = std::chrono::steady_clock::now();
  Flight::Patience patience;
  patience.stop = call.stop;
  patience.takes_stale = policy.soft_timeout != CachePolicy::kWait && !call.refresh;
  if (patience.takes_stale) patience.soft_until = began + policy.soft_timeout;
  if (policy.hard_timeout.count() != 0) patience.hard_until = began + policy.hard_timeout;

  const auto joined = Join(key, fields);
  if (joined.is_leader) {
    Lead(joined, loader, call, false);
  } else {
    levels_.counters().Add(key.operation().index(), [](CacheOperationStats& stats) { ++stats.coalesced; });
  }
  Result<CacheResult> result = joined.flight->Wait(patience);
  flights_.DropHolder(joined.flight);
  if (result) LogResult(key, *result);
  return result;
}

void Loading::Finish(const std::shared_ptr<Flight>& flight, Result<CacheResult> outcome) {
  flights_.Leave(flight);
  flight->Complete(std::move(outcome));
}

void Loading::Log(CacheEvent::Kind kind, CacheLevel level, std::string_view subject, std::string_view detail) const {
  if (options_.log) options_.log({kind, level, subject, detail});
}

void Loading::LogResult(const CacheKey& key, const CacheResult& result) const {
  if (!options_.log) return;
  using Kind = CacheEvent::Kind;
  const Kind kind = result.state == CacheState::kMiss    ? Kind::kMiss
                    : result.state == CacheState::kStale ? Kind::kStale
                    : result.state == CacheState::kFresh ? Kind::kHit
                                                         : Kind::kNegative;
  const bool is_wanted =
      kind == Kind::kMiss ? options_.log_misses : options_.log_hits && result.level != CacheLevel::kNone;
  if (is_wanted) Log(kind, result.level, key.text(), result.stale_because.message());
}

}  // namespace cairn
