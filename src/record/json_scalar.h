#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace cairn {

/// A text of which each place can be read `kReadAhead` bytes ahead, also at its end.
class PaddedText {
 public:
  static constexpr std::size_t kReadAhead = 64;

  explicit PaddedText(std::string_view text)
      : tail_begin_(text.data() + (text.size() > kReadAhead ? text.size() - kReadAhead : 0)) {
    tail_.fill(0);
    std::memcpy(tail_.data(), tail_begin_, std::min(text.size(), kReadAhead));
  }

  [[nodiscard]] const char* From(const char* at) const {
    return at < tail_begin_ ? at : tail_.data() + (at - tail_begin_);
  }

 private:
  const char* tail_begin_;
  std::array<char, 2 * kReadAhead> tail_;
};

/// The bytes of the literal or number at `at`, of which `PaddedText::kReadAhead` bytes can be read; 0 where there is
/// none, or a number with an exponent or of more than 18 digits before or behind the point.
std::size_t ScalarBytes(const char* at);

}  // namespace cairn
