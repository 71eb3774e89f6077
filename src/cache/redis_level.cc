#include "cache/redis_level.h"

#include <fmt/format.h>

#include <atomic>
#include <mutex>

#include "cache/fork_gate.h"
#include "cache/redis_context.h"
#include "cache/redis_invalidate.h"
#include "cache/redis_lease.h"
#include "cache/redis_listener.h"
#include "cache/redis_loop.h"
#include "cache/redis_recovery.h"

namespace cairn {
namespace {

class RedisLevel final : public SharedLevel, public InvalidationSink {
 public:
  RedisLevel(RedisUrl url, RedisLevelOptions options)
      : options_(std::move(options)),
        client_(std::make_shared<RedisClient>(
            std::move(url),
            RedisNode::Options{.pool = {.connections_max = static_cast<int>(options_.shared.connections)},
                               .breaker = {.failures = static_cast<int>(options_.shared.breaker_failures),
                                           .wait_min = options_.shared.breaker_wait,
                                           .wait_max = options_.shared.breaker_wait_max}})),
        recovery_({.entries = options_.shared.recovery_entries, .bytes = options_.shared.recovery_bytes}),
        forks_(ForkGate::forks_seen()) {
    StartWorkers();
  }

  ~RedisLevel() override {
    if (forks_ != ForkGate::forks_seen()) {
      (void)workers_.release();  // Its threads are the parent's.
    } else if (workers_->listener != nullptr) {
      workers_->listener->Interrupt();
    }
  }

  Result<LevelRead> Read(const LevelKey& key, LevelDeadline deadline) override {
    const auto names = Names(deadline);
    if (!names) return names.error();
    if (recovery_.IsBlocked((*names)->BucketOf(key.text_hash))) {
      return Status(StatusCode::kUnavailable, "Redis has yet to hear what was invalidated while it was away");
    }
    return ReadFromRedis(Context(**names), key, deadline);
  }

  Result<LevelStored> Store(const LevelWrite& write, LevelDeadline deadline) override {
    LevelWrite bounded = write;
    const std::chrono::nanoseconds ttl_max = options_.shared.ttl_max;
    if (ttl_max.count() > 0) bounded.keep_for = std::min(bounded.keep_for, ttl_max);
    const auto names = Names(deadline);
    auto stored = names ? StoreInRedis(Context(**names), bounded, deadline) : Result<LevelStored>(names.error());
    if (stored || !IsAway(stored.error()) || write.fence.bytes.empty()) return stored;
    if (recovery_.Add(bounded, std::chrono::steady_clock::now())) WakeRecovery();
    return stored;
  }

  Status Invalidate(const Invalidation& invalidation, LevelDeadline deadline) override {
    const auto names = Names(deadline);
    RedisBuckets left = invalidation.keys.empty() && invalidation.tags.empty() ? 0 : kAllBuckets;
    Status error = names.status();
    if (names) error = Do(**names, invalidation, left, deadline);
    if (error.ok()) return error;
    const bool is_kept = recovery_.Add(invalidation, left);
    WakeRecovery();
    if (is_kept) return {StatusCode::kUnavailable, fmt::format("kept until Redis is back: {}", error.message())};
    return {StatusCode::kResourceExhausted,
            fmt::format("more than can be kept was invalidated; once Redis is back everything is removed there: {}",
                        error.message())};
  }

  Result<std::unique_ptr<LevelLease>> TryLease(const LevelKey& key, std::chrono::milliseconds lasting,
                                               LevelDeadline deadline) override {
    const auto names = Names(deadline);
    if (!names) return names.error();
    return TakeRedisLease(Context(**names), client_, key, lasting, deadline, options_.shared.deadline);
  }

  Status AwaitLease(const LevelKey& key, LevelDeadline until) override {
    const auto names = Names(std::min(until, InTime()));
    if (!names) return names.error();
    return AwaitRedisLease(Context(**names), key, until, options_.shared.deadline);
  }

  Status Subscribe(InvalidationSink* sink) override {
    sink_ = sink;
    workers_->StartListening(*this);
    return Status::Ok();
  }

