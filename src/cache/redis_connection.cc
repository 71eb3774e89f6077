#include "cache/redis_connection.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace cairn {
namespace {

constexpr std::size_t kReceiveBytes = 16 * 1024;
constexpr int kOldestMajor = 7;

int MajorOf(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

}  // namespace

Result<std::unique_ptr<RedisConnection>> RedisConnection::Open(const RedisUrl& url, const RedisEndpoint& endpoint,
                                                               RedisDeadline deadline) {
  auto transport = RedisTransport::Connect(url, endpoint, deadline);
  if (!transport) return transport.error();
  auto connection = std::make_unique<RedisConnection>(std::move(*transport));
  if (Status greeted = connection->Greet(url, deadline); !greeted.ok()) {
    return greeted.WithContext(fmt::format("connecting to {}", endpoint.ToString()));
  }
  return connection;
}

Status RedisConnection::Greet(const RedisUrl& url, RedisDeadline deadline) {
  RedisCommands hello;
  if (url.password.empty()) {
    hello.Add({"HELLO", "2"});
  } else {
    hello.Add({"HELLO", "2", "AUTH", url.user.empty() ? std::string_view("default") : url.user, url.password});
  }
  if (url.db != 0) hello.Add({"SELECT", std::to_string(url.db)});
  std::vector<RedisReply> replies;
  if (Status ran = Run(hello, deadline, replies); !ran.ok()) return ran;
  for (const RedisReply& reply : replies) {
    if (reply.is_error()) return reply.status();
  }
  const std::vector<RedisReply>& facts = replies[0].elements;
  for (std::size_t i = 0; i + 1 < facts.size(); i += 2) {
    if (facts[i].text == "version") greeting_.version = facts[i + 1].text.view();
    if (facts[i].text == "mode") greeting_.is_cluster = facts[i + 1].text == "cluster";
    if (facts[i].text == "role") greeting_.is_replica = facts[i + 1].text != "master";
  }
  if (MajorOf(greeting_.version) < kOldestMajor) {
    return {StatusCode::kFailedPrecondition, fmt::format("Redis {} or newer is needed, this is {}", kOldestMajor,
                                                         greeting_.version.empty() ? "older" : greeting_.version)};
  }
  return Status::Ok();
}

Status RedisConnection::Run(const RedisCommands& commands, RedisDeadline deadline, std::vector<RedisReply>& replies) {
  was_heard_ = false;
  if (Status sent = Send(commands, deadline); !sent.ok()) return sent;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    Result<RedisReply> reply = Receive(deadline);
    if (!reply) return reply.error();
    replies.push_back(std::move(*reply));
  }
  return Status::Ok();
}

Result<RedisReply> RedisConnection::Run(std::initializer_list<std::string_view> words, RedisDeadline deadline) {
  RedisCommands commands;
  commands.Add(words);
  was_heard_ = false;
  if (Status sent = Send(commands, deadline); !sent.ok()) return sent;
  return Receive(deadline);
}

Status RedisConnection::Send(const RedisCommands& commands, RedisDeadline deadline) {
  if (is_broken_) return {StatusCode::kUnavailable, "the connection is broken"};
  Status sent = transport_->Send(commands.bytes(), deadline);
  return sent.ok() ? sent : Broken(std::move(sent));
}

Result<RedisReply> RedisConnection::Receive(RedisDeadline deadline) {
  if (is_broken_) return Status(StatusCode::kUnavailable, "the connection is broken");
  RedisReply reply;
  std::array<char, kReceiveBytes> bytes;  // Not cleared: the server fills what is read.
  while (true) {
    const Result<bool> taken = reader_.Take(reply);
    if (!taken) return Broken(taken.error());
    if (*taken) return reply;
    const Result<std::size_t> received = transport_->Receive(bytes.data(), bytes.size(), deadline);
    if (!received) return Broken(received.error());
    was_heard_ = true;
    if (Status fed = reader_.Feed(bytes.data(), *received); !fed.ok()) return Broken(std::move(fed));
  }
}

Status RedisConnection::Broken(Status why) {
  is_broken_ = true;
  return why;
}

}  // namespace cairn
