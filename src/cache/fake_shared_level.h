#pragma once

#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/hash.h"
#include "cache/level.h"

namespace cairn {

/// What hosts share, in one process: a store with generations, and the hosts that listen.
class FakeSharedStore {
 public:
  struct Value {
    std::string bytes;
    std::map<std::uint64_t, std::uint64_t> removed;  ///< By tag, as it was at the fence.
    std::map<std::uint64_t, std::uint64_t> expired;
    std::vector<std::uint64_t> tags;
  };
  std::mutex mutex;
  // Guarded by mutex.
  std::map<std::string, Value> values;
  std::map<std::uint64_t, std::uint64_t> removed;
  std::map<std::uint64_t, std::uint64_t> expired;
  std::set<std::string> leases;
  std::vector<std::pair<const void*, InvalidationSink*>> sinks;
  std::uint64_t messages = 0;
  bool is_down = false;
};

/// A host's view of it. Fences are copies of the counters, which a test can afford.
class FakeSharedLevel final : public SharedLevel {
 public:
  explicit FakeSharedLevel(FakeSharedStore& store) : store_(store) {}
  ~FakeSharedLevel() override {
    const std::lock_guard lock(store_.mutex);
    std::erase_if(store_.sinks, [this](const auto& s) { return s.first == this; });
  }

  /// Named points: just after a read was answered; in the middle of an invalidation, before and after it is done.
  std::function<void()> after_read;
  std::function<void()> before_invalidation;
  std::function<void()> after_invalidation;
  int reads = 0;

  Result<LevelRead> Read(const LevelKey& key, LevelDeadline) override {
    LevelRead read;
    {
      const std::lock_guard lock(store_.mutex);
      ++reads;
      if (store_.is_down) return Down();
      read.fence.bytes = FenceOf(key);
      const auto at = store_.values.find(NameOf(key));
      if (at != store_.values.end()) {
        bool is_removed = false;
        for (const std::uint64_t tag : at->second.tags) {
          is_removed |= store_.removed[tag] != at->second.removed[tag];
          read.is_expired |= store_.expired[tag] != at->second.expired[tag];
        }
        if (!is_removed) read.bytes = at->second.bytes;
      }
    }
    if (after_read) after_read();
    return read;
  }

  Result<LevelStored> Store(const LevelWrite& write, LevelDeadline) override {
    const std::lock_guard lock(store_.mutex);
    if (store_.is_down) return Down();
    if (FenceOf(write.key) != write.fence.bytes) return LevelStored::kFenced;
    const auto at = store_.values.find(NameOf(write.key));
    if (write.expected_stamp) {
      std::uint64_t stamp = 0;
      if (at != store_.values.end()) std::memcpy(&stamp, at->second.bytes.data() + 8, sizeof stamp);
      if (stamp != *write.expected_stamp) return LevelStored::kConflict;
    }
    FakeSharedStore::Value value;
    value.bytes = write.bytes;
    value.tags = {write.key.text_hash};
    for (const auto tags : {write.key.implicit_tags, write.key.explicit_tags, write.more_tags}) {
      for (const LevelTag& tag : tags) value.tags.push_back(tag.hash);
    }
    for (const std::uint64_t tag : value.tags) {
      value.removed[tag] = store_.removed[tag];
      value.expired[tag] = store_.expired[tag];
    }
    store_.values[NameOf(write.key)] = std::move(value);
    return LevelStored::kStored;
  }

  Status Invalidate(const Invalidation& invalidation, LevelDeadline) override {
    if (before_invalidation) before_invalidation();
    std::vector<InvalidationSink*> others;
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(store_.mutex);
      if (store_.is_down) return Down();
      auto& counters = invalidation.verb == CacheVerb::kRemove ? store_.removed : store_.expired;
      for (const LevelTag& tag : invalidation.tags) ++counters[tag.hash];
      for (const InvalidatedKey& key : invalidation.keys) ++counters[Hash64(key.text)];
      number = ++store_.messages;
      for (const auto& [owner, sink] : store_.sinks) {
        if (owner != this) others.push_back(sink);
      }
    }
    for (InvalidationSink* sink : others) sink->OnInvalidation(invalidation, {"log", number});
    if (after_invalidation) after_invalidation();
    return Status::Ok();
  }

  Result<std::unique_ptr<LevelLease>> TryLease(const LevelKey& key, std::chrono::milliseconds, LevelDeadline) override {
    const std::lock_guard lock(store_.mutex);
    if (store_.is_down) return Down();
    if (!store_.leases.insert(NameOf(key)).second) return std::unique_ptr<LevelLease>();
    return std::unique_ptr<LevelLease>(new Lease(store_, NameOf(key)));
  }
  Status AwaitLease(const LevelKey&, LevelDeadline) override { return Status::Ok(); }
  Status Subscribe(InvalidationSink* sink) override {
    {
      const std::lock_guard lock(store_.mutex);
      store_.sinks.emplace_back(this, sink);
    }
    sink->OnSubscribed(false, {"log", store_.messages});
    return Status::Ok();
  }
  CacheLevelStats Stats() override { return {.level = CacheLevel::kShared, .is_open = true, .state = "open"}; }

 private:
  class Lease final : public LevelLease {
   public:
    Lease(FakeSharedStore& store, std::string name) : store_(store), name_(std::move(name)) {}
    ~Lease() override {
      const std::lock_guard lock(store_.mutex);
      store_.leases.erase(name_);
    }

   private:
    FakeSharedStore& store_;
    std::string name_;
  };

  static Status Down() { return {StatusCode::kUnavailable, "the shared level is down"}; }
  static std::string NameOf(const LevelKey& key) { return std::to_string(key.version) + "/" + std::string(key.text); }
  std::string FenceOf(const LevelKey& key) {
    std::string fence =
        std::to_string(store_.removed[key.text_hash]) + "," + std::to_string(store_.expired[key.text_hash]);
    for (const auto tags : {key.implicit_tags, key.explicit_tags}) {
      for (const LevelTag& tag : tags) {
        fence += ";" + std::to_string(store_.removed[tag.hash]) + "," + std::to_string(store_.expired[tag.hash]);
      }
    }
    return fence;
  }

  FakeSharedStore& store_;
};

}  // namespace cairn
