#include "server/facts_response.h"

#include <fmt/format.h>

#include "service/answer_json.h"

namespace cairn {

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
  for (const Fact& fact : facts) {
    const std::size_t before = body.size();
    if (body.back() != '[') body += ',';
    if (AppendFactJson(body, fact).ok()) continue;
    body.resize(before);
    ++left_out.damaged;
  }
  body += fmt::format("],\"damaged\":{},\"withheld\":{}{}}}", left_out.damaged, left_out.withheld, more);
  return response;
}

}  // namespace cairn
