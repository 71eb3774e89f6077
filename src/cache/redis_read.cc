#include <algorithm>
#include <boost/container/small_vector.hpp>

#include "cache/redis_context.h"
#include "cache/redis_invalidate.h"

namespace cairn {
namespace {

using Counter = std::optional<RedisGeneration>;
using Counters = boost::container::small_vector<Counter, 2 + kImplicitTags>;

Result<Counter> CounterOf(const RedisReply& reply) {
  if (reply.is_nil()) return Counter();
  const Counter counter = RedisGeneration::Read(reply.text);
  if (!counter) return Status(StatusCode::kDataLoss, "a generation in Redis is no number");
  return counter;
}

/// What is found under a key: counters that are missing say that whatever was stored under them is removed.
class Reading {
 public:
  Reading(const RedisContext& context, const LevelKey& key, LevelDeadline deadline)
      : context_(context), key_(key), deadline_(deadline), bucket_(context.names.BucketOf(key.text_hash)) {}

  Result<LevelRead> Run() {
    if (Status read = ReadBucket(); !read.ok()) return read;
    Cut();
    if (Status read = ReadExplicit(); !read.ok()) return read;
    LevelRead out;
    Judge();
    // Only where nothing stands can a counter of the key's be missing; the load that follows needs all of them.
    if (!HasAll()) {
      if (Status made = Ensure(); !made.ok()) return made;
    }
    RedisFence fence{.key = *counters_[0], .any_explicit_tag = *counters_[1], .dead_stamp = dead_stamp_};
    for (std::size_t i = 0; i < key_.implicit_tags.size(); ++i) fence.implicit_tags.push_back(*counters_[2 + i]);
    for (const Counter& tag : explicit_) fence.explicit_tags.push_back(*tag);
    out.bytes = std::move(bytes_);
    out.is_expired = is_expired_;
    out.fence.bytes = fence.ToBytes();
    return out;
  }

 private:
  /// One server keeps explicit tags in the bucket too, so they come with the rest.
  [[nodiscard]] bool HasAllHere() const { return context_.names.buckets() == 1; }

  void AddBucketCounters(RedisCommands& out) const {
    context_.names.Key(bucket_, key_.short_text, out);
    context_.names.ExplicitTags(bucket_, out);
    for (const LevelTag& tag : key_.implicit_tags) context_.names.Tag(bucket_, tag.hash, out);
  }

  Status ReadBucket() {
    const std::size_t here = 2 + key_.implicit_tags.size();
    const std::size_t more = HasAllHere() ? key_.explicit_tags.size() : 0;
    RedisCommands command;
    command.Begin(2 + here + more);
    command.Word({"MGET"});
    context_.names.Value(bucket_, key_.version, key_.short_text, command);
    AddBucketCounters(command);
    for (std::size_t i = 0; i < more; ++i) context_.names.Tag(bucket_, key_.explicit_tags[i].hash, command);
    Result<RedisReply> reply = context_.client.Run(context_.names.slot(bucket_), command, deadline_);
    if (!reply) return reply.error();
    if (reply->is_error()) return reply->status();
    if (!reply->IsArray(1 + here + more)) return {StatusCode::kDataLoss, "Redis answers MGET with another number"};
    if (!reply->elements[0].is_nil()) bytes_ = reply->elements[0].text.Take();
    counters_.reserve(here);
    for (std::size_t i = 0; i < here + more; ++i) {
      auto counter = CounterOf(reply->elements[1 + i]);
      if (!counter) return counter.error();
      (i < here ? counters_ : explicit_).push_back(*counter);
    }
    return Status::Ok();
  }

  void Cut() {
    if (bytes_.empty()) return;
    dead_stamp_ = StampOf(bytes_);
    auto value = RedisValue::CutFrom(bytes_);
    if (value && value->implicit_tags.size() == key_.implicit_tags.size()) {
      value_ = std::move(*value);
    } else {
      bytes_.clear();
    }
  }

  /// The counters of explicit tags that did not come with the bucket: the policy's, and those that loaders added.
  Status ReadExplicit() {
    std::vector<std::uint64_t> hashes;
    if (!HasAllHere()) {
      for (const LevelTag& tag : key_.explicit_tags) hashes.push_back(tag.hash);
    }
    if (!bytes_.empty()) {
      for (const RedisTagGeneration& tag : value_.explicit_tags) {
        if (PolicyTagAt(tag.hash) == key_.explicit_tags.size()) hashes.push_back(tag.hash);
      }
    }
    if (hashes.empty()) return Status::Ok();
    std::vector<RedisRequest> requests(hashes.size());
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const std::size_t bucket = context_.names.BucketOf(hashes[i]);
      requests[i].slot = context_.names.slot(bucket);
      requests[i].commands.Begin(2);
      requests[i].commands.Word({"GET"});
      context_.names.Tag(bucket, hashes[i], requests[i].commands);
    }
    std::vector<std::vector<RedisReply>> replies;
    if (Status ran = context_.client.RunAll(requests, deadline_, replies); !ran.ok()) return ran;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      if (replies[i][0].is_error()) return replies[i][0].status();
      auto counter = CounterOf(replies[i][0]);
      if (!counter) return counter.error();
      if (explicit_.size() < key_.explicit_tags.size()) {
        explicit_.push_back(*counter);
      } else {
        added_.push_back({hashes[i], *counter});
      }
    }
    return Status::Ok();
  }

