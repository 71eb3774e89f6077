#include "server/facts_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/prefetch.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

constexpr std::size_t kFactsAhead = 3;
constexpr std::size_t kBetweenFacts = 2;  // As `Fact::is_own_json` says.
constexpr std::size_t kWorthAnInset = 4;  // Fewer are copied sooner than the kernel is told of one more place.

void Fetch(std::string_view bytes) {
  constexpr std::size_t kBytesOfLine = 64;
  constexpr std::size_t kBytesMax = 2048;
  for (std::size_t at = 0; at < std::min(bytes.size(), kBytesMax); at += kBytesOfLine) PrefetchLine(bytes.data() + at);
}

// How many facts from there on stand side by side, as they are to be sent.
std::size_t SideBySide(std::span<const Fact> facts) {
  std::size_t count = facts.front().is_own_json() ? 1 : 0;
  const auto begins = [&](std::size_t at) { return facts[at].line().data(); };
  while (count != 0 && count < facts.size() && facts[count].is_own_json() &&
         begins(count) == begins(count - 1) + facts[count - 1].line().size() + kBetweenFacts) {
    ++count;
  }
  return count;
}

std::string_view BytesOf(std::span<const Fact> side_by_side) {
  const char* begin = side_by_side.front().line().data();
  const std::string_view last = side_by_side.back().line();
  return {begin, static_cast<std::size_t>(last.data() + last.size() - begin)};
}

// About how long the body is without what is sent from where it stands.
std::size_t CopiedBytes(std::span<const Fact> facts) {
  constexpr std::size_t kAround = 128;
  constexpr std::size_t kBesideLine = 256;
  std::size_t bytes = kAround;
  while (!facts.empty()) {
    const std::size_t together = SideBySide(facts);
    const Fact& fact = facts.front();
    if (together < kWorthAnInset) {
      bytes += kBesideLine + (fact.facet() == Fact::kWholeRecord ? fact.line().size() : 0);
    }
    facts = facts.subspan(together < kWorthAnInset ? 1 : together);
  }
  return bytes;
}

// False where it is damaged: then nothing was added.
bool AppendOne(std::string& body, bool is_first, const Fact& fact) {
  const std::size_t before = body.size();
  if (!is_first) body += ',';
  if (AppendFactJson(body, fact).ok()) return true;
  body.resize(before);
  return false;
}

}  // namespace

ServerResponse FactResponse(const Fact& fact) {
  ServerResponse response;
  Status status = AppendFactJson(response.body, fact);
  return status.ok() ? std::move(response) : HttpFailure(status);
}

ServerResponse FactsResponse(const std::vector<Fact>& facts, LeftOut left_out, std::string_view more) {
  ServerResponse response;
  std::string& body = response.body;
  body.reserve(CopiedBytes(facts) + more.size());
  body = "{\"facts\":[";
  bool is_first = true;
  for (std::size_t i = 0, until = 0; i < facts.size(); i = until) {
    const std::span<const Fact> rest(facts.data() + i, facts.size() - i);
    const std::size_t together = SideBySide(rest);
    until = i + std::max<std::size_t>(together, 1);
    if (together >= kWorthAnInset) {
      if (!is_first) body += ',';
      response.insets.push_back({body.size(), BytesOf(rest.first(together)), facts[i].pin()});
      is_first = false;
      continue;
    }
    if (until - 1 + kFactsAhead < facts.size()) Fetch(facts[until - 1 + kFactsAhead].line());
    for (const Fact& fact : rest.first(until - i)) {
      const bool is_added = AppendOne(body, is_first, fact);
      is_first = is_first && !is_added;
      left_out.damaged += is_added ? 0 : 1;
    }
  }
  body += fmt::format("],\"damaged\":{},\"withheld\":{}{}}}", left_out.damaged, left_out.withheld, more);
  return response;
}

}  // namespace cairn
