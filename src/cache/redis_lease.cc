#include "cache/redis_lease.h"

#include <algorithm>
#include <thread>

namespace cairn {
namespace {

class RedisLease : public LevelLease {
 public:
  RedisLease(std::shared_ptr<RedisClient> client, std::uint16_t slot, RedisCommands release,
             std::chrono::milliseconds timeout)
      : client_(std::move(client)), slot_(slot), release_(std::move(release)), timeout_(timeout) {}

  ~RedisLease() override {
    std::vector<RedisReply> replies;
    // Where Redis cannot be told it ends by itself.
    (void)RunScripts(*client_, slot_, release_, std::chrono::steady_clock::now() + timeout_, replies);
  }

 private:
  const std::shared_ptr<RedisClient> client_;
  const std::uint16_t slot_;
  const RedisCommands release_;
  const std::chrono::milliseconds timeout_;
};

}  // namespace

Result<std::unique_ptr<LevelLease>> TakeRedisLease(const RedisContext& context, std::shared_ptr<RedisClient> client,
                                                   const LevelKey& key, std::chrono::milliseconds lasting,
                                                   LevelDeadline deadline, std::chrono::milliseconds release_timeout) {
  const std::size_t bucket = context.names.BucketOf(key.text_hash);
  const std::uint16_t slot = context.names.slot(bucket);
  const std::string token =
      std::string(RedisNames::Hex(context.random())) + std::string(RedisNames::Hex(context.random()));
  RedisCommands commands;
  commands.Begin(6);
  commands.Word({"SET"});
  context.names.Lease(bucket, key.version, key.short_text, commands);
  commands.Word({token});
  commands.Word({"NX"});
  commands.Word({"PX"});
  commands.Word({std::to_string(std::max<std::int64_t>(1, lasting.count()))});
  // The answer to SET may belong to a second sending of it; what stands there does not lie.
  commands.Begin(2);
  commands.Word({"GET"});
  context.names.Lease(bucket, key.version, key.short_text, commands);
  std::vector<RedisReply> replies;
  if (Status ran = context.client.Run(slot, commands, deadline, replies); !ran.ok()) return ran;
  for (const RedisReply& reply : replies) {
    if (reply.is_error()) return reply.status();
  }
  if (replies[1].text != token) return std::unique_ptr<LevelLease>();
  RedisCommands release;
  BeginScript(RedisScripts::All().release, 1, 1, release);
  context.names.Lease(bucket, key.version, key.short_text, release);
  release.Word({token});
  return std::unique_ptr<LevelLease>(
      std::make_unique<RedisLease>(std::move(client), slot, std::move(release), release_timeout));
}

Status AwaitRedisLease(const RedisContext& context, const LevelKey& key, LevelDeadline until,
                       std::chrono::milliseconds timeout) {
  // One caller of a process waits for a key, so that a question each few milliseconds is little.
  constexpr std::chrono::microseconds kPauseMin(500);
  constexpr std::chrono::microseconds kPauseMax(10'000);
  const std::size_t bucket = context.names.BucketOf(key.text_hash);
  RedisCommands question;
  question.Begin(2);
  question.Word({"EXISTS"});
  context.names.Lease(bucket, key.version, key.short_text, question);
  for (auto pause = kPauseMin;; pause = std::min(pause * 2, kPauseMax)) {
    const LevelDeadline now = std::chrono::steady_clock::now();
    if (now >= until) return {StatusCode::kDeadlineExceeded, "another host still loads"};
    const auto reply = context.client.Run(context.names.slot(bucket), question, std::min(until, now + timeout));
    if (!reply) return reply.error();
    if (reply->is_error()) return reply->status();
    if (reply->integer == 0) return Status::Ok();
    std::this_thread::sleep_for(std::min<std::chrono::nanoseconds>(pause, until - now));
  }
}

}  // namespace cairn
