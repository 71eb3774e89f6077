#include "cache/redis_recovery.h"

#include <algorithm>
#include <utility>

namespace cairn {
namespace {

constexpr std::uint64_t kEntryOverhead = 256;

std::uint64_t BytesOf(const std::string& subject, const RedisRecovery::Pending& pending) {
  std::uint64_t bytes = kEntryOverhead + 2 * subject.size();
  for (const InvalidatedKey& key : pending.invalidation.keys) bytes += key.text.size() + key.short_text.size();
  return bytes;
}

/// An explicit tag's counter is in one bucket, but values of any bucket may have the tag.
RedisBuckets BlockedBy(const Invalidation& invalidation, RedisBuckets buckets) {
  const bool is_anywhere = std::any_of(invalidation.tags.begin(), invalidation.tags.end(), IsExplicit);
  return is_anywhere && buckets != 0 ? kAllBuckets : buckets;
}

std::string StoreSubject(std::string_view key_text, std::uint64_t version) {
  std::string subject(key_text);
  subject += '\0';
  return subject + std::to_string(version);
}

}  // namespace

KeptWrite::KeptWrite(const LevelWrite& write, LevelDeadline now)
    : text(write.key.text),
      short_text(write.key.short_text),
      source(write.key.source),
      hash(write.key.hash),
      text_hash(write.key.text_hash),
      version(write.key.version),
      implicit_tags(write.key.implicit_tags.begin(), write.key.implicit_tags.end()),
      explicit_tags(write.key.explicit_tags.begin(), write.key.explicit_tags.end()),
      more_tags(write.more_tags.begin(), write.more_tags.end()),
      bytes(write.bytes),
      fence(write.fence),
      keep_until(now + write.keep_for),
      expected_stamp(write.expected_stamp) {}

LevelKey KeptWrite::key() const {
  return {.text = text,
          .short_text = short_text,
          .hash = hash,
          .text_hash = text_hash,
          .source = source,
          .version = version,
          .implicit_tags = implicit_tags,
          .explicit_tags = explicit_tags};
}

std::size_t KeptWrite::size() const {
  std::size_t size = kEntryOverhead + 2 * (text.size() + short_text.size()) + bytes.size() + fence.bytes.size();
  for (const auto* tags : {&implicit_tags, &explicit_tags, &more_tags}) {
    for (const LevelTag& tag : *tags) size += sizeof tag + tag.text.size();
  }
  return size;
}

bool RedisRecovery::Add(const Invalidation& invalidation, RedisBuckets buckets) {
  const std::lock_guard lock(mutex_);
  AddLocked(invalidation, buckets);
  return !has_overflowed_;
}

void RedisRecovery::AddLocked(const Invalidation& invalidation, RedisBuckets buckets) {
  for (const InvalidatedKey& key : invalidation.keys) {
    AddOne('k' + StoreSubject(key.text, key.version),
           {.verb = invalidation.verb, .keys = {key}, .tags = {}, .pattern = {}}, buckets);
  }
  for (const LevelTag& tag : invalidation.tags) {
    AddOne('t' + tag.text, {.verb = invalidation.verb, .keys = {}, .tags = {tag}, .pattern = {}}, buckets);
  }
  if (!invalidation.pattern.empty()) {
    AddOne('p' + invalidation.pattern,
           {.verb = invalidation.verb, .keys = {}, .tags = {}, .pattern = invalidation.pattern}, buckets);
  }
}

void RedisRecovery::AddOne(const std::string& subject, Invalidation one, RedisBuckets buckets) {
  if (has_overflowed_) return;  // It is part of everything.
  blocked_.fetch_or(BlockedBy(one, buckets), std::memory_order_acq_rel);
  for (const InvalidatedKey& key : one.keys) {
    // Any version: a store that was fenced before cannot stand after it.
    const auto first = stores_.lower_bound(key.text + '\0');
    auto last = first;
    for (; last != stores_.end() && last->second.text == key.text; ++last) bytes_ -= last->second.size();
    stores_.erase(first, last);
  }
  const auto at = invalidations_.find(subject);
  if (at != invalidations_.end()) {
    at->second.buckets |= buckets;
    at->second.invalidation.verb = std::max(at->second.invalidation.verb, one.verb);
    return;
  }
  Pending pending{std::move(one), buckets};
  const std::uint64_t bytes = BytesOf(subject, pending);
  MakeRoom(bytes);
  if (!HasRoom(bytes)) {
    invalidations_.clear();
    bytes_ = 0;
    has_overflowed_ = true;
    blocked_.store(kAllBuckets, std::memory_order_release);
    Invalidation everything;
    everything.tags.push_back(MakeTag('a', ""));
    invalidations_.emplace("ta:", Pending{std::move(everything), kAllBuckets});
    return;
  }
  bytes_ += bytes;
  invalidations_.emplace(subject, std::move(pending));
}

void RedisRecovery::MakeRoom(std::uint64_t bytes) {
  while (!stores_.empty() && !HasRoom(bytes)) {
    bytes_ -= stores_.begin()->second.size();
    stores_.erase(stores_.begin());
  }
}

bool RedisRecovery::HasRoom(std::uint64_t bytes) const {
  return taken_entries_ + invalidations_.size() + stores_.size() < options_.entries &&
         taken_bytes_ + bytes_ + bytes <= options_.bytes;
}

bool RedisRecovery::Add(const LevelWrite& write, LevelDeadline now) {
  KeptWrite kept(write, now);
  const std::lock_guard lock(mutex_);
  const std::string subject = StoreSubject(kept.text, kept.version);
  if (has_overflowed_ || IsInvalidated(kept.text)) return false;
  const auto at = stores_.find(subject);
  if (at != stores_.end()) {
    bytes_ -= at->second.size();
    stores_.erase(at);
  }
  if (!HasRoom(kept.size())) return false;
  bytes_ += kept.size();
  stores_.emplace(subject, std::move(kept));
  return true;
}

bool RedisRecovery::is_empty() const { return size() == 0; }

std::size_t RedisRecovery::size() const {
  const std::lock_guard lock(mutex_);
  return invalidations_.size() + stores_.size();
}

RedisRecovery::Batch RedisRecovery::Take() {
  const std::lock_guard lock(mutex_);
  Batch batch;
  for (auto& [subject, pending] : invalidations_) batch.invalidations.push_back(std::move(pending));
  for (auto& [subject, store] : stores_) batch.stores.push_back(std::move(store));
  invalidations_.clear();
  stores_.clear();
  taken_entries_ += batch.invalidations.size() + batch.stores.size();
  taken_bytes_ += std::exchange(bytes_, 0);
  has_overflowed_ = false;
  return batch;
}

void RedisRecovery::Finish(Batch left) {
  const std::lock_guard lock(mutex_);
  taken_entries_ = 0;
  taken_bytes_ = 0;
  for (const Pending& pending : left.invalidations) AddLocked(pending.invalidation, pending.buckets);
  for (KeptWrite& store : left.stores) {
    const std::string subject = StoreSubject(store.text, store.version);
    if (has_overflowed_ || IsInvalidated(store.text) || stores_.contains(subject) || !HasRoom(store.size())) {
      continue;  // Something newer stands there, or there is no room.
    }
    bytes_ += store.size();
    stores_.emplace(subject, std::move(store));
  }
  RedisBuckets blocked = 0;
  for (const auto& [subject, pending] : invalidations_) {
    blocked |= BlockedBy(pending.invalidation, pending.buckets);
  }
  blocked_.store(blocked, std::memory_order_release);
}

bool RedisRecovery::IsInvalidated(const std::string& key_text) const {
  const std::string subject = 'k' + key_text + '\0';
  const auto at = invalidations_.lower_bound(subject);
  return at != invalidations_.end() && at->first.starts_with(subject);
}

}  // namespace cairn
