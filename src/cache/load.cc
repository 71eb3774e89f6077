#include <exception>

#include "base/hash.h"
#include "cache/loading.h"

// How one flight goes: who may load, what is asked of the loader, what becomes of its answer.

namespace cairn {

void Loading::Lead(const FlightTable::Joined& joined, const CacheLoader& loader, const CacheCall& call,
                   bool is_behind) {
  const std::shared_ptr<Flight>& flight = joined.flight;
  const CacheKey& key = flight->key();
  const CachePolicy& policy = key.operation().policy();
  LoadPlan plan{.flight = flight, .previous = joined.previous, .forces = call.refresh};
  // Memory once more: a flight may have ended between the caller's look and this one's beginning.
  if (const auto fence = levels_.TakeFence(); fence) {
    plan.standing.answer = ReadMemory(key, levels_.SteadyNs(), false);
    if (!IsSatisfied(plan.standing.answer, flight->fields(), levels_.SteadyNs()) || plan.forces) {
      ReadLower(key, flight->fields(), *fence, plan.standing);
    }
  }
  const std::int64_t now_ns = levels_.SteadyNs();
  const LevelAnswer& answer = plan.standing.answer;
  // A refresh behind a fresh hit is one before its time.
  if (is_behind && answer.level == CacheLevel::kMemory && answer.is_fresh()) plan.newer_than = answer.entry->created;
  if (IsGood(plan)) {
    Finish(flight, AnswerHit(key, flight->fields(), answer, now_ns));
    return;
  }
  const bool may_serve = MayServeStale(answer, flight->fields(), now_ns);
  if (may_serve) flight->PublishStale(StaleBecause(answer, {}));
  if (const auto pause = pauses_.Find(key.hash(), now_ns); pause && !call.refresh) {
    if (may_serve) return Finish(flight, StaleBecause(answer, pause->because));
    if (pause->is_asked_for) return Finish(flight, pause->because);
  }
  const bool takes_stale = may_serve && policy.soft_timeout != CachePolicy::kWait && !call.refresh;
  const bool hands_over = takes_stale || policy.hard_timeout.count() != 0 || call.stop.stop_possible();
  if (!is_behind && hands_over) {
    auto shared_plan = std::make_shared<LoadPlan>(std::move(plan));
    const std::function<void()> work = [this, shared_plan, loader] { Load(*shared_plan, loader); };
    // Where a stale value is taken the load goes on for its own sake; otherwise only while somebody waits.
    if (takes_stale ? Behind(flight, work) : in_background_(work)) return;
    if (may_serve) {
      return Finish(flight, StaleBecause(shared_plan->standing.answer,
                                         {StatusCode::kResourceExhausted, "too many loads wait for a thread"}));
    }
    return Load(*shared_plan, loader);
  }
  Load(plan, loader);
}

bool Loading::IsGood(const LoadPlan& plan) const {
  const LevelAnswer& answer = plan.standing.answer;
  return !plan.forces && IsSatisfied(answer, plan.flight->fields(), levels_.SteadyNs()) &&
         answer.entry->created > plan.newer_than;
}

bool Loading::TakeLeases(LoadPlan& plan) {
  const CacheKey& key = plan.flight->key();
  if (plan.previous != nullptr) (void)plan.previous->Wait({.takes_stale = false, .stop = plan.flight->stop()});
  if (levels_.UsesDisk(key)) {
    auto lease = levels_.TryProcessLease(key);
    if (lease && *lease == nullptr) {
      lease = levels_.AwaitProcessLease(key, std::chrono::steady_clock::now() + options_.process_wait);
    }
    if (lease) plan.process = std::move(*lease);
  }
  // What is loaded from here on is as of here: whoever was waited for may have taken long.
  const auto fence = levels_.TakeFence();
  plan.may_keep = fence.has_value();
  plan.standing.answer = {};
  if (!fence) return false;
  plan.fence = *fence;
  plan.flight->SetFence(*fence);
  plan.standing.answer = ReadMemory(key, levels_.SteadyNs(), false);
  plan.standing.Improve(levels_.ReadDisk(key, *fence, Levels::Counting::kHits));
  if (IsGood(plan)) return true;
  return levels_.UsesShared(key) && plan.standing.shared_fence && TakeHostLease(plan);
}

bool Loading::TakeHostLease(LoadPlan& plan) {
  const CacheKey& key = plan.flight->key();
  const KeyWithTags tagged(key);
  SharedLevel& shared = *levels_.shared();
  const auto until = std::chrono::steady_clock::now() + options_.shared.lease;
  for (;;) {
    auto lease = shared.TryLease(tagged.level_key(), options_.shared.lease, levels_.SharedDeadline());
    // A level that is down keeps nobody waiting.
    if (!lease) return false;
    const bool is_ours = *lease != nullptr;
    if (is_ours) plan.host = std::move(*lease);
    plan.standing.Improve(levels_.ReadShared(key, plan.fence, plan.standing.shared_fence, Levels::Counting::kHits));
    if (IsGood(plan)) return true;
    const bool gives_up = std::chrono::steady_clock::now() >= until || plan.flight->stop().stop_requested();
    if (is_ours || gives_up) return false;
    if (!shared.AwaitLease(tagged.level_key(), until).ok()) return false;
  }
}

CacheLoaded Loading::Call(LoadPlan& plan, const CacheLoader& loader, std::chrono::nanoseconds& took) {
  const Flight& flight = *plan.flight;
  const LevelAnswer& standing = plan.standing.answer;
  std::vector<std::string> missing = flight.fields();
  if (!plan.forces && plan.newer_than == Timestamp{} && !standing.is_expired) {
    missing = MissingFields(standing.entry.get(), standing.times, flight.fields(), levels_.SteadyNs());
  }
  const std::int64_t began_ns = levels_.SteadyNs();
  CacheLoaded loaded;
  try {
    loaded = loader({flight.key(), missing, standing.entry, flight.stop()});
  } catch (const std::exception& error) {
    loaded = CacheLoaded::Failed({StatusCode::kInternal, std::string("the loader threw: ") + error.what()});
  } catch (...) {
    loaded = CacheLoaded::Failed({StatusCode::kInternal, "the loader threw"});
  }
  took = std::chrono::nanoseconds(std::max<std::int64_t>(0, levels_.SteadyNs() - began_ns));
  const bool has_failed = loaded.kind == CacheLoaded::Kind::kFailed;
  levels_.counters().Add(flight.key().operation().index(), [&](CacheOperationStats& stats) {
    ++stats.loads;
    stats.load_failures += has_failed ? 1 : 0;
    stats.load_latency.Add(static_cast<std::uint64_t>(took.count()));
  });
  if (options_.log_misses || has_failed) {
    Log(has_failed ? CacheEvent::Kind::kLoadFailed : CacheEvent::Kind::kLoad, CacheLevel::kNone, flight.key().text(),
        loaded.status.message());
  }
  return loaded;
}

void Loading::Load(LoadPlan& plan, const CacheLoader& loader) {
  const std::shared_ptr<Flight> flight = plan.flight;
  const CacheKey& key = flight->key();
  if (TakeLeases(plan)) {
    const std::int64_t now_ns = levels_.SteadyNs();
    return Finish(flight, AnswerHit(key, flight->fields(), plan.standing.answer, now_ns));
  }
  if (flight->stop().stop_requested()) {
    return Finish(flight, Status(StatusCode::kCancelled, "nobody waits for " + key.text() + " any more"));
  }
  std::chrono::nanoseconds took{};
  CacheLoaded loaded = Call(plan, loader, took);
  if (loaded.kind == CacheLoaded::Kind::kFailed) return Finish(flight, Failed(plan, loaded));
  const std::vector<std::string> structure_tags = std::move(loaded.structure_tags);
  auto entry = EntryOf(key, flight->fields(), std::move(loaded), plan.standing.answer, took);
  if (!entry) return Finish(flight, entry.error());
  pauses_.Clear(key.hash());
  CacheResult result;
  result.state = (*entry)->is_negative ? CacheState::kNegative : CacheState::kFresh;
  result.entry = *entry;
  if (plan.may_keep) {
    BumpStructure(key, structure_tags, **entry, plan.fence);
    if ((*entry)->ttl.count() > 0) Keep(plan, *entry);
  }
  Finish(flight, std::move(result));
}

void Loading::BumpStructure(const CacheKey& key, const std::vector<std::string>& more_tags, const CacheEntry& entry,
                            std::uint64_t& fence) {
  Levels::Target target;
  for (const auto* tags : {&key.operation().policy().structure_tags, &more_tags}) {
    for (const std::string& tag : *tags) target.tags.push_back(MakeTag('t', tag));
  }
  if (target.tags.empty() || entry.is_negative || !levels_.IsNewStructure(key.text_hash(), entry.structure)) return;
  const std::uint64_t before = levels_.generations().applied();
  if (!levels_.Invalidate(CacheVerb::kRemove, target)) return;
  // The value itself is not older than the bump that it caused, if nothing else was bumped since its load began.
  if (before == fence) fence = levels_.generations().applied();
}

void Loading::Keep(LoadPlan& plan, const std::shared_ptr<CacheEntry>& entry) {
  const CacheKey& key = plan.flight->key();
  Levels::Storing storing{.key = key,
                          .entry = entry,
                          .fence = plan.fence,
                          .shared_fence = plan.standing.shared_fence,
                          .lease = std::move(plan.process)};
  if (!entry->fields.empty()) {
    // Merged with what stood there: if that changed, so must the merge.
    storing.disk_stamp = plan.standing.disk_stamp;
    storing.shared_stamp = plan.standing.shared_stamp;
  }
  constexpr int kTries = 3;
  for (int i = 0; i < kTries && levels_.Store(storing) == LevelStored::kConflict; ++i) {
    LevelAnswer other = levels_.ReadShared(key, plan.fence, plan.standing.shared_fence, Levels::Counting::kHits);
    auto merged = std::make_shared<CacheEntry>(*entry);
    MergeFields(*merged, entry->fields, plan.flight->fields(), other, key.operation().policy());
    storing.entry = merged;
    storing.shared_fence = plan.standing.shared_fence;
    storing.shared_stamp = other.stamp;
  }
}

Result<CacheResult> Loading::Failed(const LoadPlan& plan, const CacheLoaded& loaded) {
  const CacheKey& key = plan.flight->key();
  const CachePolicy& policy = key.operation().policy();
  Status status = loaded.status;
  if (status.ok()) status = Status(StatusCode::kUnknown, "the loader failed without saying why");
  const std::int64_t now_ns = levels_.SteadyNs();
  const bool is_asked_for = loaded.retry_after.count() > 0;
  const auto pause = is_asked_for ? loaded.retry_after : policy.failure_pause;
  if (pause.count() > 0 && status.code() != StatusCode::kCancelled) {
    pauses_.Set(key.hash(), {now_ns + pause.count(), is_asked_for, status}, now_ns);
  }
  const LevelAnswer& standing = plan.standing.answer;
  // Removed while the source was asked: not even now.
  (void)levels_.TakeFence();
  const bool is_removed = !plan.may_keep || levels_.IsRemovedSince(key, standing.entry.get(), plan.fence);
  if (is_removed || !MayServeStale(standing, plan.flight->fields(), now_ns)) return status;
  return StaleBecause(standing, std::move(status));
}

Status Loading::Put(const CacheKey& key, CacheLoaded loaded) {
  if (loaded.kind != CacheLoaded::Kind::kValue && loaded.kind != CacheLoaded::Kind::kNotFound) {
    return {StatusCode::kInvalidArgument, "only a value, or that there is none, can be put"};
  }
  LoadPlan plan{.flight = std::make_shared<Flight>(key, std::vector<std::string>(), 0)};
  if (!loaded.fields.empty()) {
    const auto before = levels_.TakeFence();
    if (before) ReadLower(key, {}, *before, plan.standing);
  }
  const LevelAnswer standing = std::move(plan.standing.answer);
  plan.standing = {};
  // Loads that began before bring something older, and other processes hold something older.
  const auto invalidated = levels_.Invalidate(CacheVerb::kRemove, {.keys = {key.text()}});
  if (!invalidated) return invalidated.error();
  const auto fence = levels_.TakeFence();
  if (!fence) return {StatusCode::kUnavailable, "the disk level cannot tell what was invalidated"};
  plan.fence = *fence;
  (void)levels_.ReadShared(key, *fence, plan.standing.shared_fence, Levels::Counting::kHits);
  const std::vector<std::string> structure_tags = std::move(loaded.structure_tags);
  auto entry = EntryOf(key, {}, std::move(loaded), standing, {});
  if (!entry) return entry.error();
  BumpStructure(key, structure_tags, **entry, plan.fence);
  if ((*entry)->ttl.count() > 0) Keep(plan, *entry);
  return Status::Ok();
}

Result<CacheResult> Loading::LoadDirectly(const CacheKey& key, const std::vector<std::string>& fields,
                                          const CacheLoader& loader, const CacheCall& call) {
  LoadPlan plan{.flight = std::make_shared<Flight>(key, fields, 0), .forces = true};
  if (call.stop.stop_requested()) return {StatusCode::kCancelled, "the call was cancelled"};
  std::chrono::nanoseconds took{};
  CacheLoaded loaded = Call(plan, loader, took);
  if (loaded.kind == CacheLoaded::Kind::kFailed) return loaded.status;
  auto entry = EntryOf(key, fields, std::move(loaded), {}, took);
  if (!entry) return entry.error();
  CacheResult result;
  result.state = (*entry)->is_negative ? CacheState::kNegative : CacheState::kFresh;
  result.entry = *entry;
  return result;
}

}  // namespace cairn
