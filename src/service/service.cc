#include "service/service.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>

#include "base/nearest.h"
#include "schema/schema_gate.h"
#include "service/nodes.h"

namespace cairn {
namespace {

// What one page holds in memory.
constexpr std::size_t kPageFacts = 1000;
constexpr std::chrono::milliseconds kFollowWait{250};
constexpr std::size_t kRunsShown = 10;

}  // namespace

Result<Service> Service::Open(const std::string& store, const StoreOptions& options, std::string tenant,
                              const RemoteOptions& remote) {
  auto repository = OpenStore(store, options, remote);
  if (repository) return Service(std::move(*repository), std::move(tenant));
  const Status& error = repository.error();
  if (error.code() != StatusCode::kNotFound) return error;
  return Status(StatusCode::kNotFound,
                fmt::format("there is no store at \"{}\": name one with --store DIR or CAIRN_STORE, or make one with "
                            "`cairn ingest`",
                            store));
}

IngestReport Service::Ingest(Inputs inputs, const IngestOptions& options, const IngestProgress& progress) {
  return cairn::Ingest(*repository_, std::move(inputs), options, progress);
}

Result<Stored> Service::Emit(std::string_view json, std::string* warning) {
  const std::string_view jsons[] = {json};
  for (const SchemaGate::Finding& finding : SchemaGate(*repository_, {.takes_schemas = true}).Check(jsons)) {
    if (!finding.refused.ok()) return finding.refused;
    if (warning != nullptr) *warning = finding.warning;
  }
  return repository_->Store(json);
}

Result<Stored> Service::Emit(RecordDraft draft, const std::string& target, std::string* warning) {
  auto node = ParseNodeId(target, tenant_);
  if (!node) {
    node = Node(target);
    if (!node && node.error().code() == StatusCode::kNotFound) {
      return Status(StatusCode::kNotFound,
                    node.error().message() + "; a new node is given by its id, for example dataset:crm:public.orders");
    }
    if (!node) return node.error();
  }
  draft.target = std::move(*node);
  return Emit(draft.ToJson(), warning);
}

Result<NodeKey> Service::Node(const std::string& text, const std::string& type) {
  return ResolveNode(*repository_, {text, tenant_, type});
}

Status Service::NoSuchKind(const std::string& kind, const NodeKey& node, Status status) {
  auto entity = repository_->Entity(node);
  if (!entity) return status;
  const auto& kinds = entity->kinds;
  if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end()) return status;
  const std::string what = kinds.empty() ? "it has none" : fmt::format("it has: {}", fmt::join(kinds, ", "));
  const auto near = Nearest(kind, kinds, 1);
  return {StatusCode::kNotFound, fmt::format("{} has no fact of the kind \"{}\"; {}{}", NodeId(node), kind,
                                             near.empty() ? "" : fmt::format("did you mean {}? ", near.front()), what)};
}

Result<NodeAnswer<Fact>> Service::Latest(const std::string& kind, const std::string& node) {
  // By its id it needs no looking for.
  if (auto id = ParseNodeId(node, tenant_)) {
    auto fact = repository_->Latest(kind, *id);
    if (fact) return NodeAnswer<Fact>{std::move(*id), std::move(*fact)};
  }
  auto key = Node(node);
  if (!key) return key.error();
  auto fact = repository_->Latest(kind, *key);
  if (fact) return NodeAnswer<Fact>{std::move(*key), std::move(*fact)};
  if (fact.error().code() == StatusCode::kNotFound) return NoSuchKind(kind, *key, fact.error());
  return fact.error();
}

Result<NodeAnswer<FactList>> Service::History(const std::string& kind, const std::string& node,
                                              const HistorySpec& spec) {
  if (auto id = ParseNodeId(node, tenant_)) {
    auto facts = repository_->History(kind, *id, spec);
    if (facts && !facts->empty()) return NodeAnswer<FactList>{std::move(*id), std::move(*facts)};
  }
  auto key = Node(node);
  if (!key) return key.error();
  auto facts = repository_->History(kind, *key, spec);
  if (!facts) return facts.error();
  if (facts->empty() && facts->damaged != 0) {
    return Status(StatusCode::kDataLoss,
                  fmt::format("all {} facts of the kind \"{}\" of {} are damaged", facts->damaged, kind, NodeId(*key)));
  }
  if (facts->empty()) {
    return NoSuchKind(
        kind, *key,
        {StatusCode::kNotFound, fmt::format("{} has no fact of the kind \"{}\" in that time", NodeId(*key), kind)});
  }
  return NodeAnswer<FactList>{std::move(*key), std::move(*facts)};
}

