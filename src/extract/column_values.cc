#include "extract/column_values.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/hash.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kShownBytes = 256;  // of the least and the greatest text
constexpr int kIndexBits = 12;

bool Digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return false;
  return std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                     text.begin() + static_cast<std::ptrdiff_t>(at + count),
                     [](char c) { return c >= '0' && c <= '9'; });
}

int Two(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

// 2024-05-03
bool IsDate(std::string_view text) {
  return text.size() >= 10 && Digits(text, 0, 4) && text[4] == '-' && Digits(text, 5, 2) && text[7] == '-' &&
         Digits(text, 8, 2) && Two(text, 5) >= 1 && Two(text, 5) <= 12 && Two(text, 8) >= 1 && Two(text, 8) <= 31;
}

// 2024-05-03 14:00, with seconds, their parts and a zone
bool IsStamp(std::string_view text) {
  if (!IsDate(text) || text.size() < 16 || (text[10] != 'T' && text[10] != ' ')) return false;
  if (!Digits(text, 11, 2) || text[13] != ':' || !Digits(text, 14, 2)) return false;
  return Two(text, 11) < 25 && text.find_first_not_of("0123456789:.,+-Z ", 16) == std::string_view::npos;
}

bool LeadingZero(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
}

bool IsTruth(std::string_view text, bool* value) {
  for (const std::string_view word : {"true", "True", "TRUE"}) {
    if (text == word) return *value = true;
  }
  *value = false;
  return text == "false" || text == "False" || text == "FALSE";
}

}  // namespace

void DistinctCount::Add(std::uint64_t hash) {
  if (!registers_.empty()) return Register(hash);
  if (!Insert(hash) || count_ <= kExactMax) return;
  registers_.assign(kRegisters, '\0');
  for (const std::uint64_t known : exact_) {
    if (known != 0) Register(known);
  }
  exact_ = {};
}

// False where it was there.
bool DistinctCount::Insert(std::uint64_t hash) {
  hash += hash == 0 ? 1 : 0;
  if (count_ * 2 >= exact_.size()) Grow();
  std::size_t at = hash & (exact_.size() - 1);
  while (exact_[at] != 0) {
    if (exact_[at] == hash) return false;
    at = (at + 1) & (exact_.size() - 1);
  }
  exact_[at] = hash;
  ++count_;
  return true;
}

void DistinctCount::Grow() {
  constexpr std::size_t kFirst = 8;
  std::vector<std::uint64_t> old = std::move(exact_);
  exact_.assign(std::max(kFirst, old.size() * 2), 0);
  count_ = 0;
  for (const std::uint64_t known : old) {
    if (known != 0) Insert(known);
  }
}

void DistinctCount::Register(std::uint64_t hash) {
  char& most = registers_[hash >> (64 - kIndexBits)];
  const auto rank = static_cast<char>(std::countl_zero(hash << kIndexBits | std::uint64_t{1} << (kIndexBits - 1)) + 1);
  most = std::max(most, rank);
}

std::int64_t DistinctCount::Count() const {
  if (registers_.empty()) return static_cast<std::int64_t>(count_);
  double sum = 0;
  int zeros = 0;
  for (const char rank : registers_) {
    sum += std::ldexp(1.0, -rank);
    zeros += rank == 0 ? 1 : 0;
  }
  constexpr double kCount = kRegisters;
  constexpr double kAlpha = 0.7213 / (1 + 1.079 / kCount);
  const double estimate = kAlpha * kCount * kCount / sum;
  // Few values leave registers empty, whose number then tells more.
  if (estimate <= 2.5 * kCount && zeros > 0) return std::llround(kCount * std::log(kCount / zeros));
  return std::llround(estimate);
}

void ColumnValues::Number(double value) {
  const bool first = integers_ + reals_ == 0;
  real_min_ = first ? value : std::min(real_min_, value);
  real_max_ = first ? value : std::max(real_max_, value);
  sum_ += value;
}

