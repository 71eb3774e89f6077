#include "record/last_keys.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "record/json_scan.h"

namespace cairn {
namespace {

struct Member {
  std::string key;
  std::size_t begin = 0;
};

struct Scope {
  bool is_object = false;
  std::size_t members_begin = 0;
};

/// From the beginning of a member to that of the next.
using Range = std::pair<std::size_t, std::size_t>;

// What of an object's members stands before another of the same key.
void FindEarlier(const std::vector<Member>& members, std::size_t first, std::vector<Range>& out) {
  std::vector<std::size_t> order;
  for (std::size_t i = first; i < members.size(); ++i) order.push_back(i);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const int way = members[a].key.compare(members[b].key);
    return way != 0 ? way < 0 : a < b;
  });
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    const std::size_t at = order[i];
    if (members[at].key == members[order[i + 1]].key) out.emplace_back(members[at].begin, members[at + 1].begin);
  }
}

std::vector<Range> EarlierMembers(std::string_view json) {
  std::vector<Range> out;
  std::vector<Scope> scopes;
  std::vector<Member> members;  // Of the open objects, outermost first.
  JsonCursor cursor(json);
  bool is_key = false;  // Whether a string that comes is one.
  while (cursor.at < cursor.end) {
    const char c = *cursor.at;
    if (c == '"') {
      const auto begin = static_cast<std::size_t>(cursor.at - json.data());
      std::string_view raw;
      if (!TakeString(cursor, &raw)) break;
      if (is_key) members.push_back({UnescapeJson(raw), begin});
      is_key = false;
      continue;
    }
    ++cursor.at;
    if (c == '{' || c == '[') scopes.push_back({c == '{', members.size()});
    if ((c == '}' || c == ']') && !scopes.empty()) {
      if (scopes.back().is_object) FindEarlier(members, scopes.back().members_begin, out);
      members.resize(scopes.back().members_begin);
      scopes.pop_back();
    }
    is_key = (c == '{' || c == ',') && !scopes.empty() && scopes.back().is_object;
  }
  return out;
}

}  // namespace

std::string KeepLastKeys(std::string_view json) {
  std::vector<Range> earlier = EarlierMembers(json);
  std::sort(earlier.begin(), earlier.end());
  std::string out;
  out.reserve(json.size());
  std::size_t at = 0;
  for (const auto& [begin, end] : earlier) {
    if (end <= at) continue;  // Within one that is left out.
    if (begin > at) out += json.substr(at, begin - at);
    at = std::max(at, end);
  }
  return out += json.substr(at);
}

}  // namespace cairn
