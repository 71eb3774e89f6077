#include "query/path.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

#include "base/json.h"

namespace cairn {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("_-$@:/").find(c) != std::string_view::npos;
}

bool IsPlain(std::string_view field, bool first) {
  if (field.empty() || (first && !BeginsPath(field[0]))) return false;
  for (const char c : field) {
    if (!IsWord(c)) return false;
  }
  return true;
}

std::optional<Mistake> ReadField(std::string_view text, std::size_t& at, std::string& field) {
  if (at < text.size() && (text[at] == '"' || text[at] == '\'')) return ReadQuoted(text, at, field);
  const std::size_t begin = at;
  while (at < text.size() && IsWord(text[at])) ++at;
  if (at == begin) return Mistake{at, "expected a field name after '.'"};
  field = text.substr(begin, at - begin);
  return std::nullopt;
}

std::optional<Mistake> ReadIndex(std::string_view text, std::size_t& at, Path::Step& step) {
  const std::size_t begin = at;
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data() + at, text.data() + text.size(), index);
  at = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || at >= text.size() || text[at] != ']') {
    return Mistake{begin, "expected a whole number from 0 to 4294967295, then ']'"};
  }
  ++at;
  step.index = index;
  return std::nullopt;
}

}  // namespace

bool BeginsPath(char c) { return c == '"' || c == '\'' || (IsWord(c) && !IsDigit(c) && c != '-'); }

std::optional<Mistake> ReadPath(std::string_view text, std::size_t& at, Path& path) {
  path.steps.clear();
  if (at >= text.size() || !BeginsPath(text[at])) return Mistake{at, "expected a path"};
  for (;;) {
    const std::size_t begin = at;
    Path::Step step;
    if (path.steps.empty()) {
      if (auto mistake = ReadField(text, at, step.field)) return mistake;
    } else if (at < text.size() && text[at] == '.') {
      ++at;
      if (auto mistake = ReadField(text, at, step.field)) return mistake;
    } else if (at < text.size() && text[at] == '[') {
      ++at;
      if (auto mistake = ReadIndex(text, at, step)) return mistake;
    } else {
      return std::nullopt;
    }
    if (path.steps.size() == Path::kStepsMax) {
      return Mistake{begin, fmt::format("a path has at most {} steps", Path::kStepsMax)};
    }
    path.steps.push_back(std::move(step));
  }
}

Result<Path> Path::Parse(std::string_view text) {
  if (const auto invalid = FindInvalidUtf8(text)) return MistakeStatus("path", text, {*invalid, "not UTF-8"});
  Path path;
  std::size_t at = 0;
  if (const auto mistake = ReadPath(text, at, path)) return MistakeStatus("path", text, *mistake);
  if (at != text.size()) return MistakeStatus("path", text, {at, "expected '.', '[' or the end of the path"});
  return path;
}

std::string Path::ToString() const {
  std::string out;
  for (const Step& step : steps) {
    if (step.index) {
      out += fmt::format("[{}]", *step.index);
      continue;
    }
    const bool first = out.empty();
    if (!first) out += '.';
    if (IsPlain(step.field, first)) {
      out += step.field;
    } else {
      AppendJsonString(out, step.field);
    }
  }
  return out;
}

}  // namespace cairn
