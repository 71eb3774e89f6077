#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cairn/status.h"

namespace cairn {

/// A mistake in a text that a person wrote.
struct Mistake {
  std::size_t offset = 0;  ///< In bytes.
  std::string what;
};

/// INVALID_ARGUMENT with `<subject>, column <n>: <what>`; columns count code points from 1.
Status MistakeStatus(std::string_view subject, std::string_view text, const Mistake& mistake);

/// How many bytes the character at `at` has: 1 for a byte that begins no valid UTF-8.
std::size_t CharacterBytes(std::string_view text, std::size_t at);

/// Where the first byte stands that is not valid UTF-8.
std::optional<std::size_t> FindInvalidUtf8(std::string_view text);

/// Reads a quoted string, `"..."` or `'...'`, whose opening quote is at `at`, into `out`; moves `at` behind it. Escapes
/// are JSON's, and `\'`.
std::optional<Mistake> ReadQuoted(std::string_view text, std::size_t& at, std::string& out);

}  // namespace cairn