void ColumnValues::AddInteger(std::int64_t value) {
  Number(static_cast<double>(value));
  integer_min_ = integers_ == 0 ? value : std::min(integer_min_, value);
  integer_max_ = integers_ == 0 ? value : std::max(integer_max_, value);
  ++integers_;
  distinct_.Add(Hash64({reinterpret_cast<const char*>(&value), sizeof(value)}));
}

void ColumnValues::AddReal(double value) {
  if (std::isnan(value)) return AddText("NaN");
  Number(value);
  ++reals_;
  distinct_.Add(Hash64({reinterpret_cast<const char*>(&value), sizeof(value)}) + 1);
}

void ColumnValues::AddBool(bool value) {
  ++truths_;
  Text(value ? "true" : "false");
}

void ColumnValues::Text(std::string_view value) {
  distinct_.Add(Hash64(value));
  value = value.substr(0, kShownBytes);
  if (!any_text_ || value < text_min_) text_min_ = value;
  if (!any_text_ || value > text_max_) text_max_ = value;
  any_text_ = true;
}

void ColumnValues::AddText(std::string_view value) {
  ++texts_;
  Text(value);
}

void ColumnValues::AddOther(std::string_view type, std::string_view bytes) {
  ++others_;
  if (other_type_.empty()) other_type_ = type;
  if (other_type_ != type) other_type_ = "mixed";
  distinct_.Add(Hash64(bytes));
}

void ColumnValues::AddUntyped(std::string_view text, char decimal) {
  const char first = text.empty() ? '\0' : text[0];
  const bool number = (first >= '0' && first <= '9') || first == '-' || first == '.';
  if (number && text.size() <= 40 && !LeadingZero(text)) {
    const char* begin = text.data();
    const char* end = begin + text.size();
    std::int64_t integer = 0;
    if (const auto [at, error] = std::from_chars(begin, end, integer); error == std::errc() && at == end) {
      return AddInteger(integer);
    }
    double real = 0;
    std::string point;
    if (decimal != '.' && text.find('.') == std::string_view::npos) {
      point = text;
      std::replace(point.begin(), point.end(), decimal, '.');
      begin = point.data();
      end = begin + point.size();
    }
    if (const auto [at, error] = std::from_chars(begin, end, real); error == std::errc() && at == end) {
      return AddReal(real);
    }
    if (IsStamp(text)) {
      ++stamps_;
      return Text(text);
    }
    if (text.size() == 10 && IsDate(text)) {
      ++dates_;
      return Text(text);
    }
  }
  bool truth = false;
  if ((first == 't' || first == 'T' || first == 'f' || first == 'F') && IsTruth(text, &truth)) return AddBool(truth);
  AddText(text);
}

std::string ColumnValues::Type() const {
  const std::int64_t numbers = integers_ + reals_;
  const std::int64_t times = dates_ + stamps_;
  const std::int64_t all = numbers + times + truths_ + texts_ + others_;
  if (all == 0) return "null";
  if (integers_ == all) return "integer";
  if (numbers == all) return "real";
  if (truths_ == all) return "boolean";
  if (dates_ == all) return "date";
  if (times == all) return "timestamp";
  if (others_ == all) return other_type_;
  return others_ > 0 ? "mixed" : "text";
}

void ColumnValues::Fill(Column* column) const {
  const std::string type = Type();
  if (column->type.empty()) column->type = type;
  column->null_count = nulls_;
  const std::int64_t numbers = integers_ + reals_;
  // An estimate may lie above how many there are.
  column->distinct_count = std::min(distinct_.Count(), numbers + dates_ + stamps_ + truths_ + texts_ + others_);
  if (type == "integer" || type == "real") {
    if (type == "integer") {
      column->min = integer_min_;
      column->max = integer_max_;
    } else {
      column->min = real_min_;
      column->max = real_max_;
    }
    column->mean = sum_ / static_cast<double>(numbers);
  } else if (any_text_ && numbers == 0) {
    column->min = ToUtf8(text_min_);
    column->max = ToUtf8(text_max_);
  }
}

}  // namespace cairn
