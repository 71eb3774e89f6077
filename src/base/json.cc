#include "base/json.h"

#include <simdjson.h>

namespace cairn {
namespace {

constexpr char kHex[] = "0123456789abcdef";

void AppendValid(std::string& out, std::string_view text) {
  for (const char c : text) {
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
        if (static_cast<unsigned char>(c) < 0x20) {
          out += "\\u00";
          out += kHex[static_cast<unsigned char>(c) >> 4];
          out += kHex[static_cast<unsigned char>(c) & 15];
        } else {
          out += c;
        }
    }
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
  if (IsUtf8(text)) {
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

std::string JsonString(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  AppendJsonString(out, text);
  return out;
}

}  // namespace cairn
