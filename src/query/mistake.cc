#include "query/mistake.h"

#include <fmt/format.h>

#include "base/json_string.h"

namespace cairn {
namespace {

/// The length of the valid UTF-8 sequence at `at`; 0 where there is none.
std::size_t ValidBytes(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : static_cast<unsigned char>(0);
  };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first < 0xC2) return 0;
  if (first < 0xE0) return follows(1) ? 2 : 0;
  if (first < 0xF0) {
    if (!follows(1) || !follows(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;   // overlong
    if (first == 0xED && byte(1) >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (first > 0xF4 || !follows(1) || !follows(2) || !follows(3)) return 0;
  if (first == 0xF0 && byte(1) < 0x90) return 0;   // overlong
  if (first == 0xF4 && byte(1) >= 0x90) return 0;  // beyond U+10FFFF
  return 4;
}

}  // namespace

std::size_t CharacterBytes(std::string_view text, std::size_t at) {
  const std::size_t bytes = ValidBytes(text, at);
  return bytes == 0 ? 1 : bytes;
}

std::optional<std::size_t> FindInvalidUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = ValidBytes(text, at);
    if (bytes == 0) return at;
    at += bytes;
  }
  return std::nullopt;
}

Status MistakeStatus(std::string_view subject, std::string_view text, const Mistake& mistake) {
  std::size_t column = 1;
  for (std::size_t at = 0; at < mistake.offset && at < text.size(); at += CharacterBytes(text, at)) ++column;
  return {StatusCode::kInvalidArgument, fmt::format("{}, column {}: {}", subject, column, mistake.what)};
}

std::optional<Mistake> ReadQuoted(std::string_view text, std::size_t& at, std::string& out) {
  const std::size_t opening = at;
  const char quote = text[at++];
  out.clear();
  while (at < text.size()) {
    const char c = text[at];
    if (c == quote) {
      ++at;
      return std::nullopt;
    }
    if (c != '\\') {
      out += c;
      ++at;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == '\'') {
      out += '\'';
      at += 2;
      continue;
    }
    const std::size_t bytes = AppendUnescaped(out, text.substr(at));
    if (bytes == 0) return Mistake{at, R"(not an escape: \" \' \\ \/ \b \f \n \r \t \uXXXX are known)"};
    at += bytes;
  }
  return Mistake{opening, "the quote is not closed"};
}

}  // namespace cairn
