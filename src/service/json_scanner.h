#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cairn {

/// Finds where one JSON value ends, as its bytes arrive. It holds the value against JSON's grammar but for the inside
/// of numbers, words and escapes, which whoever parses the value checks; so a value that was cut off is noticed at the
/// next one's first bytes. One thread at a time.
class JsonScanner {
 public:
  enum class Outcome : std::uint8_t { kMore, kDone, kBroken };

  explicit JsonScanner(std::size_t depth_max) : depth_max_(depth_max) {}

  /// Forgets the value before.
  void Reset();

  /// Goes on at `bytes[at]` and moves `at`: to the end where more is needed, behind the value when it is done, to the
  /// offending byte when it is broken. White space before the value is taken as part of it.
  Outcome Scan(std::string_view bytes, std::size_t& at);

  /// No byte follows. A number may end so.
  [[nodiscard]] Outcome Finish();

  /// What was wrong, after `kBroken`.
  [[nodiscard]] const std::string& error() const { return error_; }

 private:
  enum class Expect : std::uint8_t { kValue, kFirstElement, kFirstKey, kKey, kColon, kCommaOrClose };
  enum class Inside : std::uint8_t { kNothing, kString, kEscape, kScalar };

  bool Open(char bracket);
  void ValueEnded();
  Outcome Broken(std::string error);
  Outcome Unexpected();

  std::size_t depth_max_;
  std::string open_;  // The brackets that stand open.
  Expect expect_ = Expect::kValue;
  Inside inside_ = Inside::kNothing;
  bool key_ = false;  // The string is a key.
  bool done_ = false;
  std::string error_;
};

}  // namespace cairn
