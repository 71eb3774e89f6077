#include "client/remote_repository.h"

#include <fmt/format.h>

#include <algorithm>

#include "client/ask_for.h"
#include "client/read_facts.h"

namespace cairn {
namespace {

constexpr std::string_view kOrders[] = {"newest", "oldest"};
constexpr std::string_view kForm = "application/x-www-form-urlencoded";
// The service takes 16 KiB of first line and headers.
constexpr std::size_t kUrlBytesMax = 6'000;
// Of one answer: what the service gives at most.
constexpr std::size_t kPageFacts = 10'000;

std::string_view OrderName(Order order) { return kOrders[static_cast<std::size_t>(order)]; }

void Append(FactList& into, LoggedFacts page) {
  if (into.empty()) {
    static_cast<std::vector<Fact>&>(into) = std::move(page.facts);
  } else {
    into.insert(into.end(), page.facts.begin(), page.facts.end());
  }
  into.damaged += page.damaged;
  into.withheld += page.withheld;
}

auto RankOf(const Fact& fact) { return std::tuple(fact.produced_at(), fact.seq(), fact.facet()); }

}  // namespace

RemoteRepository::RemoteRepository(std::unique_ptr<HttpCaller> caller, const ServiceAddress& address,
                                   const RemoteOptions& options, RetryTime time)
    : options_(options),
      caller_(std::move(caller)),
      retrying_(*caller_, address.shown, options.backoff_max, std::move(time)) {}

Result<HttpReply> RemoteRepository::Get(std::string path, std::chrono::milliseconds timeout) {
  HttpCall call;
  call.path = std::move(path);
  call.timeout = timeout;
  return retrying_.Call(call, options_.read_patience);
}

Result<HttpReply> RemoteRepository::Ask(std::string_view name, const Parameters& parameters) {
  const std::string& form = parameters.form();
  const std::string path = fmt::format("/api/v1/repository/{}", name);
  if (form.size() <= kUrlBytesMax) return Get(path + "?" + form, options_.request_timeout);
  HttpCall call;
  call.path = path;
  call.is_post = true;
  call.body = form;
  call.content_type = kForm;
  call.timeout = options_.request_timeout;
  return retrying_.Call(call, options_.read_patience);
}

Result<Fact> RemoteRepository::Latest(std::string_view kind, const NodeView& node) {
  Parameters parameters;
  parameters.Text("kind", kind).Node("node", node).Given("tenant", node.tenant);
  auto reply = Ask("latest", parameters);
  if (!reply) return reply.error();
  return ReadFact(*reply->body, reply->body);
}

Result<FactList> RemoteRepository::HistoryPage(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  Parameters parameters;
  parameters.Text("kind", kind).Node("node", node).Given("tenant", node.tenant);
  parameters.Time("from", spec.from).Time("until", spec.until).Text("order", OrderName(spec.order));
  parameters.Number("limit", spec.limit);
  auto reply = Ask("history", parameters);
  if (!reply) return reply.error();
  auto page = ReadFacts(reply->body);
  if (!page) return page.error();
  FactList out;
  Append(out, std::move(*page));
  return out;
}

Result<FactList> RemoteRepository::History(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  FactList out;
  HistorySpec next = spec;
  std::size_t again = 0;  // Facts of the next page that stand in `out` already.
  for (;;) {
    const std::size_t left = spec.limit == 0 ? kPageFacts : std::min(kPageFacts, spec.limit - out.size());
    next.limit = left + again;
    auto page = HistoryPage(kind, node, next);
    if (!page) return page.error();
    const bool is_last = page->size() < next.limit;
    out.damaged += page->damaged;
    out.withheld += page->withheld;
    // What came meanwhile may stand among those again.
    const auto known = out.empty() ? std::nullopt : std::optional(RankOf(out.back()));
    const bool is_newest = spec.order == Order::kNewestFirst;
    for (Fact& fact : *page) {
      if (known && (is_newest ? RankOf(fact) >= *known : RankOf(fact) <= *known)) continue;
      out.push_back(std::move(fact));
    }
    if (spec.limit != 0 && out.size() > spec.limit) out.resize(spec.limit);
    if (is_last || (spec.limit != 0 && out.size() == spec.limit)) return out;
    // From the instant that the last one has, which others may have too.
    const Timestamp at = out.back().produced_at();
    if (!is_newest) {
      next.from = at;
    } else if (at < Timestamp::Max()) {
      next.until = Timestamp{at.ns + 1};
    }
    again = static_cast<std::size_t>(
        std::count_if(out.begin(), out.end(), [&](const Fact& fact) { return fact.produced_at() == at; }));
  }
}

Result<QueryPage> RemoteRepository::Query(const QuerySpec& spec) {
  QueryPage out;
  out.cursor = spec.cursor;
  for (;;) {
    const std::size_t left = spec.limit == 0 ? kPageFacts : std::min(kPageFacts, spec.limit - out.facts.size());
    Parameters parameters;
    AddQuery(parameters, spec);
    parameters.Text("order", OrderName(spec.order)).Number("limit", left).Given("cursor", out.cursor);
    auto reply = Ask("query", parameters);
    if (!reply) return reply.error();
    auto page = ReadFacts(reply->body);
    if (!page) return page.error();
    out.damaged += page->damaged;
    out.withheld += page->withheld;
    out.cursor = std::move(page->cursor);
    out.facts.insert(out.facts.end(), page->facts.begin(), page->facts.end());
    if (out.cursor.empty() || (spec.limit != 0 && out.facts.size() >= spec.limit)) return out;
  }
}

Result<RunInfo> RemoteRepository::Run(std::string_view tenant, std::string_view run_id) {
  Parameters parameters;
  parameters.Given("tenant", tenant).Text("run", run_id);
  return AskFor<RunInfo>("run", parameters,
                         [&](const ObjectReader& root) { return ReadRun(root, std::string(tenant)); });
}

Result<std::vector<RunInfo>> RemoteRepository::Runs(const RunsSpec& spec) {
  Parameters parameters;
  parameters.Given("tenant", spec.tenant).Given("job", spec.job).Time("from", spec.from).Time("until", spec.until);
  if (spec.state) parameters.Text("state", RunStateName(*spec.state));
  parameters.Number("limit", spec.limit).Number("offset", spec.offset);
  return AskFor<std::vector<RunInfo>>("runs", parameters,
                                      [&](const ObjectReader& root) { return ReadRuns(root, spec.tenant); });
}

Result<FactList> RemoteRepository::RunRecords(std::string_view tenant, std::string_view run_id) {
  Parameters parameters;
  parameters.Given("tenant", tenant).Text("run", run_id);
  auto reply = Ask("run-records", parameters);
  if (!reply) return reply.error();
  auto facts = ReadFacts(reply->body);
  if (!facts) return facts.error();
  FactList out;
  Append(out, std::move(*facts));
  return out;
}

Result<EntityInfo> RemoteRepository::Entity(const NodeView& node) {
  Parameters parameters;
  parameters.Node("node", node).Given("tenant", node.tenant);
  return AskFor<EntityInfo>("entity", parameters,
                            [&](const ObjectReader& root) { return ReadEntity(root, std::string(node.tenant)); });
}

Result<std::vector<NodeKey>> RemoteRepository::FindNodes(std::string_view tenant, std::string_view text,
                                                         std::size_t limit) {
  Parameters parameters;
  parameters.Given("tenant", tenant).Given("q", text).Number("limit", limit);
  return AskFor<std::vector<NodeKey>>("nodes", parameters,
                                      [&](const ObjectReader& root) { return ReadNodes(root, std::string(tenant)); });
}

Result<TailPage> RemoteRepository::Tail(Seq from, std::size_t limit) {
  TailPage out;
  out.next = std::max(from, Seq{1});
  while (out.facts.size() < limit) {
    auto reply = Get(fmt::format("/api/v1/records/tail?form=logged&from_seq={}&limit={}", out.next.value,
                                 std::min(kPageFacts, limit - out.facts.size())),
                     options_.request_timeout);
    if (!reply) return reply.error();
    auto page = ReadFacts(reply->body);
    if (!page) return page.error();
    const bool is_end = page->next <= out.next;
    out.next = std::max(out.next, page->next);
    out.withheld += page->withheld;
    out.facts.insert(out.facts.end(), page->facts.begin(), page->facts.end());
    if (is_end || page->facts.empty()) break;
  }
  return out;
}

Status RemoteRepository::WaitFor(Seq last, std::chrono::milliseconds timeout) {
  // Longer waits are asked for anew: what stands between may close what is silent.
  constexpr std::chrono::milliseconds kWaitMax{20'000};
  const auto until = std::chrono::steady_clock::now() + timeout;
  const Seq from{last.value + 1};
  for (auto left = timeout;;
       left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now())) {
    const auto wait = std::clamp(left, std::chrono::milliseconds(0), kWaitMax);
    auto reply =
        Get(fmt::format("/api/v1/records/tail?form=logged&from_seq={}&limit=1&wait_ms={}", from.value, wait.count()),
            options_.request_timeout + wait);
    if (!reply) return reply.error();
    auto page = ReadFacts(reply->body);
    if (!page) return page.error();
    if (page->next > from) return Status::Ok();
    if (std::chrono::steady_clock::now() >= until) {
      return {StatusCode::kDeadlineExceeded, fmt::format("nothing new after record {}", last.value)};
    }
  }
}

}  // namespace cairn
