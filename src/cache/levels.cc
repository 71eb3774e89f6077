#include "cache/levels.h"

#include <algorithm>

namespace cairn {

Levels::Levels(Parts parts)
    : options_(*parts.options),
      clock_(parts.clock),
      random_(std::move(parts.random)),
      disk_trouble_(std::move(parts.disk_trouble)),
      shared_trouble_(std::move(parts.shared_trouble)),
      ring_(std::move(parts.ring)),
      operation_of_(std::move(parts.operation_of)),
      in_background_(std::move(parts.in_background)),
      disk_(std::move(parts.disk)),
      generations_(disk_ != nullptr ? &disk_->generations() : &own_generations_),
      shared_(std::move(parts.shared)) {
  if (disk_ != nullptr) debt_.emplace(*disk_, random_);
  if (options_.memory.enabled)
    memory_ = std::make_unique<MemoryLevel>(options_.memory, *generations_, options_.history);
}

Levels::~Levels() = default;

std::optional<std::uint64_t> Levels::TakeFence() {
  if (disk_ != nullptr && !disk_->CatchUp().ok()) return std::nullopt;
  return generations_->applied();
}

bool Levels::UsesDisk(const CacheKey& key) const {
  const CachePolicy& policy = key.operation().policy();
  // Without a key to seal with, what is sensitive stays in this process.
  return disk_ != nullptr && policy.levels.disk && !(policy.sensitive && ring_.empty());
}

bool Levels::UsesShared(const CacheKey& key) const {
  const CachePolicy& policy = key.operation().policy();
  return shared_ != nullptr && policy.levels.shared && !(policy.sensitive && ring_.empty());
}

LevelDeadline Levels::SharedDeadline() const { return std::chrono::steady_clock::now() + options_.shared.deadline; }

MemoryLevel::Hit Levels::ReadMemory(const CacheKey& key, std::int64_t now_ns, bool is_counted) {
  if (memory_ == nullptr || !key.operation().policy().levels.memory) return {};
  if (generations_->announced() != generations_->applied() && !TakeFence()) return {};
  return memory_->Read(EntryKeyOf(key), now_ns, is_counted);
}

LevelAnswer Levels::Judge(const CacheKey& key, std::string bytes, bool is_expired, CacheLevel level, Status& trouble) {
  LevelAnswer answer;
  answer.level = level;
  const auto head = ReadEntryHead(bytes);
  trouble = head.status();
  if (!head || head->key != key.text() || head->version != key.operation().version()) return answer;
  auto decoded = DecodeEntry(*head, std::move(bytes), ring_);
  trouble = decoded.status();
  if (!decoded) return answer;
  const CacheNow now = Now();
  answer.stamp = head->stamp;
  answer.times = TimesOf(*decoded, now);
  answer.is_expired = is_expired;
  const bool is_fresh = now.steady_ns < answer.times.fresh_until_ns && !is_expired;
  const bool is_usable = now.steady_ns < answer.times.stale_until_ns;
  if (is_fresh) {
    answer.state = decoded->is_negative ? CacheState::kNegative : CacheState::kFresh;
  } else if (is_usable && !decoded->is_negative) {
    answer.state = CacheState::kStale;
  }
  if (answer.state != CacheState::kMiss) answer.entry = std::make_shared<const CacheEntry>(std::move(*decoded));
  return answer;
}

LevelAnswer Levels::ReadDisk(const CacheKey& key, std::uint64_t fence, Counting counting) {
  LevelAnswer answer;
  if (!UsesDisk(key)) return answer;
  const std::int64_t began_ns = clock_->SteadyNs();
  auto found = disk_->Read(EntryKeyOf(key), counting != Counting::kNone);
  Status trouble = found.status();
  if (found && !found->bytes.empty()) {
    answer = Judge(key, std::move(found->bytes), found->is_expired, CacheLevel::kDisk, trouble);
    if (options_.disk.ttl_max.count() > 0) {
      // It was said when it was stored how long this level keeps it, and not only until it is swept.
      const auto left = std::max<std::int64_t>(1, found->drop_after.ns - Now().wall.ns);
      answer.times = Clamp(answer.times, std::chrono::nanoseconds(left), began_ns);
      if (found->drop_after.ns <= Now().wall.ns) answer = {};
    }
    if (trouble.code() == StatusCode::kDataLoss) disk_->Drop(key.hash());
  }
  if (answer.is_fresh()) StoreInMemory(key, answer.entry, answer.times, fence, answer.is_expired, CacheLevel::kDisk);
  if (counting == Counting::kAll || (counting == Counting::kHits && answer.is_fresh()))
    Count(key, answer, CacheLevel::kDisk, began_ns, !trouble.ok());
  return answer;
}

LevelAnswer Levels::ReadShared(const CacheKey& key, std::uint64_t fence, std::optional<LevelFence>& shared_fence,
                               Counting counting) {
  LevelAnswer answer;
  if (!UsesShared(key) || options_.offline || !HasHeardAll()) return answer;
  const std::int64_t began_ns = clock_->SteadyNs();
  const KeyWithTags tagged(key);
  std::string for_disk;
  auto read = shared_->Read(tagged.level_key(), SharedDeadline());
  Status trouble = read.status();
  if (read) {
    shared_fence = std::move(read->fence);
    if (UsesDisk(key)) for_disk = read->bytes;
    if (!read->bytes.empty()) {
      answer = Judge(key, std::move(read->bytes), read->is_expired, CacheLevel::kShared, trouble);
    }
    answer.times = Clamp(answer.times, options_.shared.ttl_max, began_ns);
  }
  if (answer.is_fresh()) {
    StoreOnDisk(key, std::move(for_disk), *answer.entry, answer.times, fence, std::nullopt, nullptr);
    StoreInMemory(key, answer.entry, answer.times, fence, answer.is_expired, CacheLevel::kShared);
  }
  if (counting == Counting::kAll || (counting == Counting::kHits && answer.is_fresh()))
    Count(key, answer, CacheLevel::kShared, began_ns, !trouble.ok());
  return answer;
}

void Levels::StoreInMemory(const CacheKey& key, const std::shared_ptr<const CacheEntry>& entry, const EntryTimes& times,
                           std::uint64_t fence, bool is_expired, CacheLevel from) {
  if (memory_ == nullptr || !key.operation().policy().levels.memory) return;
  const KeyWithTags tagged(key);
  std::vector<std::uint64_t> tags(tagged.tag_hashes().begin(), tagged.tag_hashes().end());
  for (const std::string& tag : entry->tags) tags.push_back(MakeTag('t', tag).hash);
  const EntryTimes clamped = Clamp(times, options_.memory.ttl_max, clock_->SteadyNs());
  const std::int64_t calm_until_ns = CalmUntil(key.operation().policy(), clamped, entry->load_time);
  memory_->Store({tagged.entry_key(), entry, clamped, fence, is_expired, tags, calm_until_ns, from});
}

void Levels::StoreOnDisk(const CacheKey& key, std::string bytes, const CacheEntry& entry, const EntryTimes& times,
                         std::uint64_t fence, std::optional<std::uint64_t> expected_stamp,
                         std::unique_ptr<LevelLease> lease) {
  if (!UsesDisk(key)) return;
  const KeyWithTags tagged(key);
  DiskWrite write;
  write.hash = key.hash();
  write.text_hash = key.text_hash();
  write.text = key.text();
  write.bytes = std::move(bytes);
  write.sequence = fence;
  write.tags.assign(tagged.tag_hashes().begin(), tagged.tag_hashes().end());
  for (const std::string& tag : entry.tags) write.tags.push_back(MakeTag('t', tag).hash);
  const CacheNow now = Now();
  const EntryTimes clamped = Clamp(times, options_.disk.ttl_max, now.steady_ns);
  write.drop_after = {now.wall.ns + KeepFor(clamped, now.steady_ns).count()};
  write.expected_stamp = expected_stamp;
  write.lease = std::move(lease);
  if (const Status status = disk_->Store(std::move(write)); !status.ok()) {
    counters_.Add(key.operation().index(), [](CacheOperationStats& stats) { ++stats.disk.errors; });
    Log(CacheEvent::Kind::kLevel, CacheLevel::kDisk, key.text(), status.message());
  }
}

void Levels::WarmMemory(const CacheOperation& operation, std::atomic<std::int64_t>& left) {
  if (disk_ == nullptr || memory_ == nullptr) return;
  const auto fence = TakeFence();
  if (!fence) return;
  for (const bool takes_used : {true, false}) {
    const Status visited =
        disk_->VisitEntryKeys(operation.full_name() + ':', [&](const std::string& text, std::uint64_t hash) {
          const bool is_used = disk_->file().map().Uses(hash) != 0;
          const auto key = operation.KeyOfText(text);
          if (is_used == takes_used && key && key->hash() == hash && left.fetch_sub(1) > 0) {
            (void)ReadDisk(*key, *fence, Counting::kNone);
          }
          return left.load() > 0;
        });
    if (!visited.ok() || left.load() <= 0) return;
  }
}

std::string Levels::Encode(const CacheKey& key, const CacheEntry& entry) const {
  const CachePolicy& policy = key.operation().policy();
  if (policy.sensitive && ring_.empty()) return {};
  auto encoded = EncodeEntry(entry, {.version = key.operation().version(),
                                     .stamp = random_() | 1,  // Never 0: that is no entry.
                                     .compress_above = policy.compress_above,
                                     .seal = policy.sensitive ? &ring_ : nullptr});
  return encoded ? std::move(*encoded) : std::string();
}

LevelStored Levels::Store(Storing& storing) {
  const CacheKey& key = storing.key;
  const EntryTimes times = TimesOf(*storing.entry, Now());
  const bool to_shared = UsesShared(key) && storing.shared_fence.has_value() && !options_.offline;
  std::string bytes;
  if (to_shared || UsesDisk(key)) bytes = Encode(key, *storing.entry);
  // The shared level decides first: what another host invalidated meanwhile is not kept here either.
  if (to_shared && !bytes.empty()) {
    const KeyWithTags tagged(key);
    std::vector<LevelTag> more_tags;
    for (const std::string& tag : storing.entry->tags) more_tags.push_back(MakeTag('t', tag));
    const auto keep_for = KeepFor(Clamp(times, options_.shared.ttl_max, clock_->SteadyNs()), clock_->SteadyNs());
    const auto stored =
        shared_->Store({tagged.level_key(), bytes, *storing.shared_fence, more_tags, keep_for, storing.shared_stamp},
                       SharedDeadline());
    counters_.Add(key.operation().index(), [&](CacheOperationStats& stats) {
      ++(!stored ? stats.shared.errors : *stored == LevelStored::kStored ? stats.shared.stores : stats.shared.fenced);
    });
    if (stored && *stored != LevelStored::kStored) {
      if (*stored == LevelStored::kFenced) Log(CacheEvent::Kind::kFenced, CacheLevel::kShared, key.text(), {});
      return *stored;
    }
  }
  StoreInMemory(key, storing.entry, times, storing.fence, false, CacheLevel::kNone);
  if (!bytes.empty()) {
    StoreOnDisk(key, std::move(bytes), *storing.entry, times, storing.fence, storing.disk_stamp,
                std::move(storing.lease));
  }
  return LevelStored::kStored;
}

Result<std::unique_ptr<LevelLease>> Levels::TryProcessLease(const CacheKey& key) {
  return disk_->locks().TryLock(key.hash());
}

Result<std::unique_ptr<LevelLease>> Levels::AwaitProcessLease(const CacheKey& key, LevelDeadline until) {
  return disk_->locks().Await(key.hash(), until);
}

void Levels::Count(const CacheKey& key, const LevelAnswer& answer, CacheLevel level, std::int64_t began_ns,
                   bool has_failed) {
  const std::int64_t took_ns = clock_->SteadyNs() - began_ns;
  counters_.Add(key.operation().index(), [&](CacheOperationStats& stats) {
    CacheCounts& counts = stats.at(level);
    if (has_failed) ++counts.errors;
    switch (answer.state) {
      case CacheState::kMiss:
        ++counts.misses;
        return;
      case CacheState::kFresh:
        ++counts.hits;
        break;
      case CacheState::kStale:
        ++counts.stale;
        break;
      case CacheState::kNegative:
        ++counts.negative;
        break;
    }
    counts.hit_latency.Add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, took_ns)));
    stats.time_saved_ns += static_cast<std::uint64_t>(answer.entry->load_time.count());
  });
}

