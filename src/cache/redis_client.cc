#include "cache/redis_client.h"

#include <fmt/format.h>

#include <algorithm>

namespace cairn {
namespace {

constexpr int kRedirectionsMax = 5;
constexpr std::chrono::milliseconds kRefreshPause{100};  // Between two readings of the map that nobody asked for.

bool IsRedirection(const RedisReply& reply) { return reply.IsError("MOVED") || reply.IsError("ASK"); }

}  // namespace

Result<bool> RedisClient::IsCluster(RedisDeadline deadline) {
  const auto route = CurrentRoute(deadline);
  if (!route) return route.error();
  return (*route)->is_cluster;
}

Status RedisClient::Run(std::uint16_t slot, const RedisCommands& commands, RedisDeadline deadline,
                        std::vector<RedisReply>& replies) {
  const std::size_t first = replies.size();
  Status last;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto route = CurrentRoute(deadline);
    if (!route) return route.error();
    const auto owner = OwnerOf(**route, slot);
    if (owner) {
      last = (*owner)->Run(commands, deadline, replies);
      if (last.ok()) last = Follow(*owner, commands, deadline, replies, first);
      if (last.ok()) return last;
      replies.resize(first);
    } else {
      last = owner.error();
    }
    // A server that is gone may have been replaced.
    if (!(*route)->is_cluster || last.code() != StatusCode::kUnavailable) return last;
    Refresh(deadline);
    const auto again = CurrentRoute(deadline);
    if (!again || *again == *route) return last;
  }
  return last;
}

Result<RedisReply> RedisClient::Run(std::uint16_t slot, const RedisCommands& command, RedisDeadline deadline) {
  std::vector<RedisReply> replies;
  if (Status ran = Run(slot, command, deadline, replies); !ran.ok()) return ran;
  return std::move(replies.front());
}

Status RedisClient::RunAll(std::span<const RedisRequest> requests, RedisDeadline deadline,
                           std::vector<std::vector<RedisReply>>& replies) {
  replies.assign(requests.size(), {});
  const auto route = CurrentRoute(deadline);
  if (!route) return route.error();

  // By server, in one order for all threads, so that two of them never wait for each other's connections.
  std::map<RedisNode*, std::vector<std::size_t>> by_node;
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const auto owner = OwnerOf(**route, requests[i].slot);
    if (owner) {
      by_node[*owner].push_back(i);
    } else {
      left.push_back(i);
    }
  }
  std::vector<std::pair<const std::vector<std::size_t>*, std::optional<RedisNode::Pending>>> running;
  for (const auto& [node, indices] : by_node) {
    RedisCommands commands;
    for (const std::size_t index : indices) commands.AddAll(requests[index].commands);
    running.emplace_back(&indices, node->Start(commands, deadline));
  }
  for (auto& [indices, pending] : running) {
    std::vector<RedisReply> answers;
    const bool ok = pending.has_value() && pending->Finish(deadline, answers).ok();
    pending.reset();
    std::size_t next = 0;
    for (const std::size_t index : *indices) {
      const std::size_t size = requests[index].commands.size();
      const auto begin = answers.begin() + static_cast<std::ptrdiff_t>(next);
      const auto end = begin + static_cast<std::ptrdiff_t>(ok ? size : 0);
      next += size;
      if (!ok || std::any_of(begin, end, IsRedirection)) {
        left.push_back(index);
      } else {
        replies[index].assign(std::make_move_iterator(begin), std::make_move_iterator(end));
      }
    }
  }
  Status first_error;
  for (const std::size_t index : left) {
    Status ran = Run(requests[index].slot, requests[index].commands, deadline, replies[index]);
    if (first_error.ok() && !ran.ok()) first_error = std::move(ran);
  }
  return first_error;
}

Result<std::unique_ptr<RedisConnection>> RedisClient::Connect(std::uint16_t slot, RedisDeadline deadline) {
  Refresh(deadline);
  const auto route = CurrentRoute(deadline);
  if (!route) return route.error();
  const auto owner = OwnerOf(**route, slot);
  if (!owner) return owner.error();
  return RedisConnection::Open(url_, (*owner)->endpoint(), deadline);
}

