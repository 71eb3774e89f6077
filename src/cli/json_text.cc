#include "cli/json_text.h"

#include <algorithm>

namespace cairn {
namespace {

constexpr std::size_t kShortBytes = 72;

// The end of the string that begins at `at`.
std::size_t StringEnd(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return json.size();
}

// Where what opens at `at` closes, when that is near; 0 where it is not.
std::size_t NearEnd(std::string_view json, std::size_t at) {
  std::size_t depth = 0;
  const std::size_t stop = std::min(json.size(), at + kShortBytes);
  for (std::size_t i = at; i < stop;) {
    if (json[i] == '"') {
      i = StringEnd(json, i);
      continue;
    }
    if (json[i] == '{' || json[i] == '[') ++depth;
    if (json[i] == '}' || json[i] == ']') --depth;
    ++i;
    if (depth == 0) return i <= stop ? i : 0;
  }
  return 0;
}

// On one line, a blank behind each comma and colon.
void AppendShort(std::string& out, std::string_view json) {
  for (std::size_t i = 0; i < json.size();) {
    if (json[i] == '"') {
      const std::size_t end = StringEnd(json, i);
      out += json.substr(i, end - i);
      i = end;
      continue;
    }
    out += json[i];
    if (json[i] == ',' || json[i] == ':') out += ' ';
    ++i;
  }
}

}  // namespace

std::string PrettyJson(std::string_view json, std::size_t indent) {
  std::string out;
  std::size_t depth = 0;
  const auto new_line = [&] {
    out += '\n';
    out.append(indent + 2 * depth, ' ');
  };
  for (std::size_t i = 0; i < json.size();) {
    const char c = json[i];
    if (c == '"') {
      const std::size_t end = StringEnd(json, i);
      out += json.substr(i, end - i);
      i = end;
      continue;
    }
    if (c == '{' || c == '[') {
      if (const std::size_t end = NearEnd(json, i); end != 0) {
        AppendShort(out, json.substr(i, end - i));
        i = end;
        continue;
      }
      out += c;
      ++depth;
      new_line();
    } else if (c == '}' || c == ']') {
      if (depth > 0) --depth;
      new_line();
      out += c;
    } else {
      out += c;
      if (c == ',') new_line();
      if (c == ':') out += ' ';
    }
    ++i;
  }
  return out;
}

}  // namespace cairn
