#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace cairn {

/// Where the tokens of a JSON text begin, as the first stage of simdjson finds them 64 bytes at a time: each bracket,
/// colon and comma, and the first byte of each string, number and literal. Keeps buffers between calls; one thread at a
/// time.
class JsonTokens {
 public:
  JsonTokens();
  ~JsonTokens();
  JsonTokens(JsonTokens&&) noexcept;
  JsonTokens& operator=(JsonTokens&&) noexcept;

  /// False where the text is empty, no UTF-8, or has an unclosed string, a control character in a string, or a
  /// backslash anywhere: without one, equal strings look equal and each quote ends a string.
  bool Find(std::string_view json);

  /// The places found last, and behind them the size of the text.
  [[nodiscard]] std::span<const std::uint32_t> places() const { return places_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::span<const std::uint32_t> places_;
};

}  // namespace cairn
