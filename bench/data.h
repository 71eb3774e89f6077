#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cairn::bench {

/// Records that go into one commit.
inline constexpr std::size_t kBatchRecords = 1'000;
inline constexpr std::size_t kKinds = 5;
/// Records of one (kind, target).
inline constexpr std::size_t kSeriesRecords = 200;
/// Records of one run: ten targets, five kinds each.
inline constexpr std::size_t kRunRecords = 50;

/// A (kind, target) that records are about.
struct Series {
  std::string_view kind;
  std::string ns;
  std::string name;
};

/// The records of every workload: metadata of tables that are loaded twice a day for a hundred days, about 590 bytes of
/// JSON each, ordered by produced_at, four runs at work at any moment. 1,000 targets, fewer where `total` would leave
/// less than `kSeriesRecords` to a series. The same `total` and `first` give the same bytes. Immutable; any thread may
/// read it.
class Dataset {
 public:
  /// Records `first` to `first + count` of a history of `total`.
  Dataset(std::size_t total, std::size_t first, std::size_t count);
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  [[nodiscard]] std::size_t size() const { return records_.size(); }
  [[nodiscard]] std::string_view record(std::size_t i) const { return records_[i]; }
  [[nodiscard]] std::size_t batches() const { return (size() + kBatchRecords - 1) / kBatchRecords; }
  [[nodiscard]] std::span<const std::string_view> batch(std::size_t b) const;
  /// The batch as lines of a file. 64 readable bytes stand behind every record.
  [[nodiscard]] std::string_view batch_lines(std::size_t b) const;
  /// The bytes of all records, newlines not counted.
  [[nodiscard]] std::size_t bytes() const { return text_bytes_ - records_.size(); }
  /// Every series that the history of `total` holds.
  [[nodiscard]] const std::vector<Series>& series() const { return series_; }

 private:
  std::string text_;
  std::size_t text_bytes_ = 0;
  std::vector<std::string_view> records_;
  std::vector<Series> series_;
};

/// A repeatable pick from many: the i-th number of a fixed random sequence.
std::uint64_t Scramble(std::uint64_t i);

}  // namespace cairn::bench
