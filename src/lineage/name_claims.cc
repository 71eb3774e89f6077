#include "lineage/name_claims.h"

#include <algorithm>

namespace cairn {

std::vector<NameClaim> KeepLatestBegun(const std::vector<NameClaim>& claims) {
  std::vector<NameClaim> out;
  std::vector<Interval> taken;  // By claims that began later; the earliest is the last.
  for (std::size_t at = 0; at < claims.size();) {
    const Interval longest = claims[at].stands;
    std::size_t next = at + 1;
    while (next < claims.size() && claims[next].stands.from == longest.from) ++next;
    // Of those that began at once the longest is alone once the others are over.
    std::int64_t from = next - at > 1 ? claims[at + 1].stands.until : longest.from;
    Interval joined = longest;
    for (; !taken.empty() && taken.back().from <= joined.until; taken.pop_back()) {
      if (from < taken.back().from) out.push_back({{from, taken.back().from}, claims[at].holder});
      from = std::max(from, taken.back().until);
      joined.until = std::max(joined.until, taken.back().until);
    }
    if (from < longest.until) out.push_back({{from, longest.until}, claims[at].holder});
    taken.push_back(joined);
    at = next;
  }
  return out;
}

}  // namespace cairn
