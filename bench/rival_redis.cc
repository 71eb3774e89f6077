#include "rival_redis.h"

#include <array>
#include <chrono>
#include <thread>

#include "scratch.h"

namespace cairn::bench {
namespace {

constexpr int kTries = 500;
constexpr std::chrono::milliseconds kPause(10);

}  // namespace

RedisServer::RedisServer(const std::string& folder)
    : port_(static_cast<std::uint16_t>(FreePort())),
      process_({"redis-server", "--port", std::to_string(port_), "--bind", "127.0.0.1", "--dir", folder, "--save", "",
                "--appendonly", "no"}) {
  for (int i = 0; i < kTries && process_.Runs(); ++i) {
    std::this_thread::sleep_for(kPause);
    redisContext* context = redisConnect("127.0.0.1", port_);
    const bool answers = context != nullptr && context->err == 0;
    redisFree(context);
    if (answers) return;
  }
  Fail("redis-server does not start; it is in Debian's package redis-server");
}

RedisRival::RedisRival(const RedisServer& server) : context_(redisConnect("127.0.0.1", server.port())) {
  if (context_ == nullptr || context_->err != 0) Fail("Redis cannot be reached");
  redisEnableKeepAlive(context_.get());
}

void RedisRival::Set(std::string_view key, std::string_view value) {
  reply_.reset(static_cast<redisReply*>(
      redisCommand(context_.get(), "SET %b %b", key.data(), key.size(), value.data(), value.size())));
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_STATUS) Fail("Redis stored nothing");
}

std::string_view RedisRival::Get(std::string_view key) {
  std::array<const char*, 2> words = {"GET", key.data()};
  const std::array<std::size_t, 2> sizes = {3, key.size()};
  reply_.reset(static_cast<redisReply*>(redisCommandArgv(context_.get(), 2, words.data(), sizes.data())));
  if (reply_ == nullptr || reply_->type != REDIS_REPLY_STRING) Fail("Redis found no value");
  return {reply_->str, static_cast<std::size_t>(reply_->len)};
}

}  // namespace cairn::bench
