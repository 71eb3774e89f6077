#pragma once

#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::bench {

/// The floor of a hit: a table of pointers that is read without a lock. It evicts nothing, expires nothing and counts
/// nothing; the hash is the caller's. Any thread may read it once it is filled.
class TableRival {
 public:
  struct Entry {
    std::string key;
    std::shared_ptr<const std::string> value;
  };

  explicit TableRival(std::size_t entries) : slots_(std::bit_ceil(entries * 2)) {}

  void Put(std::uint64_t hash, std::string key, std::string value) {
    entries_.push_back(
        std::make_unique<const Entry>(Entry{std::move(key), std::make_shared<const std::string>(std::move(value))}));
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].entry.load(std::memory_order_relaxed) != nullptr) at = (at + 1) & (slots_.size() - 1);
    slots_[at].hash = hash;
    slots_[at].entry.store(entries_.back().get(), std::memory_order_release);
  }

  /// Null where it is not there.
  [[nodiscard]] const Entry* Find(std::uint64_t hash, std::string_view key) const {
    for (std::size_t at = hash & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Entry* entry = slots_[at].entry.load(std::memory_order_acquire);
      if (entry == nullptr || (slots_[at].hash == hash && entry->key == key)) return entry;
    }
  }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::atomic<const Entry*> entry = nullptr;
  };
  std::vector<Slot> slots_;
  std::vector<std::unique_ptr<const Entry>> entries_;
};

}  // namespace cairn::bench
