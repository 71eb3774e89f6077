#include <unordered_map>

#include "base/hash.h"
#include "cache/cache_impl.h"
#include "cache/selecting.h"
#include "obs/quantity.h"

namespace cairn {
namespace {

std::string OperationNameOf(std::string_view key) {
  return std::string(key.substr(0, key.find(':', key.find(':') + 1)));
}

/// The state of what is not decoded, by its head and the time of day.
CacheState StateOf(const EntryHead& head, bool is_expired, Timestamp now) {
  const std::int64_t age = now.ns - head.created.ns;
  if (!is_expired && age < head.ttl.count()) return head.is_negative ? CacheState::kNegative : CacheState::kFresh;
  const bool is_usable = !head.is_negative && age - head.ttl.count() < head.grace.count();
  return is_usable ? CacheState::kStale : CacheState::kMiss;
}

std::string Lasting(std::int64_t ns) { return ShortDuration(std::chrono::nanoseconds(ns)); }

std::string WhyOf(const LevelAnswer& answer, std::int64_t now_ns) {
  switch (answer.state) {
    case CacheState::kFresh:
    case CacheState::kNegative:
      return "fresh for " + Lasting(answer.times.fresh_until_ns - now_ns) + " more";
    case CacheState::kStale:
      return (answer.is_expired ? "expired by an invalidation"
                                : "past its time by " + Lasting(now_ns - answer.times.fresh_until_ns)) +
             "; served as stale for " + Lasting(answer.times.stale_until_ns - now_ns) + " more";
    case CacheState::kMiss:
      break;
  }
  return "nothing that may be served is kept here";
}

}  // namespace

Status CacheImpl::VisitMeant(const CacheSelector& selector,
                             const std::function<bool(const CacheListed&, std::string_view bytes)>& visit) {
  LocalCache& state = Use();
  Levels& levels = state.levels();
  const Selecting selecting(selector, state.user_secret());
  if (!levels.TakeFence()) return {StatusCode::kUnavailable, "the disk level cannot tell what was invalidated"};
  const CacheNow now = levels.Now();

  std::unordered_map<std::uint64_t, CacheListed> in_memory;
  if (levels.memory() != nullptr) {
    levels.memory()->Visit(now.steady_ns, [&](const MemoryLevel::Seen& seen) {
      const CacheEntry& entry = *seen.entry;
      if (!selecting.Means(entry.key, entry.tags, seen.state)) return;
      in_memory[Hash64(entry.key)] = {entry.key,     OperationNameOf(entry.key),
                                      seen.state,    CacheLevel::kMemory,
                                      entry.created, entry.ttl,
                                      entry.grace,   seen.bytes,
                                      entry.tags,    false};
    });
  }
  bool goes_on = true;
  if (levels.disk() != nullptr) {
    const Status status = levels.disk()->Visit(selecting.prefix(), [&](const DiskLevel::Listed& row) {
      const auto head = ReadEntryHead(row.row.entry);
      if (!head) return true;
      CacheListed listed{row.key,
                         OperationNameOf(row.key),
                         StateOf(*head, row.is_expired, now.wall),
                         CacheLevel::kDisk,
                         head->created,
                         head->ttl,
                         head->grace,
                         row.row.entry.size(),
                         head->Tags(),
                         head->is_sealed};
      if (in_memory.erase(Hash64(row.key)) != 0) listed.level = CacheLevel::kMemory;
      const bool is_usable = listed.state != CacheState::kMiss;
      if (is_usable && selecting.Means(row.key, listed.tags, listed.state)) goes_on = visit(listed, row.row.entry);
      return goes_on;
    });
    if (!status.ok()) return status;
  }
  for (const auto& [hash, listed] : in_memory) {
    if (!goes_on) break;
    goes_on = visit(listed, {});
  }
  return Status::Ok();
}

std::vector<CacheInspected> Levels::Inspect(const CacheKey& key) {
  std::vector<CacheInspected> all;
  const auto add = [&](const LevelAnswer& answer, CacheLevel level, std::string why) {
    all.push_back({level, answer.state, answer.entry, why.empty() ? WhyOf(answer, SteadyNs()) : std::move(why)});
  };
  const CachePolicy& policy = key.operation().policy();
  if (memory_ == nullptr || !policy.levels.memory) {
    add({}, CacheLevel::kMemory, "the memory level is off");
  } else {
    const MemoryLevel::Hit hit = ReadMemory(key, SteadyNs(), false);
    LevelAnswer answer;
    answer.state = hit.state;
    answer.entry = hit.entry;
    answer.times = hit.times;
    answer.is_expired = hit.is_expired;
    add(answer, CacheLevel::kMemory, {});
  }
  if (!UsesDisk(key)) {
    const bool is_unsealed = disk_ != nullptr && policy.levels.disk;
    add({}, CacheLevel::kDisk,
        is_unsealed             ? "sensitive, and there is no key to seal it with"
        : disk_trouble_.empty() ? "the disk level is off"
                                : disk_trouble_);
  } else {
    const auto found = disk_->Read(EntryKeyOf(key), false);
    Status trouble = found.status();
    LevelAnswer answer;
    if (found && !found->bytes.empty())
      answer = Judge(key, found->bytes, found->is_expired, CacheLevel::kDisk, trouble);
    add(answer, CacheLevel::kDisk, trouble.message());
  }
  if (!UsesShared(key) || options_.offline) {
    add({}, CacheLevel::kShared, options_.offline ? "offline" : "the shared level is off");
  } else if (!HasHeardAll()) {
    add({}, CacheLevel::kShared, "it has yet to hear what was invalidated here");
  } else {
    const KeyWithTags tagged(key);
    const auto read = shared_->Read(tagged.level_key(), SharedDeadline());
    Status trouble = read.status();
    LevelAnswer answer;
    if (read && !read->bytes.empty()) answer = Judge(key, read->bytes, read->is_expired, CacheLevel::kShared, trouble);
    add(answer, CacheLevel::kShared, trouble.message());
  }
  return all;
}

}  // namespace cairn
