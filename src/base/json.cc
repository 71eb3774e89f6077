#include "base/json.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace cairn {
namespace {

constexpr char kHex[] = "0123456789abcdef";

enum class Byte : char { kPlain, kEscaped, kHigh };

constexpr std::array<Byte, 256> kBytes = [] {
  std::array<Byte, 256> out{};
  for (std::size_t i = 0; i < 0x20; ++i) out[i] = Byte::kEscaped;
  out['"'] = out['\\'] = Byte::kEscaped;
  for (std::size_t i = 0x80; i < out.size(); ++i) out[i] = Byte::kHigh;
  return out;
}();

Byte ByteOf(char c) { return kBytes[static_cast<unsigned char>(c)]; }

void AppendEscape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

// Whether each of the eight is plain.
bool ArePlain(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = kOnes * 0x80;
  const auto has_zero = [](std::uint64_t word) { return (word - kOnes) & ~word; };
  std::uint64_t word;
  std::memcpy(&word, bytes, sizeof(word));
  const std::uint64_t controls = (word - kOnes * 0x20) & ~word;
  return ((word | controls | has_zero(word ^ kOnes * '"') | has_zero(word ^ kOnes * '\\')) & kHighs) == 0;
}

// Nearly all that is written: nothing to escape, and nothing that could be no UTF-8.
bool IsPlain(std::string_view text) {
  constexpr std::size_t kWord = 8;
  if (text.size() < kWord) {
    return std::all_of(text.begin(), text.end(), [](char c) { return ByteOf(c) == Byte::kPlain; });
  }
  for (std::size_t at = 0; at + kWord < text.size(); at += kWord) {
    if (!ArePlain(text.data() + at)) return false;
  }
  return ArePlain(text.data() + text.size() - kWord);
}

// What needs no escape goes over in whole runs.
void AppendValid(std::string& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t run = 0;
    while (run < text.size() && ByteOf(text[run]) != Byte::kEscaped) ++run;
    out.append(text.substr(0, run));
    if (run == text.size()) return;
    AppendEscape(out, text[run]);
    text.remove_prefix(run + 1);
  }
}

// The length of the longest valid sequence that starts here: 0 where none does.
std::size_t SequenceBytes(std::string_view text) {
  for (std::size_t bytes = 1; bytes <= 4 && bytes <= text.size(); ++bytes) {
    if (IsUtf8(text.substr(0, bytes))) return bytes;
  }
  return 0;
}

}  // namespace

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void AppendJsonString(std::string& out, std::string_view text) {
  out += '"';
  if (IsPlain(text)) {
    out.append(text);
  } else if (IsUtf8(text)) {
    AppendValid(out, text);
  } else {
    while (!text.empty()) {
      const std::size_t bytes = SequenceBytes(text);
      if (bytes == 0) {
        out += "\xEF\xBF\xBD";
      } else {
        AppendValid(out, text.substr(0, bytes));
      }
      text.remove_prefix(bytes == 0 ? 1 : bytes);
    }
  }
  out += '"';
}

char* WriteJsonString(char* out, std::string_view text) {
  if (!IsPlain(text)) {
    const std::string escaped = JsonString(text);
    return std::copy(escaped.begin(), escaped.end(), out);
  }
  *out++ = '"';
  out = std::copy(text.begin(), text.end(), out);
  *out++ = '"';
  return out;
}

std::string JsonString(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(out, text);
  return out;
}

}  // namespace cairn
