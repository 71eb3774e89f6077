#include "cairn/cache.h"

#include "cache/cache_impl.h"
#include "cache/options_check.h"
#include "cache/selecting.h"

namespace cairn {

Result<std::unique_ptr<Cache>> Cache::Open(CacheOptions options) {
  return CacheImpl::Open(std::move(options), nullptr);
}

Result<std::unique_ptr<Cache>> CacheImpl::Open(CacheOptions options,
                                               std::function<std::unique_ptr<SharedLevel>()> open_shared) {
  while (options.location.size() > 1 && options.location.ends_with('/')) options.location.pop_back();
  if (Status status = CheckCacheOptions(options); !status.ok()) return status;
  for (const CacheSelector& selector : options.remove_at_start) {
    if (Status status = CheckCacheSelector(selector); !status.ok()) return status.WithContext("removing at the start");
  }
  std::unique_ptr<CacheImpl> cache(new CacheImpl(std::move(options), std::move(open_shared)));
  if (Status status = cache->Begin(); !status.ok()) return status;
  for (const CacheSelector& selector : cache->options_.remove_at_start) {
    if (const auto removed = cache->Remove(selector); !removed)
      return removed.error().WithContext("removing at the start");
  }
  return std::unique_ptr<Cache>(std::move(cache));
}

CacheImpl::CacheImpl(CacheOptions options, std::function<std::unique_ptr<SharedLevel>()> open_shared)
    : options_(std::move(options)),
      open_shared_(std::move(open_shared)),
      forks_(ForkGate::forks_seen()),
      calm_clock_(options_.clock != nullptr ? options_.clock : CacheClock::Default()) {}

CacheImpl::~CacheImpl() {
  if (state_owner_ == nullptr) return;
  if (forks_.load() != ForkGate::forks_seen()) {
    Abandon();
    return;
  }
  liveness_->End();
  pool_.reset();
  state_owner_->FlushStats(true);
}

void CacheImpl::Abandon() {
  // Its threads are not in this process, and its locks may be held by them for ever; what matters is closed.
  state_owner_->levels().AbandonInChild();
  (void)state_owner_.release();
  (void)pool_.release();
}

Status CacheImpl::Begin() {
  if (options_.executor == nullptr) pool_ = std::make_unique<ThreadPool>(options_.threads, options_.queue);
  liveness_ = std::make_shared<Liveness>();
  LocalCache::Setup setup;
  setup.options = &options_;
  setup.open_shared = open_shared_;
  setup.operation_of = [this](std::string_view text) { return OperationOfText(text); };
  setup.operations = [this] { return AllOperations(); };
  CacheExecutor* executor = options_.executor != nullptr ? options_.executor : pool_.get();
  setup.in_background = [liveness = liveness_, executor](std::function<void()> work) {
    return executor->Submit(liveness->Guard(std::move(work)));
  };
  auto state = LocalCache::Open(setup);
  if (!state) return state.error();
  state_owner_ = std::move(*state);
  state_.store(state_owner_.get(), std::memory_order_release);
  calm_.store(options_.enabled && !options_.log_hits ? state_owner_->levels().memory() : nullptr,
              std::memory_order_release);
  for (const CacheOperation* operation : AllOperations()) state_owner_->Warm(*operation);
  return Status::Ok();
}

void CacheImpl::BeginInChild(std::uint64_t forks) {
  std::uint64_t before = forks_.load();
  // One thread does it; a lock that another thread of the parent held would never be free.
  if (before == forks || !beginning_.compare_exchange_strong(before, forks)) {
    while (forks_.load(std::memory_order_acquire) != forks) ::sched_yield();
    return;
  }
  Abandon();
  if (!Begin().ok()) {
    // It was possible in the parent; what is not now (a key file that is gone) leaves a cache that keeps nothing.
    options_.enabled = false;
    options_.seal = {.key_file = {}, .key_environment = {}};
    options_.shared.url.clear();
    (void)Begin();
  }
  forks_.store(forks, std::memory_order_release);
}

const CacheOperation* CacheImpl::Find(std::string_view source, std::string_view name) const {
  return OperationOfText(std::string(source) + ':' + std::string(name) + ':');
}

const CacheOperation* CacheImpl::OperationOfText(std::string_view text) const {
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return nullptr;
  const ForkGate::Pass pass(gate_);
  const std::shared_lock lock(operations_mutex_);
  const auto at = by_name_.find(text.substr(0, second));
  return at == by_name_.end() ? nullptr : at->second;
}

std::vector<const CacheOperation*> CacheImpl::AllOperations() const {
  const ForkGate::Pass pass(gate_);
  const std::shared_lock lock(operations_mutex_);
  std::vector<const CacheOperation*> all;
  for (const auto& operation : operations_) all.push_back(operation.get());
  return all;
}

Result<const CacheOperation*> CacheImpl::Define(std::string_view source, std::string_view name, CachePolicy policy) {
  if (Status status = DefinedOperation::Check(source, name, policy); !status.ok()) return status;
  LocalCache& state = Use();
  const DefinedOperation* operation = nullptr;
  {
    const ForkGate::Pass pass(gate_);
    const std::unique_lock lock(operations_mutex_);
    const std::string full_name = std::string(source) + ':' + std::string(name);
    if (const auto at = by_name_.find(full_name); at != by_name_.end()) {
      if (at->second->policy() == policy) return static_cast<const CacheOperation*>(at->second);
      return {StatusCode::kAlreadyExists, full_name + " is defined with another policy"};
    }
    operations_.push_back(std::make_unique<DefinedOperation>(std::string(source), std::string(name), std::move(policy),
                                                             operations_.size(), state.user_secret()));
    operation = operations_.back().get();
    by_name_[operation->full_name()] = operation;
  }
  state.Warm(*operation);
  return static_cast<const CacheOperation*>(operation);
}

void CacheImpl::Timed::Note(const CacheResult& result) const {
  if (result.level == CacheLevel::kMemory) {
    const std::int64_t took_ns = state_.levels().SteadyNs() - began_ns_;
    state_.levels().memory()->AddLatency(key_.operation().index(),
                                         static_cast<std::uint64_t>(std::max<std::int64_t>(0, took_ns)));
  }
  state_.FlushStatsBehind();
}

CacheResult CacheImpl::Get(const CacheKey& key, const CacheCall& call) {
  CacheResult result;
  LocalCache& state = Use();
  const bool is_sampled = LocalCache::IsSampled();
  if (!is_sampled && ReadCalm(key, call, result)) return result;
  if (!options_.enabled || call.bypass) return result;
  const Timed timed(state, key, is_sampled);
  result = state.loading().Get(key, call);
  if (is_sampled) timed.Note(result);
  return result;
}

Result<CacheResult> CacheImpl::GetOrLoad(const CacheKey& key, const CacheLoader& loader, const CacheCall& call) {
  Result<CacheResult> result{CacheResult()};
  LocalCache& state = Use();
  const bool is_sampled = LocalCache::IsSampled();
  if (!is_sampled && ReadCalm(key, call, *result)) return result;
  result = Ask(state, key, {}, loader, call, is_sampled);
  return result;
}

Result<CacheResult> CacheImpl::GetFields(const CacheKey& key, const std::vector<std::string>& fields,
                                         const CacheLoader& loader, const CacheCall& call) {
  return Ask(Use(), key, fields, loader, call, LocalCache::IsSampled());
}

Result<CacheResult> CacheImpl::Ask(LocalCache& state, const CacheKey& key, const std::vector<std::string>& fields,
                                   const CacheLoader& loader, const CacheCall& call, bool is_sampled) {
  if (!options_.enabled || call.bypass) {
    if (options_.offline || call.offline) return {StatusCode::kUnavailable, "offline, and the cache is bypassed"};
    return state.loading().LoadDirectly(key, fields, loader, call);
  }
  const Timed timed(state, key, is_sampled);
  auto result = state.loading().Ask(key, fields, loader, call);
  if (!result) return result;
  if (is_sampled) timed.Note(*result);
  MemoryLevel* const memory = state.levels().memory();
  if (options_.history && memory != nullptr && !call.refresh && result->level != CacheLevel::kMemory) {
    memory->NoteUse(key.hash(), state.levels().SteadyNs());
  }
  return result;
}

Status CacheImpl::Put(const CacheKey& key, CacheLoaded loaded) {
  if (!options_.enabled) return Status::Ok();
  return Use().loading().Put(key, std::move(loaded));
}

Status CacheImpl::Flush() {
  LocalCache& state = Use();
  if (pool_ != nullptr) pool_->AwaitIdle();
  state.FlushStats(true);
  return state.levels().disk() == nullptr ? Status::Ok() : state.levels().disk()->Flush();
}

CacheStats CacheImpl::Stats() {
  LocalCache& state = Use();
  CacheStats stats;
  stats.levels = state.levels().Stats();
  state.FlushStats(true);
  if (state.levels().disk() != nullptr) {
    if (auto all = state.levels().disk()->AllStats(); all) stats.operations = std::move(*all);
    // What stands in memory is this process's own affair.
    for (const CacheOperationStats& here : state.StatsHere()) {
      for (CacheOperationStats& all : stats.operations) {
        if (all.operation != here.operation) continue;
        all.memory.entries = here.memory.entries;
        all.memory.bytes = here.memory.bytes;
      }
    }
  } else {
    stats.operations = state.StatsHere();
  }
  return stats;
}

std::vector<CacheAccess> CacheImpl::Accesses(std::size_t limit) {
  LocalCache& state = Use();
  if (!options_.history) return {};
  if (state.levels().disk() == nullptr) return {};
  state.FlushStats(true);
  auto found = state.levels().disk()->Accesses(limit);
  return found ? std::move(*found) : std::vector<CacheAccess>();
}

}  // namespace cairn