void Levels::Log(CacheEvent::Kind kind, CacheLevel level, std::string_view subject, std::string_view detail) const {
  if (options_.log) options_.log({kind, level, subject, detail});
}

bool Levels::IsNewStructure(std::uint64_t text_hash, std::uint64_t structure) {
  if (disk_ != nullptr) {
    const auto before = disk_->ExchangeStructure(text_hash, structure);
    return !before || *before != structure;
  }
  constexpr std::size_t kStructuresMax = 100'000;
  const std::lock_guard lock(structures_mutex_);
  // Not knowing costs an invalidation too many, never one too few.
  if (structures_.size() >= kStructuresMax) structures_.clear();
  const auto [at, is_first] = structures_.emplace(text_hash, structure);
  return is_first || std::exchange(at->second, structure) != structure;
}

std::vector<CacheLevelStats> Levels::Stats() {
  std::vector<CacheLevelStats> all;
  const auto without = [&all](CacheLevel level, const std::string& why) {
    all.push_back({.level = level, .state = why.empty() ? "off" : why});
  };
  memory_ != nullptr ? all.push_back(memory_->Stats()) : without(CacheLevel::kMemory, {});
  disk_ != nullptr ? all.push_back(disk_->Stats()) : without(CacheLevel::kDisk, disk_trouble_);
  shared_ != nullptr ? all.push_back(shared_->Stats()) : without(CacheLevel::kShared, shared_trouble_);
  if (debt_ && TakeFence() && debt_->IsOwing()) all.back().state += "; it has yet to hear what was invalidated here";
  return all;
}

void Levels::AbandonInChild() {
  if (disk_ != nullptr) disk_->AbandonInChild();
}

}  // namespace cairn
