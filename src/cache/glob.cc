#include "cache/glob.h"

#include <algorithm>
#include <string>

namespace cairn {
namespace {

/// How long the element at the beginning of a glob is: a bracket with all it holds, otherwise one byte. 0: not closed.
std::size_t ElementBytes(std::string_view glob) {
  if (glob.front() != '[') return 1;
  std::size_t at = 1;
  if (at < glob.size() && glob[at] == '!') ++at;
  // A closing bracket that comes first is a member.
  const std::size_t end = glob.find(']', at + 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

bool ElementMatches(std::string_view element, char c) {
  if (element == "?") return true;
  if (element.front() != '[') return element.front() == c;
  std::string_view members = element.substr(1, element.size() - 2);
  const bool is_negated = members.front() == '!';
  if (is_negated) members.remove_prefix(1);
  const auto byte = static_cast<unsigned char>(c);
  bool is_member = false;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const auto low = static_cast<unsigned char>(members[i]);
    auto high = low;
    if (i + 2 < members.size() && members[i + 1] == '-') {
      high = static_cast<unsigned char>(members[i + 2]);
      i += 2;
    }
    is_member |= low <= byte && byte <= high;
  }
  return is_member != is_negated;
}

}  // namespace

bool GlobMatches(std::string_view glob, std::string_view text) {
  std::string_view after_star;
  std::string_view text_at_star;
  bool has_star = false;
  for (;;) {
    if (!glob.empty() && glob.front() == '*') {
      glob.remove_prefix(1);
      after_star = glob;
      text_at_star = text;
      has_star = true;
      continue;
    }
    if (text.empty()) return glob.empty();
    if (!glob.empty()) {
      const std::size_t size = ElementBytes(glob);
      if (size == 0) return false;
      if (ElementMatches(glob.substr(0, size), text.front())) {
        glob.remove_prefix(size);
        text.remove_prefix(1);
        continue;
      }
    }
    // The last star takes one byte more; those before it need not be tried again.
    if (!has_star || text_at_star.empty()) return false;
    text_at_star.remove_prefix(1);
    glob = after_star;
    text = text_at_star;
  }
}

std::string_view GlobPrefix(std::string_view glob) {
  return glob.substr(0, std::min(glob.find_first_of("*?["), glob.size()));
}

std::string GlobOfPrefix(std::string_view prefix) {
  std::string glob;
  for (const char c : prefix) {
    if (c == '*' || c == '?' || c == '[') {
      glob += '[';
      glob += c;
      glob += ']';
    } else {
      glob += c;
    }
  }
  return glob + '*';
}

std::string GlobFault(std::string_view glob) {
  for (std::size_t at = 0; at < glob.size();) {
    const std::size_t size = ElementBytes(glob.substr(at));
    if (size == 0) return "the bracket at byte " + std::to_string(at) + " is not closed";
    at += size;
  }
  return {};
}

}  // namespace cairn
