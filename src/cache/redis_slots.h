#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cache/redis_reply.h"
#include "cache/redis_url.h"

namespace cairn {

inline constexpr std::size_t kRedisSlots = 16384;

/// The slot that a key is in: CRC-16/XMODEM of the key, or of what stands in its first `{...}` unless that is empty
/// (the Redis Cluster specification, "Hash tags").
std::uint16_t RedisSlotOf(std::string_view key);

/// Who owns which slot.
struct RedisSlotMap {
  std::vector<RedisEndpoint> owners;
  std::vector<std::uint16_t> owner_of;  ///< By slot, into `owners`; kNobody where the cluster named none.
  static constexpr std::uint16_t kNobody = 0xFFFF;

  /// All slots with one server.
  static RedisSlotMap One(const RedisEndpoint& owner);
  /// Reads the answer to CLUSTER SLOTS; an owner without a name is `asked`. Returns DATA_LOSS for another answer.
  static Result<RedisSlotMap> Read(const RedisReply& reply, const RedisEndpoint& asked);
};

/// Reads `MOVED 12182 host:port` and `ASK 12182 host:port`; an empty host is `asked`'s. Returns DATA_LOSS for another
/// text.
Result<RedisEndpoint> RedirectionOf(std::string_view error, const RedisEndpoint& asked);

}  // namespace cairn
