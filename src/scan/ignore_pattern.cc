#include "scan/ignore_pattern.h"

#include <cctype>

namespace cairn {
namespace {

bool InClass(std::string_view name, unsigned char c) {
  if (name == "alpha") return std::isalpha(c) != 0;
  if (name == "digit") return std::isdigit(c) != 0;
  if (name == "alnum") return std::isalnum(c) != 0;
  if (name == "upper") return std::isupper(c) != 0;
  if (name == "lower") return std::islower(c) != 0;
  if (name == "space") return std::isspace(c) != 0;
  if (name == "punct") return std::ispunct(c) != 0;
  if (name == "xdigit") return std::isxdigit(c) != 0;
  return false;
}

// Reads the bracket that begins at `pattern[at]`; moves `at` behind it. False where it is not closed or does not mean
// c.
bool BracketMeans(std::string_view pattern, std::size_t& at, char c) {
  std::size_t i = at + 1;
  const bool negated = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (negated) ++i;
  bool found = false;
  for (bool first = true; i < pattern.size(); first = false) {
    if (pattern[i] == ']' && !first) {
      at = i + 1;
      return found != negated;
    }
    if (pattern.substr(i).starts_with("[:")) {
      const std::size_t end = pattern.find(":]", i + 2);
      if (end != std::string_view::npos) {
        found |= InClass(pattern.substr(i + 2, end - i - 2), static_cast<unsigned char>(c));
        i = end + 2;
        continue;
      }
    }
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    const auto low = static_cast<unsigned char>(pattern[i]);
    auto high = low;
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      i += 2;
      if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
      high = static_cast<unsigned char>(pattern[i]);
    }
    found |= low <= static_cast<unsigned char>(c) && static_cast<unsigned char>(c) <= high;
    ++i;
  }
  return false;
}

// Whether one element of the pattern at `at`, no star, means `c`; moves `at` behind it.
bool ElementMeans(std::string_view pattern, std::size_t& at, char c) {
  if (pattern[at] == '?') {
    ++at;
    return true;
  }
  if (pattern[at] == '[') return BracketMeans(pattern, at, c);
  if (pattern[at] == '\\' && at + 1 < pattern.size()) ++at;
  return pattern[at++] == c;
}

// Two stars or more.
bool IsAnyFolders(const std::string& segment) {
  return segment.size() >= 2 && segment.find_first_not_of('*') == std::string::npos;
}

std::vector<std::string_view> Split(std::string_view path) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t slash = path.find('/');
    out.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return out;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

bool SegmentMeans(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;  // Behind the last star.
  std::size_t star_name = 0;                  // What the star leaves off at.
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      star_name = n;
      continue;
    }
    std::size_t next = p;
    if (p < pattern.size() && ElementMeans(pattern, next, name[n])) {
      p = next;
      ++n;
      continue;
    }
    if (star == std::string_view::npos) return false;
    p = star;
    n = ++star_name;
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

std::optional<IgnorePattern> ParseIgnorePattern(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
  if (line.empty() || line.starts_with('#')) return std::nullopt;
  IgnorePattern pattern;
  if (line.starts_with('!')) {
    pattern.negated = true;
    line.remove_prefix(1);
  }
  if (line.ends_with('/')) {
    pattern.folders_only = true;
    line.remove_suffix(1);
  }
  if (line.starts_with('/')) {
    pattern.anchored = true;
    line.remove_prefix(1);
  }
  if (line.empty()) return std::nullopt;
  for (const std::string_view segment : Split(line)) pattern.segments.emplace_back(segment);
  if (pattern.segments.size() > 1) pattern.anchored = true;
  return pattern;
}

bool PatternMeans(const IgnorePattern& pattern, std::string_view path, bool is_folder) {
  if (pattern.folders_only && !is_folder) return false;
  if (!pattern.anchored) return SegmentMeans(pattern.segments.front(), path.substr(path.rfind('/') + 1));
  const std::vector<std::string_view> names = Split(path);
  // As with a star and characters, one level up: `**` and folders.
  const auto& segments = pattern.segments;
  std::size_t s = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t star_name = 0;
  while (n < names.size()) {
    if (s < segments.size() && IsAnyFolders(segments[s])) {
      // Behind the last slash it means everything inside, so at least one name.
      if (s + 1 == segments.size()) return true;
      star = ++s;
      star_name = n;
      continue;
    }
    if (s < segments.size() && SegmentMeans(segments[s], names[n])) {
      ++s;
      ++n;
      continue;
    }
    if (star == std::string_view::npos) return false;
    s = star;
    n = ++star_name;
  }
  return s == segments.size();
}

}  // namespace cairn
