#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extract/extracted.h"

namespace cairn {

/// How many different values there were: exact up to 1,024, then by HyperLogLog (Flajolet et al. 2007) with 4,096
/// registers, 1.6 % standard error. At most 16 KiB.
class DistinctCount {
 public:
  void Add(std::uint64_t hash);
  [[nodiscard]] std::int64_t Count() const;

 private:
  static constexpr std::size_t kExactMax = 1024;
  static constexpr std::size_t kRegisters = 4096;
  bool Insert(std::uint64_t hash);
  void Grow();
  void Register(std::uint64_t hash);

  std::vector<std::uint64_t> exact_;  ///< Hashes by themselves, at most half full; 0 is an empty place.
  std::size_t count_ = 0;             ///< Of those.
  std::string registers_;             ///< Empty while exact.
};

/// The values of one column, one after the other: its type and statistics without keeping them.
class ColumnValues {
 public:
  void AddNull() { ++nulls_; }
  void AddInteger(std::int64_t value);
  void AddReal(double value);
  void AddBool(bool value);
  /// Text that stays text.
  void AddText(std::string_view value);
  /// What has no order: its size is nothing to tell, only that it was there.
  void AddOther(std::string_view type, std::string_view bytes);
  /// Text out of a format without types: an integer, real, truth, date (`2024-05-03`), time stamp or text. Digits
  /// behind a leading zero are text. `decimal` is the mark in reals, `.` or `,`.
  void AddUntyped(std::string_view text, char decimal = '.');

  /// `integer`, `real`, `boolean`, `date`, `timestamp`, `text`, the type of others, or, where kinds are mixed, `text`;
  /// integers and reals together are `real`, dates and time stamps `timestamp`. `null` where there was no value.
  [[nodiscard]] std::string Type() const;
  /// Type, nulls, distinct values, least, greatest, mean into `column`. Where kinds are mixed all count as text.
  void Fill(Column* column) const;

 private:
  void Number(double value);
  void Text(std::string_view value);

  std::int64_t nulls_ = 0, integers_ = 0, reals_ = 0, truths_ = 0, dates_ = 0, stamps_ = 0, texts_ = 0, others_ = 0;
  DistinctCount distinct_;
  double sum_ = 0;
  double real_min_ = 0, real_max_ = 0;
  std::int64_t integer_min_ = 0, integer_max_ = 0;
  bool any_text_ = false;
  std::string text_min_, text_max_;
  std::string other_type_;
};

}  // namespace cairn
