#include "lookup/key_text.h"

#include <fmt/format.h>

#include <optional>

#include "base/percent.h"

namespace cairn {
namespace {

Status Bad(std::string_view text, std::string_view what) {
  return {StatusCode::kInvalidArgument, fmt::format("\"{}\" {}", text, what)};
}

// The next word of a line, which loses it, quotes undone; nothing where a quote is left open.
std::optional<std::string> TakeWord(std::string_view& line) {
  std::string out;
  bool in_quotes = false;
  std::size_t i = 0;
  for (; i < line.size() && (in_quotes || (line[i] != ' ' && line[i] != '\t')); ++i) {
    if (line[i] == '"') {
      in_quotes = !in_quotes;
    } else if (in_quotes && line[i] == '\\' && i + 1 < line.size() && (line[i + 1] == '"' || line[i + 1] == '\\')) {
      out += line[++i];
    } else {
      out += line[i];
    }
  }
  if (in_quotes) return std::nullopt;
  while (i < line.size() && (line[i] == ' ' || line[i] == '\t')) ++i;
  line.remove_prefix(i);
  return out;
}

}  // namespace

Status AddParam(std::string_view text, LookupParams& params) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return Bad(text, "is not name=value");
  if (!params.emplace(text.substr(0, equals), text.substr(equals + 1)).second) {
    return Bad(text.substr(0, equals), "comes twice");
  }
  return Status::Ok();
}

Result<Question> ParseKeyText(std::string_view text) {
  const Status bad = Bad(text, "is no key: source:operation:name=value&...");
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos || first == 0 || second == first + 1) return bad;
  Question out{std::string(text.substr(0, first)), std::string(text.substr(first + 1, second - first - 1)), {}};
  for (std::string_view rest = text.substr(second + 1); !rest.empty();) {
    const std::size_t end = rest.find('&');
    const std::string_view part = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) return bad;
    if (part.starts_with("@=")) {
      out.is_of_user = true;
      continue;
    }
    const auto name = PercentDecode(part.substr(0, equals));
    std::string_view value_text = part.substr(equals + 1);
    // What is no text: its own writing is what a person would write.
    if (value_text.starts_with(':')) value_text.remove_prefix(1);
    const auto value = PercentDecode(value_text);
    if (!name || !value || name->empty() || part.substr(equals + 1) == ":null") return bad;
    if (!out.params.emplace(*name, *value).second) return bad;
  }
  return out;
}

Result<Question> ParseQuestion(std::string_view line) {
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  const std::string_view whole = line;
  const auto source = TakeWord(line);
  if (source && source->find(':') != std::string::npos) return ParseKeyText(whole);
  const auto operation = TakeWord(line);
  if (!source || !operation || source->empty() || operation->empty()) {
    return Bad(whole, "is not `source operation name=value ...`");
  }
  Question out{*source, *operation, {}};
  while (!line.empty()) {
    const auto word = TakeWord(line);
    if (!word) return Bad(whole, "has a quote without its partner");
    if (Status added = AddParam(*word, out.params); !added.ok()) return added;
  }
  return out;
}

}  // namespace cairn
