#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace cairn {

/// What rows of a table were before they were changed while somebody reads the table piece by piece and lets writers in
/// between: with it the reader sees the table as it was when it began. Costs the writer one look where nobody reads.
/// Whoever owns the table guards it.
template <typename Row>
class PastLog {
 public:
  /// To be called before a row is changed.
  void Keep(std::uint32_t number, const Row& row) {
    if (readers_->now.load(std::memory_order_relaxed) == 0) {
      if (!rows_.empty()) Forget();
      return;
    }
    // Whoever came since the row was kept last needs it as it is now.
    if (const std::uint64_t entered = readers_->entered.load(std::memory_order_relaxed); entered != seen_) {
      seen_ = entered;
      kept_.clear();
    }
    if (kept_.insert(number).second) rows_.emplace_back(number, row);
  }

 private:
  template <typename>
  friend class PastReader;

  struct Readers {
    std::atomic<std::uint32_t> now{0};
    std::atomic<std::uint64_t> entered{0};
  };
  void Forget() {
    rows_ = {};
    kept_ = {};
  }

  std::vector<std::pair<std::uint32_t, Row>> rows_;
  boost::unordered_flat_set<std::uint32_t> kept_;
  std::uint64_t seen_ = 0;
  std::shared_ptr<Readers> readers_ = std::make_shared<Readers>();
};

/// One reader of a table that has a `PastLog`. Its owner holds the table's lock wherever this is used; what the table
/// lost by being replaced whole is its owner's affair.
template <typename Row>
class PastReader {
 public:
  explicit PastReader(const PastLog<Row>& log) : log_(log), readers_(log.readers_), read_(log.rows_.size()) {
    readers_->entered.fetch_add(1, std::memory_order_relaxed);
    readers_->now.fetch_add(1, std::memory_order_relaxed);
  }
  ~PastReader() { readers_->now.fetch_sub(1, std::memory_order_relaxed); }
  PastReader(const PastReader&) = delete;
  PastReader& operator=(const PastReader&) = delete;

  /// The row as it was when the reading began; null where it is so still.
  const Row* Find(std::uint32_t number) {
    for (; read_ < log_.rows_.size(); ++read_) was_.try_emplace(log_.rows_[read_].first, log_.rows_[read_].second);
    if (was_.empty()) return nullptr;
    const auto found = was_.find(number);
    return found == was_.end() ? nullptr : &found->second;
  }

 private:
  const PastLog<Row>& log_;
  std::shared_ptr<typename PastLog<Row>::Readers> readers_;
  std::size_t read_;
  boost::unordered_flat_map<std::uint32_t, Row> was_;
};

}  // namespace cairn
