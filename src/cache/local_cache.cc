#include "cache/local_cache.h"

#include <sodium.h>

#include "cache/options_check.h"
#include "cache/random.h"
#include "cache/redis_level.h"
#include "cache/stats_codec.h"

namespace cairn {
namespace {

constexpr std::int64_t kFlushEveryNs = 1'000'000'000;

}  // namespace

Result<std::unique_ptr<LocalCache>> LocalCache::Open(const Setup& setup) {
  std::unique_ptr<LocalCache> state(new LocalCache(setup));
  if (Status status = state->OpenLevels(); !status.ok()) return status;
  return state;
}

void LocalCache::Tell(CacheLevel level, const std::string& trouble) const {
  if (setup_.options->log) setup_.options->log({CacheEvent::Kind::kLevel, level, CacheLevelName(level), trouble});
}

Status LocalCache::OpenLevels() {
  const CacheOptions& options = *setup_.options;
  FileSystem& files = options.files != nullptr ? *options.files : *FileSystem::Default();
  Levels::Parts parts;
  parts.options = &options;
  parts.clock = options.clock != nullptr ? options.clock : CacheClock::Default();
  parts.random = options.random ? options.random : FastRandom;
  parts.operation_of = setup_.operation_of;
  parts.in_background = setup_.in_background;
  auto ring = KeyRing::Load(options.seal, files, options.environment);
  if (!ring) return ring.error();
  parts.ring = std::move(*ring);

  if (options.enabled && options.disk.enabled && !options.location.empty()) {
    DiskLevel::Options disk{options.location, options.disk, &files, parts.clock, parts.random, true};
    auto opened = DiskLevel::Open(disk);
    if (opened) {
      parts.disk = std::move(*opened);
    } else {
      parts.disk_trouble = opened.error().message();
      Tell(CacheLevel::kDisk, parts.disk_trouble);
    }
  }
  if (options.enabled && !options.offline) {
    if (setup_.open_shared) {
      parts.shared = setup_.open_shared();
    } else if (!options.shared.url.empty()) {
      auto opened = OpenRedisLevel({.shared = options.shared, .random = parts.random, .log = options.log});
      if (!opened) return opened.error();
      parts.shared = std::move(*opened);
    }
  }
  user_secret_ = options.user_secret;
  if (user_secret_.empty() && parts.disk != nullptr) {
    if (auto secret = parts.disk->file().UserSecret(); secret) user_secret_ = std::move(*secret);
  }
  if (user_secret_.empty()) {
    constexpr std::size_t kSecretBytes = 32;
    user_secret_.resize(kSecretBytes);
    randombytes_buf(user_secret_.data(), user_secret_.size());
  }
  const auto random = parts.random;
  levels_ = std::make_unique<Levels>(std::move(parts));
  loading_ = std::make_unique<Loading>(options, *levels_, random, setup_.in_background);
  if (Status status = levels_->Subscribe(); !status.ok()) Tell(CacheLevel::kShared, status.message());
  return Status::Ok();
}

std::vector<CacheOperationStats> LocalCache::StatsHere() {
  std::vector<CacheOperationStats> all;
  for (const CacheOperation* operation : setup_.operations()) {
    CacheOperationStats stats = levels_->counters().Of(operation->index());
    stats.operation = operation->full_name();
    const MemoryLevel* memory = levels_->memory();
    if (memory != nullptr) {
      const MemoryLevel::Counts counts = memory->CountsOf(operation->index());
      stats.memory.Add(counts.counts);
      stats.time_saved_ns += counts.time_saved_ns;
    }
    all.push_back(std::move(stats));
  }
  return all;
}

void LocalCache::FlushStatsBehind() {
  if (levels_->disk() == nullptr || levels_->SteadyNs() - flushed_at_ns_.load() < kFlushEveryNs) return;
  (void)setup_.in_background([this] { FlushStats(false); });
}

void LocalCache::Warm(const CacheOperation& operation) {
  if (levels_->disk() == nullptr || to_warm_.load() <= 0) return;
  // Without a thread to spare nothing is warmed: it is a convenience.
  (void)setup_.in_background([this, &operation] { levels_->WarmMemory(operation, to_warm_); });
}

void LocalCache::FlushStats(bool now) {
  DiskLevel* disk = levels_->disk();
  if (disk == nullptr) return;
  const std::lock_guard lock(stats_mutex_);
  const std::int64_t now_ns = levels_->Now().steady_ns;
  if (!now && now_ns - flushed_at_ns_ < kFlushEveryNs) return;
  flushed_at_ns_ = now_ns;
  const std::vector<CacheOperationStats> here = StatsHere();
  flushed_.resize(here.size());
  std::map<std::string, CacheOperationStats> changed;
  for (std::size_t i = 0; i < here.size(); ++i) {
    const CacheOperationStats since = StatsSince(here[i], flushed_[i]);
    if (WriteOperationStats(since) != WriteOperationStats({})) changed[here[i].operation] = since;
  }
  for (const auto& [operation, counts] : disk->TakeCounts()) from_disk_[operation].Add(counts);
  for (const auto& [operation, counts] : from_disk_) {
    changed[operation].operation = operation;
    changed[operation].disk.Add(counts);
  }
  std::vector<CacheOperationStats> list;
  for (auto& [operation, stats] : changed) list.push_back(std::move(stats));
  if (!list.empty() && disk->AddStats(list).ok()) {
    flushed_ = here;
    from_disk_.clear();
  }
  if (setup_.options->history) {
    const std::vector<CacheAccess> accesses = TakeAccesses();
    if (!accesses.empty()) (void)disk->AddAccesses(accesses);
  }
}

std::vector<CacheAccess> LocalCache::TakeAccesses() {
  std::vector<CacheAccess> accesses;
  if (levels_->memory() == nullptr) return accesses;
  const CacheNow now = levels_->Now();
  levels_->memory()->Visit(
      now.steady_ns,
      [&](const MemoryLevel::Seen& seen) {
        if (seen.hits == 0) return;
        const auto wall_of = [&](std::int64_t steady_ns) {
          return Timestamp{now.wall.ns - (now.steady_ns - steady_ns)};
        };
        accesses.push_back({seen.entry->key,
                            seen.hits,
                            wall_of(seen.last_used_ns),
                            {},
                            seen.entry->load_time,
                            wall_of(seen.times.fresh_until_ns)});
      },
      true);
  return accesses;
}

}  // namespace cairn
