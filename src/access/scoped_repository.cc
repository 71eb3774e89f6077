#include "access/scoped_repository.h"

#include <fmt/format.h>

#include <algorithm>

#include "access/admission.h"
#include "base/json.h"

namespace cairn {
namespace {

constexpr std::size_t kPageFacts = 1000;

}  // namespace

ScopedRepository::ScopedRepository(std::shared_ptr<Repository> whole, Grant grant)
    : whole_(std::move(whole)),
      grant_(std::make_shared<const Grant>(std::move(grant))),
      sees_(std::make_shared<const GrantVisibility>(*grant_)) {}

bool ScopedRepository::Sees(const NodeView& node) {
  if (node.type != kTypeRun || !node.ns.empty()) return sees_->Sees(node);
  if (node.tenant != grant_->tenant) return false;
  if (grant_->namespaces.empty()) return true;
  const auto run = whole_->Run(node.tenant, node.name);
  return run && sees_->Sees(run->job);
}

Status ScopedRepository::MustSee(const NodeView& node) {
  return Sees(node) ? Status::Ok() : Status(StatusCode::kNotFound, fmt::format("no node {}", NodeId(node)));
}

Status ScopedRepository::MustSeeEach(const std::vector<NodeKey>& nodes) {
  for (const NodeKey& node : nodes) {
    if (Status status = MustSee(node); !status.ok()) return status;
  }
  return Status::Ok();
}

Status ScopedRepository::MustRule() const {
  if (grant_->is_of_all() && grant_->Has(AccessScope::kAdmin)) return Status::Ok();
  return {StatusCode::kPermissionDenied,
          "this concerns the whole store: it needs a token of the scope admin that is not "
          "narrowed to a tenant, namespaces or kinds"};
}

Result<Stored> ScopedRepository::Store(std::string_view json) {
  Admission admission(grant_, *whole_);
  auto admitted = admission.Admit(json);
  if (!admitted) return admitted.error();
  return whole_->Store(*admitted);
}

std::vector<Result<Stored>> ScopedRepository::BulkStore(std::span<const std::string_view> jsons) {
  Admission admission(grant_, *whole_);
  AdmittedBatch batch = AdmitAll(admission, jsons);
  auto stored = whole_->BulkStore(batch.admitted);
  batch.Fill(stored);
  return std::move(batch.results);
}

std::optional<Fact> ScopedRepository::Shown(const Fact& fact) {
  if (is_whole()) return fact;
  const auto details = fact.Parse();
  if (!details || !Sees(details->node) || !sees_->SeesKind(details->kind)) return std::nullopt;
  const bool is_facet = fact.facet() != Fact::kWholeRecord;
  if (!sees_->SeesAllOf(is_facet ? std::string_view(details->payload) : fact.record())) return std::nullopt;
  return is_facet ? Alone(fact) : fact;
}

std::optional<Fact> ScopedRepository::Alone(const Fact& facet) {
  auto details = facet.Parse();
  if (!details) return std::nullopt;
  RecordDraft draft;
  draft.kind = std::move(details->kind);
  draft.target = std::move(details->node);
  draft.produced_at = facet.produced_at();
  draft.producer_id = std::move(details->producer_id);
  draft.payload = std::move(details->payload);
  draft.extras = fmt::format("{{\"{}\":{}}}", kExtraFacet, JsonString(details->facet));
  if (details->job.name.empty() || Sees(details->job)) {
    draft.run_id = std::move(details->run_id);
    draft.job_id = std::move(details->job.name);
    draft.context_namespace = std::move(details->job.ns);
  }
  const auto line = std::make_shared<const std::string>(
      fmt::format(R"({{"seq":{},"ingested_at":"{}","record":{}}})", facet.seq().value,
                  FormatTimestampFixed(facet.ingested_at()), draft.ToJson()));
  return Fact(facet.seq(), facet.produced_at(), *line, Fact::kWholeRecord, line);
}

FactList ScopedRepository::ShownOf(FactList facts) {
  if (is_whole()) return facts;
  FactList out;
  out.damaged = facts.damaged;
  for (const Fact& fact : facts) {
    if (auto shown = Shown(fact))
      out.push_back(std::move(*shown));
    else
      ++out.withheld;
  }
  return out;
}

Result<Fact> ScopedRepository::Latest(std::string_view kind, const NodeView& node) {
  if (Status status = MustSee(node); !status.ok()) return status;
  if (!sees_->SeesKind(kind)) return Status(StatusCode::kNotFound, fmt::format("no {} of {}", kind, NodeId(node)));
  auto fact = whole_->Latest(kind, node);
  if (!fact || is_whole()) return fact;
  if (auto shown = Shown(*fact)) return std::move(*shown);
  return Status(StatusCode::kPermissionDenied,
                fmt::format("the newest fact of the kind \"{}\" of {} is withheld: it names what the token may not see",
                            kind, NodeId(node)));
}

Result<FactList> ScopedRepository::History(std::string_view kind, const NodeView& node, const HistorySpec& spec) {
  if (!Sees(node) || !sees_->SeesKind(kind)) return FactList{};
  if (is_whole()) return whole_->History(kind, node, spec);
  // As many as are asked for of those that may be seen.
  HistorySpec all = spec;
  all.limit = 0;
  auto facts = whole_->History(kind, node, all);
  if (!facts) return facts;
  FactList shown = ShownOf(std::move(*facts));
  if (spec.limit != 0 && shown.size() > spec.limit) shown.resize(spec.limit);
  return shown;
}

Result<QueryPage> ScopedRepository::Query(const QuerySpec& spec) {
  QuerySpec own = spec;
  own.tenant = grant_->tenant;
  if (is_whole()) return whole_->Query(own);
  own.sees = sees_;
  auto page = whole_->Query(own);
  if (!page) return page;
  for (auto fact = page->facts.begin(); fact != page->facts.end();) {
    auto alone = fact->facet() == Fact::kWholeRecord ? std::optional(*fact) : Alone(*fact);
    if (alone) {
      *fact++ = std::move(*alone);
    } else {
      fact = page->facts.erase(fact);
      ++page->damaged;
    }
  }
  return page;
}

Result<AggregateResult> ScopedRepository::Aggregate(const AggregateSpec& spec) {
  AggregateSpec own = spec;
  own.where.tenant = grant_->tenant;
  if (!is_whole()) own.where.sees = sees_;
  return whole_->Aggregate(own);
}

Result<RunInfo> ScopedRepository::Run(std::string_view tenant, std::string_view run_id) {
  if (tenant == grant_->tenant) {
    auto run = whole_->Run(tenant, run_id);
    if (!run || grant_->namespaces.empty()) return run;
    if (sees_->Sees(run->job)) return Narrowed(std::move(*run));
  }
  return Status(StatusCode::kNotFound, fmt::format("no run \"{}\"", run_id));
}

RunInfo ScopedRepository::Narrowed(RunInfo run) {
  if (run.parent_run_id.empty()) return run;
  const auto parent = whole_->Run(run.tenant, run.parent_run_id);
  if (parent && !sees_->Sees(parent->job)) run.parent_run_id.clear();
  return run;
}

Result<std::vector<RunInfo>> ScopedRepository::Runs(const RunsSpec& spec) {
  RunsSpec own = spec;
  own.tenant = grant_->tenant;
  if (grant_->namespaces.empty()) return whole_->Runs(own);
  own.sees = sees_;
  auto runs = whole_->Runs(own);
  if (!runs) return runs;
  for (RunInfo& run : *runs) run = Narrowed(std::move(run));
  return runs;
}

Result<FactList> ScopedRepository::RunRecords(std::string_view tenant, std::string_view run_id) {
  auto run = Run(tenant, run_id);
  if (!run) return run.error();
  auto facts = whole_->RunRecords(tenant, run_id);
  if (!facts) return facts;
  return ShownOf(std::move(*facts));
}

Result<TailPage> ScopedRepository::Tail(Seq from, std::size_t limit) {
  auto page = whole_->Tail(from, limit == 0 ? kPageFacts : std::min(kPageFacts, limit));
  if (!page) return page;
  std::vector<Fact> facts;
  for (const Fact& fact : page->facts) {
    const auto details = fact.Parse();
    if (!details || details->node.tenant != grant_->tenant) continue;
    if (auto shown = Shown(fact))
      facts.push_back(std::move(*shown));
    else
      ++page->withheld;
  }
  page->facts = std::move(facts);
  return page;
}

Status ScopedRepository::WaitFor(Seq last, std::chrono::milliseconds timeout) { return whole_->WaitFor(last, timeout); }

Result<RepositoryStats> ScopedRepository::Stats() {
  if (Status status = MustRule(); !status.ok()) return status;
  return whole_->Stats();
}

Result<VerifyReport> ScopedRepository::Verify() {
  if (Status status = MustRule(); !status.ok()) return status;
  return whole_->Verify();
}

Status ScopedRepository::Rebuild() {
  Status status = MustRule();
  return status.ok() ? whole_->Rebuild() : status;
}

Status ScopedRepository::Seal() {
  Status status = MustRule();
  return status.ok() ? whole_->Seal() : status;
}

Status ScopedRepository::Dump(std::ostream& out) {
  Status status = MustRule();
  return status.ok() ? whole_->Dump(out) : status;
}

}  // namespace cairn