Result<EntityInfo> Service::Entity(const std::string& node) {
  auto key = Node(node);
  if (!key) return key.error();
  return repository_->Entity(*key);
}

Result<Service::QueryEnd> Service::Query(QuerySpec spec, const FactSink& sink) {
  spec.tenant = tenant_;
  const std::size_t limit = spec.limit;
  std::size_t given = 0;
  QueryEnd end;
  while (true) {
    spec.limit = limit == 0 ? kPageFacts : std::min(kPageFacts, limit - given);
    auto page = repository_->Query(spec);
    if (!page) return page.error();
    end.damaged += page->damaged;
    end.withheld += page->withheld;
    for (const Fact& fact : page->facts) {
      if (!sink(fact)) return end;
    }
    given += page->facts.size();
    if (page->cursor.empty() || (limit != 0 && given >= limit)) {
      end.cursor = std::move(page->cursor);
      return end;
    }
    spec.cursor = std::move(page->cursor);
  }
}

Result<AggregateResult> Service::Aggregate(AggregateSpec spec) {
  spec.where.tenant = tenant_;
  return repository_->Aggregate(spec);
}

Result<std::vector<RunInfo>> Service::Runs(RunsSpec spec) {
  spec.tenant = tenant_;
  return repository_->Runs(spec);
}

Result<RunInfo> Service::Run(const std::string& run_id) {
  auto run = repository_->Run(tenant_, run_id);
  if (run || run.error().code() != StatusCode::kNotFound || run_id.empty()) return run;
  RunsSpec all;
  all.tenant = tenant_;
  all.limit = 0;
  auto runs = repository_->Runs(all);
  if (!runs) return runs.error();
  std::vector<RunInfo> found;
  for (RunInfo& info : *runs) {
    if (info.run_id.starts_with(run_id)) found.push_back(std::move(info));
  }
  if (found.empty()) return run;
  if (found.size() == 1) return std::move(found.front());
  std::string message = fmt::format("\"{}\" begins the ids of {} runs; give more of it:", run_id, found.size());
  for (std::size_t i = 0; i < std::min(found.size(), kRunsShown); ++i) message += "\n  " + found[i].run_id;
  return Status(StatusCode::kInvalidArgument, std::move(message));
}

Result<FactList> Service::RunRecords(const std::string& run_id) { return repository_->RunRecords(tenant_, run_id); }

Result<Fact> Service::Record(Seq seq) {
  auto page = repository_->Tail(seq, 1);
  if (!page) return page.error();
  if (!page->facts.empty() && page->facts.front().seq() == seq) return std::move(page->facts.front());
  return Status(StatusCode::kNotFound, fmt::format("there is no record with the sequence number {}", seq.value));
}

Status Service::Tail(Seq from, std::size_t limit, bool follow, const std::atomic<bool>& stop, const FactSink& sink) {
  std::size_t given = 0;
  Seq next = std::max(from, Seq{1});
  while (!stop) {
    auto page = repository_->Tail(next, limit == 0 ? kPageFacts : std::min(kPageFacts, limit - given));
    if (!page) return page.error();
    for (const Fact& fact : page->facts) {
      if (stop || !sink(fact)) return Status::Ok();
    }
    given += page->facts.size();
    const bool is_further = page->next > next;
    next = std::max(next, page->next);
    if (limit != 0 && given >= limit) return Status::Ok();
    if (is_further) continue;
    if (!follow) return Status::Ok();
    const Status waited = repository_->WaitFor(Seq{next.value - 1}, kFollowWait);
    if (!waited.ok() && waited.code() != StatusCode::kDeadlineExceeded) return waited;
  }
  return Status::Ok();
}

Result<std::vector<NodeKey>> Service::FindNodes(const std::string& text, std::size_t limit) {
  return repository_->FindNodes(tenant_, text, limit);
}

}  // namespace cairn
