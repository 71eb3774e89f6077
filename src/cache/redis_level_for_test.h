#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "base/hash.h"
#include "cache/bytes.h"
#include "cache/redis_for_test.h"
#include "cache/redis_level.h"

namespace cairn {

/// A `LevelKey` with what it refers to.
class KeyForTest {
 public:
  explicit KeyForTest(const std::string& name, std::uint64_t version = 1, std::vector<std::string> tags = {},
                      const std::string& user = {}, const std::string& source = "source")
      : source_(source), text_(source + ":op:" + name), version_(version) {
    implicit_ = {MakeTag('a', ""), MakeTag('s', source), MakeTag('o', source + ":op")};
    if (!user.empty()) implicit_.push_back(MakeTag('u', user));
    for (const std::string& tag : tags) explicit_.push_back(MakeTag('t', tag));
  }
  operator LevelKey() const {  // NOLINT(google-explicit-constructor)
    const std::uint64_t hash = Hash64(text_);
    return {.text = text_,
            .short_text = text_,
            .hash = hash + version_,
            .text_hash = hash,
            .source = source_,
            .version = version_,
            .implicit_tags = implicit_,
            .explicit_tags = explicit_};
  }
  [[nodiscard]] InvalidatedKey Named() const {
    return {
        .text = text_, .short_text = text_, .source = source_, .hash = Hash64(text_) + version_, .version = version_};
  }

 private:
  std::string source_;
  std::string text_;
  std::uint64_t version_;
  std::vector<LevelTag> implicit_;
  std::vector<LevelTag> explicit_;
};

/// An entry as far as the level looks into it: a stamp at bytes 8 to 15.
inline std::string EntryForTest(std::string_view value, std::uint64_t stamp = 1) {
  std::string entry(8, 'h');
  ByteWriter(entry).Number(stamp);
  return entry + std::string(value);
}

/// Writes down what it hears.
class SinkForTest : public InvalidationSink {
 public:
  explicit SinkForTest(Position heard = {}) : heard_(std::move(heard)) {}

  Position Heard() override { return heard_; }
  void OnInvalidation(const Invalidation& invalidation, const Position& position) override {
    std::string line = invalidation.verb == CacheVerb::kRemove ? "remove" : "expire";
    for (const InvalidatedKey& key : invalidation.keys) line += " " + key.text;
    for (const LevelTag& tag : invalidation.tags) line += " " + tag.text;
    if (!invalidation.pattern.empty()) line += " pattern " + invalidation.pattern;
    Note(line, position);
  }
  void OnLost() override { Note("lost", {}); }
  void OnSubscribed(bool missed, const Position& position) override {
    Note(missed ? "subscribed, missed" : "subscribed", position);
  }

  /// Waits for the next line that it has not given yet.
  std::string Next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::seconds(30), [this] { return given_ < lines_.size(); })) return "nothing";
    return lines_[given_++];
  }
  [[nodiscard]] bool has_next() {
    const std::lock_guard lock(mutex_);
    return given_ < lines_.size();
  }
  Position position() {
    const std::lock_guard lock(mutex_);
    return position_;
  }

 private:
  void Note(std::string line, const Position& position) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
    if (!position.log.empty()) position_ = position;
    changed_.notify_all();
  }

  const Position heard_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::size_t given_ = 0;
  Position position_;
};

/// A host's view of the level.
class HostForTest {
 public:
  explicit HostForTest(const std::string& url, CacheSharedOptions shared = Quick()) {
    shared.url = url;
    auto level = OpenRedisLevel({.shared = shared,
                                 .random =
                                     [random = std::make_shared<std::mt19937_64>(std::random_device{}()),
                                      mutex = std::make_shared<std::mutex>()] {
                                       const std::lock_guard lock(*mutex);
                                       return (*random)();
                                     },
                                 .listen_silence = std::chrono::milliseconds(200)});
    EXPECT_TRUE(level) << level.status();
    level_ = std::move(*level);
  }
  /// Deadlines that a loaded machine keeps, and a breaker that does not stay open for long.
  static CacheSharedOptions Quick() {
    CacheSharedOptions shared;
    shared.deadline = std::chrono::milliseconds(5000);
    shared.connect_deadline = std::chrono::milliseconds(5000);
    shared.breaker_wait = std::chrono::milliseconds(5);
    shared.breaker_wait_max = std::chrono::milliseconds(20);
    return shared;
  }

  SharedLevel* operator->() const { return level_.get(); }
  static LevelDeadline Soon() { return std::chrono::steady_clock::now() + std::chrono::seconds(5); }

  [[nodiscard]] LevelRead Read(const KeyForTest& key) const {
    auto read = level_->Read(key, Soon());
    EXPECT_TRUE(read) << read.status();
    return read ? std::move(*read) : LevelRead();
  }
  /// The value, `expired VALUE`, `none`, or the error's code.
  [[nodiscard]] std::string Get(const KeyForTest& key) const {
    const auto read = level_->Read(key, Soon());
    if (!read) return std::string(StatusCodeName(read.error().code()));
    if (read->bytes.empty()) return "none";
    return (read->is_expired ? "expired " : "") + read->bytes.substr(16);
  }
  struct Extra {
    std::vector<std::string> tags;
    std::optional<std::uint64_t> expected;
    std::uint64_t stamp = 1;
    std::chrono::nanoseconds keep_for = std::chrono::minutes(1);
  };
  /// `stored`, `fenced`, `conflict`, or the error's code.
  [[nodiscard]] std::string Put(const KeyForTest& key, std::string_view value, const LevelFence& fence) const {
    return Put(key, value, fence, {});
  }
  [[nodiscard]] std::string Put(const KeyForTest& key, std::string_view value, const LevelFence& fence,
                                const Extra& extra) const {
    const LevelKey level_key = key;
    const std::string entry = EntryForTest(value, extra.stamp);
    std::vector<LevelTag> more;
    for (const std::string& tag : extra.tags) more.push_back(MakeTag('t', tag));
    const auto stored = level_->Store({.key = level_key,
                                       .bytes = entry,
                                       .fence = fence,
                                       .more_tags = more,
                                       .keep_for = extra.keep_for,
                                       .expected_stamp = extra.expected},
                                      Soon());
    if (!stored) return std::string(StatusCodeName(stored.error().code()));
    return *stored == LevelStored::kStored ? "stored" : *stored == LevelStored::kFenced ? "fenced" : "conflict";
  }
  /// Reads for the fence, and stores.
  [[nodiscard]] std::string Load(const KeyForTest& key, std::string_view value,
                                 std::vector<std::string> more_tags = {}) const {
    return Put(key, value, Read(key).fence, {.tags = std::move(more_tags)});
  }
  Status Invalidate(CacheVerb verb, const std::vector<KeyForTest>& keys, std::vector<LevelTag> tags = {}) const {
    Invalidation invalidation{.verb = verb, .keys = {}, .tags = std::move(tags), .pattern = {}};
    for (const KeyForTest& key : keys) invalidation.keys.push_back(key.Named());
    return level_->Invalidate(invalidation, Soon());
  }
  Status Remove(const KeyForTest& key) const { return Invalidate(CacheVerb::kRemove, {key}); }
  Status Remove(char kind, const std::string& tag) const {
    return Invalidate(CacheVerb::kRemove, {}, {MakeTag(kind, tag)});
  }
  Status Expire(char kind, const std::string& tag) const {
    return Invalidate(CacheVerb::kExpire, {}, {MakeTag(kind, tag)});
  }

 private:
  std::unique_ptr<SharedLevel> level_;
};

}  // namespace cairn
