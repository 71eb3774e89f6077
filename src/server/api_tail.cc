// The log in its order, with a wait for what is to come.
#include <fmt/format.h>

#include <limits>

#include "server/api.h"
#include "server/parameters.h"
#include "service/answer_json.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

constexpr std::uint64_t kFactsMax = 10'000;
constexpr std::uint64_t kWaitMsMax = 60'000;

}  // namespace

ServerResponse Api::Tail(Exchange& exchange) {
  std::uint64_t from = 1;
  std::uint64_t limit = 1'000;
  std::uint64_t wait_ms = 0;
  std::size_t form = 0;
  ParameterReader parameters(exchange.query());
  parameters.Number("from_seq", std::numeric_limits<std::int64_t>::max(), from).Number("limit", kFactsMax, limit);
  parameters.Number("wait_ms", kWaitMsMax, wait_ms).Choice("form", {"sent", "logged"}, form);
  if (Status status = parameters.Finish(); !status.ok()) return HttpFailure(status);
  from = std::max<std::uint64_t>(from, 1);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(wait_ms);
  Repository& repository = *exchange.service().repository();
  Result<TailPage> page(StatusCode::kUnavailable, "");
  const auto ask = [&] {
    return exchange.Elsewhere([&] {
      page = repository.Tail(Seq{from}, limit);
      return page ? ServerResponse() : HttpFailure(page.error());
    });
  };
  ServerResponse response = ask();
  while (page && page->next.value <= from && limit != 0 && !is_draining_) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) break;
    AwaitNews(exchange.suspender(), Seq{from - 1}, left);
    response = ask();
  }
  if (!page) return response;
  std::string& body = response.body;
  if (form == 1) {
    body = LoggedFactsJson(page->facts, {0, page->withheld});
  } else {
    body = "{\"facts\":[";
    for (const Fact& fact : page->facts) {
      const std::size_t before = body.size();
      if (body.back() != '[') body += ',';
      // What is damaged is passed over, as the tail itself does.
      if (!AppendFactJson(body, fact).ok()) body.resize(before);
    }
    body += fmt::format("],\"damaged\":0,\"withheld\":{}}}", page->withheld);
  }
  body.pop_back();
  body += fmt::format(",\"next_seq\":{}}}", page->next.value);
  return response;
}

void Api::AddTail() {
  router_.Add({"GET", "/api/v1/records/tail", [this](Exchange& exchange) { return Tail(exchange); }});
}

}  // namespace cairn
