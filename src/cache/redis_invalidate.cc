#include "cache/redis_invalidate.h"

#include <algorithm>

#include "base/hash.h"
#include "cache/redis_message.h"
#include "cache/redis_value.h"

namespace cairn {
namespace {

constexpr RedisBuckets Bit(std::size_t bucket) { return RedisBuckets{1} << bucket; }

const char* StepOf(CacheVerb verb) {
  return verb == CacheVerb::kRemove ? RedisGeneration::kRemoveStep : RedisGeneration::kExpireStep;
}

/// Runs requests, `buckets` naming the bucket of each, and returns the buckets of those that failed.
RedisBuckets RunBumps(RedisClient& client, const std::vector<RedisRequest>& requests,
                      const std::vector<std::size_t>& buckets, RedisDeadline deadline, Status& error) {
  std::vector<std::vector<RedisReply>> replies;
  Status ran = RunAllScripts(client, requests, deadline, replies);
  RedisBuckets failed = 0;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto wrong = std::find_if(replies[i].begin(), replies[i].end(), [](const auto& r) { return r.is_error(); });
    if (wrong != replies[i].end()) ran = wrong->status();
    if (wrong != replies[i].end() || replies[i].empty()) failed |= Bit(buckets[i]);
  }
  if (failed != 0) error = std::move(ran);
  return failed;
}

}  // namespace

bool IsExplicit(const LevelTag& tag) { return tag.text.starts_with("t:"); }

RedisBuckets BumpGenerations(RedisClient& client, const RedisNames& names, const Invalidation& invalidation,
                             RedisBuckets buckets, RedisDeadline deadline, Status& error) {
  const char* const step = StepOf(invalidation.verb);
  const bool has_explicit = std::any_of(invalidation.tags.begin(), invalidation.tags.end(), IsExplicit);
  std::vector<RedisRequest> requests;
  std::vector<std::size_t> bucket_of;
  RedisBuckets left = 0;
  if (has_explicit) {
    // A store whose tags came with the load reads their counters late: it must see this one changed first.
    for (std::size_t bucket = 0; bucket < names.buckets(); ++bucket) {
      if ((buckets & Bit(bucket)) == 0) continue;
      RedisRequest& request = requests.emplace_back();
      request.slot = names.slot(bucket);
      bucket_of.push_back(bucket);
      BeginScript(RedisScripts::All().bump, 1, 1, request.commands);
      names.ExplicitTags(bucket, request.commands);
      request.commands.Word({RedisGeneration::kRemoveStep});
    }
    left = RunBumps(client, requests, bucket_of, deadline, error);
    requests.clear();
    bucket_of.clear();
  }
  for (std::size_t bucket = 0; bucket < names.buckets(); ++bucket) {
    std::vector<const LevelTag*> tags;
    std::vector<const InvalidatedKey*> keys;
    for (const LevelTag& tag : invalidation.tags) {
      if (!IsExplicit(tag) || names.BucketOf(tag.hash) == bucket) tags.push_back(&tag);
      // Bumped once more after the rest is told of it.
      if (IsExplicit(tag) && left != 0) left |= Bit(names.BucketOf(tag.hash));
    }
    for (const InvalidatedKey& key : invalidation.keys) {
      if (names.BucketOf(Hash64(key.text)) == bucket) keys.push_back(&key);
    }
    if ((buckets & Bit(bucket)) == 0 || (tags.empty() && keys.empty())) continue;
    RedisRequest& request = requests.emplace_back();
    request.slot = names.slot(bucket);
    bucket_of.push_back(bucket);
    BeginScript(RedisScripts::All().bump, tags.size() + keys.size(), 1, request.commands);
    for (const LevelTag* tag : tags) names.Tag(bucket, tag->hash, request.commands);
    for (const InvalidatedKey* key : keys) names.Key(bucket, key->short_text, request.commands);
    request.commands.Word({step});
    if (invalidation.verb != CacheVerb::kRemove) continue;
    for (const InvalidatedKey* key : keys) {
      if (key->hash == 0) continue;  // Unreachable in every version already; Redis drops them in time.
      request.commands.Begin(2);
      request.commands.Word({"UNLINK"});
      names.Value(bucket, key->version, key->short_text, request.commands);
    }
  }
  if (requests.empty()) return left;
  return left | RunBumps(client, requests, bucket_of, deadline, error);
}

Status PublishInvalidation(RedisClient& client, const RedisNames& names, const Invalidation& invalidation,
                           std::string_view sender, std::uint64_t messages_max, RedisDeadline deadline) {
  RedisCommands command;
  BeginScript(RedisScripts::All().publish, 1, 3, command);
  command.Word({names.log()});
  command.Word({std::to_string(messages_max)});
  command.Word({sender});
  command.Word({EncodeInvalidation(invalidation)});
  std::vector<RedisReply> replies;
  if (Status ran = RunScripts(client, names.log_slot(), command, deadline, replies); !ran.ok()) return ran;
  return replies.front().status();
}

}  // namespace cairn
