#pragma once

#include <xxhash.h>

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace cairn::bench {

/// What one writes in an afternoon: an unordered_map and a list in the order of use behind a mutex. Any thread may call
/// it.
class LruRival {
 public:
  explicit LruRival(std::size_t entries_max) : entries_max_(entries_max) { entries_.reserve(entries_max); }

  /// Null where it is not there.
  std::shared_ptr<const std::string> Get(std::string_view key) {
    const std::lock_guard lock(mutex_);
    const auto at = entries_.find(key);
    if (at == entries_.end()) return nullptr;
    order_.splice(order_.begin(), order_, at->second);
    return at->second->value;
  }

  /// Requires that it is not there.
  void Put(std::string key, std::string value) {
    const std::lock_guard lock(mutex_);
    order_.push_front({std::move(key), std::make_shared<const std::string>(std::move(value))});
    entries_.emplace(order_.front().key, order_.begin());
    if (entries_.size() <= entries_max_) return;
    entries_.erase(order_.back().key);
    order_.pop_back();
  }

 private:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> value;
  };
  struct Hash {
    std::size_t operator()(std::string_view key) const { return XXH3_64bits(key.data(), key.size()); }
  };

  const std::size_t entries_max_;
  std::mutex mutex_;
  // Guarded by mutex_.
  std::list<Entry> order_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator, Hash> entries_;
};

}  // namespace cairn::bench