Status RedisClient::Follow(RedisNode* asked, const RedisCommands& commands, RedisDeadline deadline,
                           std::vector<RedisReply>& replies, std::size_t first) {
  bool has_moved = false;
  Status status;
  for (std::size_t i = first; i < replies.size() && status.ok(); ++i) {
    RedisNode* node = asked;
    for (int hop = 0; IsRedirection(replies[i]); ++hop) {
      if (hop == kRedirectionsMax) {
        status = {StatusCode::kUnavailable, fmt::format("sent on {} times: {}", hop, replies[i].text.view())};
        break;
      }
      const auto to = RedirectionOf(replies[i].text, node->endpoint());
      if (!to) return to.error();
      RedisCommands one;
      const bool is_ask = replies[i].IsError("ASK");
      if (is_ask) one.Add({"ASKING"});
      one.AddAll(commands.At(i - first));
      has_moved = has_moved || !is_ask;
      node = NodeAt(*to);
      std::vector<RedisReply> answer;
      status = node->Run(one, deadline, answer);
      if (!status.ok()) break;
      replies[i] = std::move(answer.back());
    }
  }
  if (has_moved) Refresh(deadline);
  return status;
}

Result<RedisNode*> RedisClient::OwnerOf(const Route& route, std::uint16_t slot) {
  const std::uint16_t owner = route.owner_of[slot];
  if (owner != RedisSlotMap::kNobody) return route.owners[owner];
  return Status(StatusCode::kUnavailable, fmt::format("Redis Cluster: nobody owns slot {}", slot));
}

Result<std::shared_ptr<const RedisClient::Route>> RedisClient::CurrentRoute(RedisDeadline deadline) {
  {
    const std::lock_guard lock(mutex_);
    if (route_ != nullptr) return route_;
  }
  const std::lock_guard discovery(discovery_);
  {
    const std::lock_guard lock(mutex_);
    if (route_ != nullptr) return route_;
  }
  return Discover(deadline);
}

void RedisClient::Refresh(RedisDeadline deadline) {
  const std::unique_lock discovery(discovery_, std::try_to_lock);
  if (!discovery.owns_lock()) return;
  {
    const std::lock_guard lock(mutex_);
    if (route_ != nullptr && !route_->is_cluster) return;
    if (std::chrono::steady_clock::now() < refreshed_at_ + kRefreshPause) return;
  }
  (void)Discover(deadline);  // Without a new map the old one serves on, and its users say what is wrong.
}

Result<std::shared_ptr<const RedisClient::Route>> RedisClient::Discover(RedisDeadline deadline) {
  std::vector<RedisNode*> asked;
  for (const RedisEndpoint& door : url_.doors) asked.push_back(NodeAt(door));
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [name, node] : nodes_) asked.push_back(node.get());
  }
  // Those that answered last come first.
  std::stable_partition(asked.begin(), asked.end(), [](const RedisNode* node) { return !node->is_down(); });
  Status last;
  for (RedisNode* node : asked) {
    const auto is_cluster = node->IsCluster(deadline);
    if (!is_cluster) {
      last = is_cluster.error();
      continue;
    }
    RedisSlotMap map = RedisSlotMap::One(node->endpoint());
    if (*is_cluster) {
      RedisCommands question;
      question.Add({"CLUSTER", "SLOTS"});
      std::vector<RedisReply> replies;
      last = node->Run(question, deadline, replies);
      if (!last.ok()) continue;
      auto read = RedisSlotMap::Read(replies.front(), node->endpoint());
      last = read.status();
      if (!read) continue;
      map = std::move(*read);
    }
    auto route = std::make_shared<Route>();
    route->is_cluster = *is_cluster;
    route->owner_of = std::move(map.owner_of);
    for (const RedisEndpoint& owner : map.owners) route->owners.push_back(NodeAt(owner));
    const std::lock_guard lock(mutex_);
    route_ = route;
    refreshed_at_ = std::chrono::steady_clock::now();
    return std::shared_ptr<const Route>(std::move(route));
  }
  return last;
}

RedisNode* RedisClient::NodeAt(const RedisEndpoint& endpoint) {
  const std::lock_guard lock(mutex_);
  std::unique_ptr<RedisNode>& node = nodes_[endpoint.ToString()];
  if (node == nullptr) node = std::make_unique<RedisNode>(url_, endpoint, options_);
  return node.get();
}

}  // namespace cairn
