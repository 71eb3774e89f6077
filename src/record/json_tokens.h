#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace simdjson::dom {
class element;
}

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

  /// The document of the text whose tokens were found last, which must still stand, with `kJsonPadding` readable bytes
  /// behind it: what the second stage makes of the first's work. It lives until the next call. False where the text is
  /// no JSON, or too deep.
  bool Read(simdjson::dom::element* root);

  /// The places found last, and behind them the size of the text.
  [[nodiscard]] std::span<const std::uint32_t> places() const { return places_; }

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
  std::span<const std::uint32_t> places_;
};

}  // namespace cairn
