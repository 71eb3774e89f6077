#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "cache/redis_node.h"
#include "cache/redis_slots.h"

namespace cairn {

/// Commands for one slot.
struct RedisRequest {
  std::uint16_t slot = 0;
  RedisCommands commands;
};

/// A Redis server or a Redis Cluster; which, it asks the server. It alone knows who owns which slot: it follows MOVED
/// and ASK and reads the map anew when a server is gone. Connects when first asked. Any thread may call it.
class RedisClient {
 public:
  RedisClient(RedisUrl url, const RedisNode::Options& options) : url_(std::move(url)), options_(options) {}
  RedisClient(const RedisClient&) = delete;
  RedisClient& operator=(const RedisClient&) = delete;

  /// Whether it is a cluster. Returns what connecting said while nobody could be asked.
  Result<bool> IsCluster(RedisDeadline deadline);

  /// Runs commands on the owner of `slot` in one round trip and adds their answers to `replies`, which may be errors.
  /// Commands must bear to be run twice. Returns UNAVAILABLE or DEADLINE_EXCEEDED where the owner could not be asked;
  /// `replies` is then as it was.
  Status Run(std::uint16_t slot, const RedisCommands& commands, RedisDeadline deadline,
             std::vector<RedisReply>& replies);
  /// One command with one answer.
  Result<RedisReply> Run(std::uint16_t slot, const RedisCommands& command, RedisDeadline deadline);

  /// Runs all requests, every server at once, and gives the answers of each in `replies`, in order; those of a request
  /// that could not be run stay empty. Returns the first error; the other requests were run nevertheless.
  Status RunAll(std::span<const RedisRequest> requests, RedisDeadline deadline,
                std::vector<std::vector<RedisReply>>& replies);

  /// A connection of its own to the owner of `slot`, for a subscription.
  Result<std::unique_ptr<RedisConnection>> Connect(std::uint16_t slot, RedisDeadline deadline);

  [[nodiscard]] const RedisUrl& url() const { return url_; }

 private:
  struct Route {
    bool is_cluster = false;
    std::vector<std::uint16_t> owner_of;
    std::vector<RedisNode*> owners;
  };

  Result<std::shared_ptr<const Route>> CurrentRoute(RedisDeadline deadline);
  /// Reads the map again, from any server that answers, unless that was just done or another thread does it.
  void Refresh(RedisDeadline deadline);
  Result<std::shared_ptr<const Route>> Discover(RedisDeadline deadline);
  RedisNode* NodeAt(const RedisEndpoint& endpoint);
  static Result<RedisNode*> OwnerOf(const Route& route, std::uint16_t slot);
  /// Sends those of the commands again that were redirected, where they were redirected to.
  Status Follow(RedisNode* asked, const RedisCommands& commands, RedisDeadline deadline,
                std::vector<RedisReply>& replies, std::size_t first);

  const RedisUrl url_;
  const RedisNode::Options options_;
  std::mutex discovery_;  ///< Held by the one that asks for the map.
  std::mutex mutex_;
  // Guarded by mutex_. Nodes stay for good: a map that is being used may point to them.
  std::map<std::string, std::unique_ptr<RedisNode>> nodes_;
  std::shared_ptr<const Route> route_;
  RedisBreaker::Time refreshed_at_;
};

}  // namespace cairn
