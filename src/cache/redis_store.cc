#include <algorithm>

#include "cache/redis_context.h"
#include "cache/redis_invalidate.h"

namespace cairn {
namespace {

std::chrono::milliseconds CeilMs(std::chrono::nanoseconds time) {
  return std::max(std::chrono::ceil<std::chrono::milliseconds>(time), std::chrono::milliseconds(1));
}

/// Reads the counters of the policy's and the loader's tags, keeping them alive. Empty: one of the policy's was
/// invalidated since the fence was taken.
Result<std::vector<RedisTagGeneration>> ExplicitNow(const RedisContext& context, const LevelWrite& write,
                                                    const RedisFence& fence, const std::string& counter_ms,
                                                    LevelDeadline deadline) {
  std::vector<const LevelTag*> tags;
  for (const LevelTag& tag : write.key.explicit_tags) tags.push_back(&tag);
  for (const LevelTag& tag : write.more_tags) {
    const auto same = [&](const LevelTag* other) { return other->hash == tag.hash; };
    if (std::none_of(tags.begin(), tags.end(), same)) tags.push_back(&tag);
  }
  std::vector<RedisTagGeneration> out;
  if (tags.empty()) return out;
  std::vector<RedisRequest> requests(tags.size());
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const std::size_t bucket = context.names.BucketOf(tags[i]->hash);
    requests[i].slot = context.names.slot(bucket);
    RedisCommands& commands = requests[i].commands;
    BeginScript(RedisScripts::All().ensure, 1, 2, commands);
    context.names.Tag(bucket, tags[i]->hash, commands);
    AddStart(context, false, commands);
    commands.Begin(4);
    commands.Word({"PEXPIRE"});
    context.names.Tag(bucket, tags[i]->hash, commands);
    commands.Word({counter_ms});
    commands.Word({"GT"});
  }
  std::vector<std::vector<RedisReply>> replies;
  if (Status ran = RunAllScripts(context.client, requests, deadline, replies); !ran.ok()) return ran;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    const RedisReply& reply = replies[i][0];
    if (reply.is_error()) return reply.status();
    const auto now = reply.IsArray(1) ? RedisGeneration::Read(reply.elements[0].text) : std::nullopt;
    if (!now) return Status(StatusCode::kDataLoss, "a generation in Redis is no number");
    if (i < fence.explicit_tags.size() && *now != fence.explicit_tags[i]) return std::vector<RedisTagGeneration>();
    out.push_back({tags[i]->hash, *now});
  }
  return out;
}

}  // namespace

Result<LevelStored> StoreInRedis(const RedisContext& context, const LevelWrite& write, LevelDeadline deadline) {
  const LevelKey& key = write.key;
  const auto fence = RedisFence::Read(write.fence.bytes, key.implicit_tags.size(), key.explicit_tags.size());
  if (!fence) return Status(StatusCode::kUnavailable, "not stored in Redis: it was away when the load began");
  const std::string keep_ms = std::to_string(CeilMs(write.keep_for).count());
  const std::string counter_ms = std::to_string((CeilMs(write.keep_for) + kCounterTtl).count());

  auto explicit_tags = ExplicitNow(context, write, *fence, counter_ms, deadline);
  if (!explicit_tags) return explicit_tags.error();
  if (explicit_tags->size() < key.explicit_tags.size()) return LevelStored::kFenced;

  std::string value;
  value.reserve(write.bytes.size() + 32 + 8 * key.implicit_tags.size() + 16 * explicit_tags->size());
  value += write.bytes;
  RedisValue{fence->key, fence->implicit_tags, std::move(*explicit_tags)}.AppendTo(value);

  // Nothing, the stamp of what stands, or whatever: as the script takes it.
  std::string expected = "any";
  if (write.expected_stamp) {
    const std::uint64_t stamp = *write.expected_stamp != 0 ? *write.expected_stamp : fence->dead_stamp;
    expected.assign(reinterpret_cast<const char*>(&stamp), stamp != 0 ? sizeof stamp : 0);
  }

  const std::size_t bucket = context.names.BucketOf(key.text_hash);
  const bool has_late_tags = !write.more_tags.empty();
  const std::size_t counters = 1 + key.implicit_tags.size() + (has_late_tags ? 1 : 0);
  // Those that are kept alive come first.
  std::vector<std::size_t> order(key.implicit_tags.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto permanent = std::stable_partition(order.begin(), order.end(),
                                               [&](std::size_t i) { return !IsPermanent(key.implicit_tags[i]); });
  RedisCommands command;
  BeginScript(RedisScripts::All().store, 1 + counters, 5 + counters, command);
  context.names.Value(bucket, key.version, key.short_text, command);
  context.names.Key(bucket, key.short_text, command);
  for (const std::size_t i : order) context.names.Tag(bucket, key.implicit_tags[i].hash, command);
  if (has_late_tags) context.names.ExplicitTags(bucket, command);
  command.Word({value});
  command.Word({keep_ms});
  command.Word({counter_ms});
  command.Word({std::to_string(1 + (permanent - order.begin()))});
  command.Word({expected});
  command.Word({fence->key.ToString()});
  for (const std::size_t i : order) command.Word({fence->implicit_tags[i].ToString()});
  if (has_late_tags) command.Word({fence->any_explicit_tag.ToString()});

  std::vector<RedisReply> replies;
  const std::uint16_t slot = context.names.slot(bucket);
  if (Status ran = RunScripts(context.client, slot, command, deadline, replies); !ran.ok()) return ran;
  if (replies[0].is_error()) return replies[0].status();
  if (replies[0].integer == 1) return LevelStored::kStored;
  return replies[0].integer == 0 ? LevelStored::kFenced : LevelStored::kConflict;
}

}  // namespace cairn