  [[nodiscard]] std::size_t PolicyTagAt(std::uint64_t hash) const {
    const auto at = std::find_if(key_.explicit_tags.begin(), key_.explicit_tags.end(),
                                 [hash](const LevelTag& tag) { return tag.hash == hash; });
    return static_cast<std::size_t>(at - key_.explicit_tags.begin());
  }

  [[nodiscard]] const Counter& ExplicitNow(std::uint64_t hash) const {
    if (const std::size_t at = PolicyTagAt(hash); at < key_.explicit_tags.size()) return explicit_[at];
    return std::find_if(added_.begin(), added_.end(), [hash](const auto& tag) { return tag.first == hash; })->second;
  }

  void Judge() {
    if (bytes_.empty()) return;
    bool is_removed = false;
    const auto compare = [&](RedisGeneration then, const Counter& now) {
      is_removed = is_removed || !now || now->IsRemovedSince(then);
      is_expired_ = is_expired_ || !now || now->IsExpiredSince(then);
    };
    compare(value_.key, counters_[0]);
    for (std::size_t i = 0; i < value_.implicit_tags.size(); ++i) compare(value_.implicit_tags[i], counters_[2 + i]);
    for (const RedisTagGeneration& tag : value_.explicit_tags) compare(tag.generation, ExplicitNow(tag.hash));
    if (is_removed) {
      bytes_.clear();
      is_expired_ = false;
    } else {
      dead_stamp_ = 0;
    }
  }

  [[nodiscard]] bool HasAll() const {
    const auto stands = [](const Counter& counter) { return counter.has_value(); };
    return std::all_of(counters_.begin(), counters_.end(), stands) &&
           std::all_of(explicit_.begin(), explicit_.end(), stands);
  }

  Status Ensure() {
    std::vector<RedisRequest> requests(1);
    requests[0].slot = context_.names.slot(bucket_);
    BeginScript(RedisScripts::All().ensure, counters_.size(), 2 * counters_.size(), requests[0].commands);
    AddBucketCounters(requests[0].commands);
    AddStart(context_, false, requests[0].commands);
    AddStart(context_, true, requests[0].commands);
    for (const LevelTag& tag : key_.implicit_tags) AddStart(context_, IsPermanent(tag), requests[0].commands);
    for (const LevelTag& tag : key_.explicit_tags) {
      const std::size_t bucket = context_.names.BucketOf(tag.hash);
      RedisRequest& request = requests.emplace_back();
      request.slot = context_.names.slot(bucket);
      BeginScript(RedisScripts::All().ensure, 1, 2, request.commands);
      context_.names.Tag(bucket, tag.hash, request.commands);
      AddStart(context_, false, request.commands);
    }
    std::vector<std::vector<RedisReply>> replies;
    if (Status ran = RunAllScripts(context_.client, requests, deadline_, replies); !ran.ok()) return ran;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      const RedisReply& reply = replies[i][0];
      if (reply.is_error()) return reply.status();
      if (!reply.IsArray(i == 0 ? counters_.size() : 1)) return {StatusCode::kDataLoss, "Redis answers another number"};
      for (std::size_t j = 0; j < reply.elements.size(); ++j) {
        const Counter counter = RedisGeneration::Read(reply.elements[j].text);
        if (!counter) return {StatusCode::kDataLoss, "a generation in Redis is no number"};
        (i == 0 ? counters_[j] : explicit_[i - 1]) = counter;
      }
    }
    return Status::Ok();
  }

  const RedisContext& context_;
  const LevelKey& key_;
  const LevelDeadline deadline_;
  const std::size_t bucket_;
  std::string bytes_;  ///< The entry; empty: none that counts.
  RedisValue value_;
  std::uint64_t dead_stamp_ = 0;
  bool is_expired_ = false;
  Counters counters_;  ///< Of the key, of explicit tags together, of the implicit tags.
  Counters explicit_;  ///< Of the policy's tags.
  std::vector<std::pair<std::uint64_t, Counter>> added_;
};

}  // namespace

Result<LevelRead> ReadFromRedis(const RedisContext& context, const LevelKey& key, LevelDeadline deadline) {
  return Reading(context, key, deadline).Run();
}

}  // namespace cairn
