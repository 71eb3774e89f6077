#include "server/facts_response.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/prefetch.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

constexpr std::size_t kFactsAhead = 3;

// The facts of a series stand far apart in the log: their lines are fetched while those before them are copied.
void FetchLine(const Fact& fact) {
  constexpr std::size_t kBytesOfLine = 64;
  constexpr std::size_t kBytesMax = 2048;
  const std::string_view line = fact.line();
  for (std::size_t at = 0; at < std::min(line.size(), kBytesMax); at += kBytesOfLine) PrefetchLine(line.data() + at);
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
  std::size_t bytes = 128 + more.size();
  for (const Fact& fact : facts) bytes += 256 + (fact.facet() == Fact::kWholeRecord ? fact.line().size() : 0);
  body.reserve(bytes);
  body = "{\"facts\":[";
  for (std::size_t i = 0; i < facts.size(); ++i) {
    if (i + kFactsAhead < facts.size()) FetchLine(facts[i + kFactsAhead]);
    const std::size_t before = body.size();
    if (body.back() != '[') body += ',';
    if (AppendFactJson(body, facts[i]).ok()) continue;
    body.resize(before);
    ++left_out.damaged;
  }
  body += fmt::format("],\"damaged\":{},\"withheld\":{}{}}}", left_out.damaged, left_out.withheld, more);
  return response;
}

}  // namespace cairn