  CacheLevelStats Stats() override {
    CacheLevelStats stats{.level = CacheLevel::kShared};
    RedisCommands ping;
    ping.Add({"PING"});
    const LevelDeadline deadline = InTime();
    const auto names = Names(deadline);
    const auto answer = names ? client_->Run((*names)->log_slot(), ping, deadline) : Result<RedisReply>(names.error());
    const Status status = answer ? answer->status() : answer.error();
    const std::size_t waiting = recovery_.size();
    stats.is_open = status.ok() && waiting == 0;
    stats.state = status.ok() ? "open" : fmt::format("down: {}", status.message());
    if (waiting > 0) stats.state += fmt::format("; {} stores and invalidations wait", waiting);
    return stats;
  }

 private:
  /// The threads, and what they alone use. Made anew in a child after fork, which has none of them.
  struct Workers {
    std::unique_ptr<RedisListener> listener;
    std::unique_ptr<RedisLoop> listening;
    std::unique_ptr<RedisLoop> recovering;

    void StartListening(RedisLevel& level) {
      listener = std::make_unique<RedisListener>(
          level.client_.get(), &level,
          RedisListener::Options{.log = RedisNames(level.options_.shared.prefix, false).log(),
                                 .sender = level.sender_,
                                 .silence = level.options_.listen_silence,
                                 .connect_timeout = level.options_.shared.connect_deadline},
          [&level] { level.OnRollback(); });
      listening = std::make_unique<RedisLoop>([this] { return listener->Step(); });
    }
  };

  /// The deadline of what no caller waits for.
  [[nodiscard]] LevelDeadline InTime() const {
    return std::chrono::steady_clock::now() + options_.shared.connect_deadline;
  }
  [[nodiscard]] RedisContext Context(const RedisNames& names) const { return {*client_, names, options_.random}; }
  static bool IsAway(const Status& status) {
    return status.code() == StatusCode::kUnavailable || status.code() == StatusCode::kDeadlineExceeded ||
           status.code() == StatusCode::kResourceExhausted;
  }

  /// Every operation comes by here first.
  Result<const RedisNames*> Names(LevelDeadline deadline) {
    if (forks_ != ForkGate::forks_seen()) AfterFork();
    if (const RedisNames* names = names_.load(std::memory_order_acquire)) return names;
    const auto is_cluster = client_->IsCluster(deadline);
    if (!is_cluster) return is_cluster.error();
    const std::lock_guard lock(mutex_);
    if (owned_names_ == nullptr) {
      owned_names_ = std::make_unique<RedisNames>(options_.shared.prefix, *is_cluster);
      names_.store(owned_names_.get(), std::memory_order_release);
    }
    return owned_names_.get();
  }

  /// Bumps, deletes and publishes; `left` are the buckets to reach, and afterwards those that were not.
  Status Do(const RedisNames& names, const Invalidation& invalidation, RedisBuckets& left, LevelDeadline deadline) {
    Status error;
    if (left != 0) left = BumpGenerations(*client_, names, invalidation, left, deadline, error);
    if (left != 0) return error;
    return PublishInvalidation(*client_, names, invalidation, sender_, options_.messages_max, deadline);
  }

  std::chrono::milliseconds Recover() {
    if (recovery_.is_empty()) return RedisLoop::kUntilWoken;
    const auto names = Names(InTime());
    if (!names) return options_.shared.breaker_wait;
    RedisRecovery::Batch batch = recovery_.Take();
    RedisRecovery::Batch left;
    for (RedisRecovery::Pending& pending : batch.invalidations) {
      if (Do(**names, pending.invalidation, pending.buckets, InTime()).ok()) continue;
      left.invalidations.push_back(std::move(pending));
    }
    for (KeptWrite& kept : batch.stores) {
      const LevelDeadline now = std::chrono::steady_clock::now();
      if (now >= kept.keep_until) continue;
      const LevelKey key = kept.key();
      const LevelWrite write{.key = key,
                             .bytes = kept.bytes,
                             .fence = kept.fence,
                             .more_tags = kept.more_tags,
                             .keep_for = kept.keep_until - now,
                             .expected_stamp = kept.expected_stamp};
      const auto stored = StoreInRedis(Context(**names), write, InTime());
      if (!stored && IsAway(stored.error())) left.stores.push_back(std::move(kept));
    }
    const bool is_done = left.invalidations.empty() && left.stores.empty();
    recovery_.Finish(std::move(left));
    if (is_done) Tell(CacheEvent::Kind::kLevelUp, "back: everything that waited is done");
    return is_done ? std::chrono::milliseconds(0) : options_.shared.breaker_wait;
  }

