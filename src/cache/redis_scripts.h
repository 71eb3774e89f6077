#pragma once

#include <span>
#include <string>
#include <vector>

#include "cache/redis_client.h"

namespace cairn {

/// A Lua script that runs inside Redis, at one moment. Called by its SHA-1.
struct RedisScript {
  const char* text;
  std::string sha1;
  explicit RedisScript(const char* text);
};

/// All scripts of the cache.
struct RedisScripts {
  /// KEYS: counters. ARGV: a random start and a time to live in ms (0: for good) for each. Makes those that are
  /// missing; returns all.
  RedisScript ensure;
  /// KEYS: value, then counters. ARGV: the value, its time to live in ms, the counters' time to live in ms, how many
  /// counters from the first on get it, the stamp that must stand there (`any`, or 8 bytes, or nothing: no value), then
  /// what each counter must be. Returns 0 fenced, 1 stored, 2 conflict.
  RedisScript store;
  /// KEYS: counters. ARGV: the step. Those that are missing stay so: what was stored under them is unreachable already.
  RedisScript bump;
  /// KEYS: the lease. ARGV: its token. Ends it if it is still the caller's.
  RedisScript release;
  /// KEYS: the log. ARGV: how many messages to keep, sender, message. Makes the log if it is missing; without a sender
  /// adds nothing more. Returns the first and the last id there.
  RedisScript publish;

  static const RedisScripts& All();
};

/// Adds the head of a call; `keys` names and `arguments` words follow.
void BeginScript(const RedisScript& script, std::size_t keys, std::size_t arguments, RedisCommands& out);

/// As the client's, and a server that lacks the scripts is given them and asked again.
Status RunScripts(RedisClient& client, std::uint16_t slot, const RedisCommands& commands, RedisDeadline deadline,
                  std::vector<RedisReply>& replies);
Status RunAllScripts(RedisClient& client, std::span<const RedisRequest> requests, RedisDeadline deadline,
                     std::vector<std::vector<RedisReply>>& replies);

}  // namespace cairn
