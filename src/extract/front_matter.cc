#include "extract/front_matter.h"

#include <algorithm>

#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kBytesMax = 65'536;
constexpr std::size_t kValuesMax = 1'000;

// The line from `at` on without its end; `at` becomes the beginning of the next.
std::string_view TakeLine(std::string_view text, std::size_t* at) {
  const std::size_t end = std::min(text.find('\n', *at), text.size());
  std::string_view line = text.substr(*at, end - *at);
  *at = std::min(end + 1, text.size());
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Without quotes and what follows ` #`.
std::string Scalar(std::string_view text) {
  text = Trim(text);
  if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'')) {
    const char quote = text[0];
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
      if (quote == '"' && text[i] == '\\' && i + 1 < text.size()) {
        ++i;
        out += text[i] == 'n' ? '\n' : text[i] == 't' ? '\t' : text[i];
      } else if (quote == '\'' && text.substr(i, 2) == "''") {
        out += text[++i];
      } else if (text[i] == quote) {
        return out;
      } else {
        out += text[i];
      }
    }
    return out;
  }
  const std::size_t comment = text.find(" #");
  return std::string(TrimEnd(text.substr(0, comment)));
}

// `[a, "b, c"]`
std::vector<std::string> InlineList(std::string_view text) {
  std::vector<std::string> out;
  std::string_view rest = text.substr(1);
  const std::size_t end = rest.rfind(']');
  rest = rest.substr(0, end);
  while (!rest.empty() && out.size() < kValuesMax) {
    char quote = '\0';
    std::size_t i = 0;
    for (; i < rest.size() && (quote != '\0' || rest[i] != ','); ++i) {
      const bool opens = quote == '\0' && (rest[i] == '"' || rest[i] == '\'') && Trim(rest.substr(0, i)).empty();
      if (opens) {
        quote = rest[i];
      } else if (rest[i] == quote) {
        quote = '\0';
      }
    }
    std::string value = Scalar(rest.substr(0, i));
    if (!value.empty()) out.push_back(std::move(value));
    rest.remove_prefix(std::min(i + 1, rest.size()));
  }
  return out;
}

}  // namespace

FrontMatter ReadFrontMatter(std::string_view text) {
  FrontMatter out;
  std::size_t at = text.starts_with("\xef\xbb\xbf") ? 3 : 0;
  const std::string_view mark = TrimEnd(TakeLine(text, &at));
  if (mark != "---" && mark != "+++") return out;
  const char separator = mark == "---" ? ':' : '=';
  bool block = false;  // text lines of `|` or `>` follow
  bool folded = false;
  while (at < text.size() && at < kBytesMax) {
    const std::string_view line = TakeLine(text, &at);
    const std::string_view trimmed = Trim(line);
    if (trimmed == mark || (separator == ':' && line == "...")) {
      out.bytes = at;
      return out;
    }
    if (out.values.size() >= kValuesMax) continue;
    const bool indented = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    if (block && (indented || line.empty()) && !out.values.empty()) {
      auto& value = out.values.back().second;
      if (value.empty()) value.emplace_back();
      if (!value[0].empty()) value[0] += folded ? ' ' : '\n';
      value[0] += trimmed;
      continue;
    }
    block = false;
    if (trimmed.starts_with("- ") && !out.values.empty()) {
      auto& list = out.values.back().second;
      if (list.size() < kValuesMax) list.push_back(Scalar(trimmed.substr(2)));
      continue;
    }
    if (trimmed.empty() || trimmed[0] == '#' || trimmed[0] == '[' || indented) continue;
    const std::size_t colon = trimmed.find(separator);
    if (colon == std::string_view::npos || colon == 0) continue;
    const std::string_view value = Trim(trimmed.substr(colon + 1));
    std::vector<std::string> values;
    block = separator == ':' && (value.starts_with('|') || value.starts_with('>')) && value.size() <= 2;
    folded = value.starts_with('>');
    if (value.starts_with('[')) {
      values = InlineList(value);
    } else if (!block && !value.empty() && !value.starts_with('#')) {
      values.push_back(Scalar(value));
    }
    out.values.emplace_back(Scalar(trimmed.substr(0, colon)), std::move(values));
  }
  return {};  // no end: a rule at the beginning of the text
}

}  // namespace cairn