  void OnRollback() {
    Invalidation everything;
    everything.tags.push_back(MakeTag('a', ""));
    (void)recovery_.Add(everything, kAllBuckets);
    WakeRecovery();
    Tell(CacheEvent::Kind::kLevel, "Redis stands at an earlier state than before: everything is removed there");
  }

  void WakeRecovery() { workers_->recovering->Wake(); }

  void StartWorkers() {
    sender_ = std::string(RedisNames::Hex(options_.random())) + std::string(RedisNames::Hex(options_.random()));
    workers_ = std::make_unique<Workers>();
    workers_->recovering = std::make_unique<RedisLoop>([this] { return Recover(); });
  }

  void AfterFork() {
    const std::lock_guard lock(mutex_);
    if (forks_ == ForkGate::forks_seen()) return;
    (void)workers_.release();  // Its threads are the parent's.
    forks_ = ForkGate::forks_seen();
    StartWorkers();
    if (sink_ != nullptr) workers_->StartListening(*this);
  }

  void Tell(CacheEvent::Kind kind, std::string_view what) const {
    if (options_.log != nullptr) {
      options_.log({.kind = kind, .level = CacheLevel::kShared, .subject = "redis", .detail = what});
    }
  }

  Position Heard() override { return sink_->Heard(); }
  void OnInvalidation(const Invalidation& invalidation, const Position& position) override {
    sink_->OnInvalidation(invalidation, position);
  }
  void OnLost() override {
    Tell(CacheEvent::Kind::kLevel, "the subscription is lost: invalidations of other hosts are not heard");
    sink_->OnLost();
  }
  void OnSubscribed(bool missed, const Position& position) override {
    Tell(CacheEvent::Kind::kLevelUp, missed ? "subscribed; what was invalidated before is not known" : "subscribed");
    sink_->OnSubscribed(missed, position);
  }

  const RedisLevelOptions options_;
  const std::shared_ptr<RedisClient> client_;
  RedisRecovery recovery_;
  InvalidationSink* sink_ = nullptr;
  std::string sender_;
  std::atomic<const RedisNames*> names_ = nullptr;
  std::atomic<std::uint64_t> forks_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::unique_ptr<const RedisNames> owned_names_;
  std::unique_ptr<Workers> workers_;
};

Status OutOfBounds(std::string_view what) { return {StatusCode::kInvalidArgument, fmt::format("Redis: {}", what)}; }

Status CheckBounds(const RedisLevelOptions& options) {
  using std::chrono::milliseconds;
  const CacheSharedOptions& shared = options.shared;
  constexpr milliseconds kLongest = std::chrono::minutes(1);
  constexpr std::uint32_t kMost = 1024;
  constexpr std::size_t kPrefixBytes = 100;
  const auto is_time = [&](milliseconds time) { return time >= milliseconds(1) && time <= kLongest; };
  if (shared.prefix.empty() || shared.prefix.size() > kPrefixBytes ||
      shared.prefix.find_first_of("{}") != std::string::npos) {
    return OutOfBounds("the prefix needs 1 to 100 bytes, none of them a brace");
  }
  if (!is_time(shared.deadline) || !is_time(shared.connect_deadline)) {
    return OutOfBounds("deadlines are from 1 ms to 1 minute");
  }
  if (!is_time(shared.breaker_wait) || shared.breaker_wait_max < shared.breaker_wait) {
    return OutOfBounds("the breaker waits from 1 ms to 1 minute, and at most no less than at least");
  }
  if (shared.connections < 1 || shared.connections > kMost) return OutOfBounds("connections are from 1 to 1024");
  if (shared.breaker_failures < 1 || shared.breaker_failures > kMost) {
    return OutOfBounds("the breaker opens after 1 to 1024 failures");
  }
  return Status::Ok();
}

}  // namespace

Result<std::unique_ptr<SharedLevel>> OpenRedisLevel(RedisLevelOptions options) {
  auto url = ParseRedisUrl(options.shared.url);
  if (!url) return url.error();
  if (Status bounds = CheckBounds(options); !bounds.ok()) return bounds;
  return std::unique_ptr<SharedLevel>(std::make_unique<RedisLevel>(std::move(*url), std::move(options)));
}

}  // namespace cairn
