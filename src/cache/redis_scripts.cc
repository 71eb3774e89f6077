#include "cache/redis_scripts.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>

namespace cairn {
namespace {

constexpr const char* kEnsure = R"(
local counts = redis.call('MGET', unpack(KEYS))
for i, count in ipairs(counts) do
  if not count then
    counts[i] = ARGV[2 * i - 1]
    if ARGV[2 * i] == '0' then
      redis.call('SET', KEYS[i], counts[i])
    else
      redis.call('SET', KEYS[i], counts[i], 'PX', ARGV[2 * i])
    end
  end
end
return counts
)";

constexpr const char* kStore = R"(
local counts = redis.call('MGET', unpack(KEYS, 2))
for i = 1, #KEYS - 1 do
  if counts[i] ~= ARGV[5 + i] then return 0 end
end
if ARGV[5] ~= 'any' and redis.call('GETRANGE', KEYS[1], 8, 15) ~= ARGV[5] then return 2 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 2, 1 + ARGV[4] do redis.call('PEXPIRE', KEYS[i], ARGV[3], 'GT') end
return 1
)";

constexpr const char* kBump = R"(
for i, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 then
    local bumped = redis.pcall('INCRBY', key, ARGV[1])
    if type(bumped) == 'table' then redis.call('DEL', key) end
  end
end
return 1
)";

constexpr const char* kRelease = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
)";

// An id is `<epoch>-<number>`: the epoch is the microsecond in which the log was made, so that one that was emptied is
// not taken for its predecessor; the numbers have no gaps, so that a reader sees whether it missed one.
constexpr const char* kPublish = R"(
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not last then
  local time = redis.call('TIME')
  local epoch = string.format('%.0f', time[1] * 1000000 + time[2])
  redis.call('XADD', KEYS[1], epoch .. '-1', 'made', '')
end
if ARGV[2] ~= '' then
  if not last then last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1] end
  local epoch = string.match(last[1], '^%d+')
  redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], epoch .. '-*', 'from', ARGV[2], 'say', ARGV[3])
end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
return {first[1], last[1]}
)";

std::string Sha1Of(std::string_view text) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  std::size_t size = 0;
  EVP_Q_digest(nullptr, "SHA1", nullptr, text.data(), text.size(), digest, &size);
  std::string hex;
  for (std::size_t i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
  return hex;
}

bool LacksScript(const std::vector<RedisReply>& replies) {
  return std::any_of(replies.begin(), replies.end(), [](const RedisReply& reply) { return reply.IsError("NOSCRIPT"); });
}

Status Load(RedisClient& client, std::uint16_t slot, RedisDeadline deadline) {
  const RedisScripts& all = RedisScripts::All();
  RedisCommands commands;
  for (const RedisScript* script : {&all.ensure, &all.store, &all.bump, &all.release, &all.publish}) {
    commands.Add({"SCRIPT", "LOAD", script->text});
  }
  std::vector<RedisReply> replies;
  if (Status ran = client.Run(slot, commands, deadline, replies); !ran.ok()) return ran;
  return replies.front().status();
}

}  // namespace

RedisScript::RedisScript(const char* script) : text(script), sha1(Sha1Of(script)) {}

const RedisScripts& RedisScripts::All() {
  static const RedisScripts all{RedisScript(kEnsure), RedisScript(kStore), RedisScript(kBump), RedisScript(kRelease),
                                RedisScript(kPublish)};
  return all;
}

void BeginScript(const RedisScript& script, std::size_t keys, std::size_t arguments, RedisCommands& out) {
  out.Begin(3 + keys + arguments);
  out.Word({"EVALSHA"});
  out.Word({script.sha1});
  out.Word({std::to_string(keys)});
}

Status RunScripts(RedisClient& client, std::uint16_t slot, const RedisCommands& commands, RedisDeadline deadline,
                  std::vector<RedisReply>& replies) {
  if (Status ran = client.Run(slot, commands, deadline, replies); !ran.ok() || !LacksScript(replies)) return ran;
  replies.clear();
  if (Status loaded = Load(client, slot, deadline); !loaded.ok()) return loaded;
  return client.Run(slot, commands, deadline, replies);
}

Status RunAllScripts(RedisClient& client, std::span<const RedisRequest> requests, RedisDeadline deadline,
                     std::vector<std::vector<RedisReply>>& replies) {
  Status first_error = client.RunAll(requests, deadline, replies);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!LacksScript(replies[i])) continue;
    replies[i].clear();
    Status ran = RunScripts(client, requests[i].slot, requests[i].commands, deadline, replies[i]);
    if (first_error.ok() && !ran.ok()) first_error = std::move(ran);
  }
  return first_error;
}

}  // namespace cairn
