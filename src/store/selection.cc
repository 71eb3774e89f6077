#include "store/selection.h"

#include <algorithm>

#include "base/json.h"
#include "log/line.h"
#include "query/glob.h"
#include "record/facet_at.h"
#include "record/facet_map.h"
#include "record/openlineage_wrap.h"

namespace cairn {
namespace {

// The filter that holds for the records of a job, given by its name or its node id.
Result<std::string> JobFilter(const std::string& job) {
  if (!job.starts_with("job:")) return "context.job_id = " + JsonString(job);
  auto node = ParseNodeId(job);
  if (!node) return node.error();
  const std::string name = "context.job_id = " + JsonString(node->name);
  if (node->ns.empty()) return name + " and not exists context.namespace";
  return name + " and context.namespace = " + JsonString(node->ns);
}

}  // namespace

Result<Selection> Selection::Create(const QuerySpec& spec) {
  Selection out;
  out.tenant_ = spec.tenant;
  out.sees_ = spec.sees;
  for (const std::string& kind : spec.kinds) {
    out.kinds_.emplace_back(PlatformKind(kind));
  }
  out.facets_ = !spec.kinds.empty();
  out.target_ = spec.target;
  out.target_.node.tenant = spec.tenant;
  out.from_ = spec.from ? spec.from->ns : Timestamp::Min().ns;
  out.until_ = spec.until ? spec.until->ns : Timestamp::Max().ns;
  std::vector<std::string> texts{spec.filter};
  if (!spec.producer_id.empty()) texts.push_back("producer_id = " + JsonString(spec.producer_id));
  if (!spec.job.empty()) {
    auto job = JobFilter(spec.job);
    if (!job) return job.error();
    texts.push_back(std::move(*job));
  }
  for (const std::string& text : texts) {
    if (text.empty()) continue;
    auto filter = Filter::Parse(text);
    if (!filter) return filter.error();
    out.filters_.push_back(std::move(*filter));
  }
  return out;
}

bool Selection::MatchesNode(const NodeView& node) const {
  if (node.tenant != tenant_ || (sees_ != nullptr && !sees_->Sees(node))) return false;
  switch (target_.mode) {
    case TargetMatch::Mode::kAny:
      return true;
    case TargetMatch::Mode::kExact:
      return node == NodeView(target_.node);
    case TargetMatch::Mode::kPrefix:
      return NodeId(node).starts_with(target_.text);
    case TargetMatch::Mode::kGlob:
      return GlobMatch(target_.text, NodeId(node));
  }
  return false;
}

std::vector<std::uint32_t> Selection::SeriesOf(const Views& views) const {
  struct NoPause final : Pause {
    bool Tick() override { return true; }
    void Release() override {}
    bool Again() override { return true; }
  } none;
  std::vector<std::uint32_t> out;
  SeriesOf(views, none, &out);
  return out;
}

bool Selection::SeriesOf(const Views& views, Pause& pause, std::vector<std::uint32_t>* out) const {
  constexpr std::uint32_t kRowsPerTick = 256;
  std::vector<bool> kinds(views.texts().size(), kinds_.empty());
  for (const std::string& kind : kinds_) {
    const std::uint32_t number = views.texts().Find(kind);
    if (number != NumberSet::kNone) kinds[number] = true;
  }
  std::vector<signed char> seen(sees_ == nullptr ? 0 : kinds.size(), -1);  // Kinds: unknown yet, no, yes.
  const auto sees_kind = [&](std::uint32_t kind) {
    if (sees_ == nullptr) return true;
    if (seen[kind] < 0) seen[kind] = sees_->SeesKind(views.texts().at(kind)) ? 1 : 0;
    return seen[kind] == 1;
  };
  const auto wanted = [&](const Series& series) {
    return kinds[series.kind] && (facets_ || series.records != 0) && sees_kind(series.kind);
  };
  if (target_.mode == TargetMatch::Mode::kExact) {
    const std::uint32_t number = views.nodes().Find(target_.node);
    const bool is_seen = number != NumberSet::kNone && (sees_ == nullptr || sees_->Sees(target_.node));
    const NodeFold* fold = is_seen ? views.node(number) : nullptr;
    for (std::uint32_t at = fold == nullptr ? NumberSet::kNone : fold->first_series; at != NumberSet::kNone;) {
      if (wanted(views.series().at(at))) out->push_back(at);
      at = views.series().at(at).next_of_node;
    }
    return true;
  }
  std::vector<signed char> nodes(views.nodes().size(), -1);  // Unknown yet, no, yes.
  const std::uint32_t count = views.series().size();
  for (std::uint32_t i = 0; i < count; ++i) {
    if (i % kRowsPerTick == 0 && !pause.Tick()) return false;
    const Series& series = views.series().at(i);
    if (!wanted(series)) continue;
    signed char& known = nodes[series.node];
    if (known < 0) known = MatchesNode(views.nodes().at(series.node)) ? 1 : 0;
    if (known == 1) out->push_back(i);
  }
  return true;
}

bool Selection::Matches(const Document& document, PathScratch& scratch) const {
  return std::all_of(filters_.begin(), filters_.end(),
                     [&](const Filter& filter) { return filter.Matches(document, scratch); });
}

bool Selection::Shows(const Document& document) const {
  return sees_ == nullptr || sees_->SeesAllOf(document.facet ? document.payload : document.record);
}

Result<Document> DocumentOf(Seq seq, std::string_view line, std::uint32_t facet, std::string_view kind) {
  Document out;
  const std::size_t offset = RecordOffset(seq);
  out.record = line.size() > offset ? line.substr(offset, line.size() - offset - 1) : std::string_view();
  out.kind = kind;
  if (facet == Fact::kWholeRecord) return out;
  const auto payload = FacetAt(WrappedEvent(out.record), FacetOrdinal(facet), nullptr);
  if (!payload) return payload.error();
  out.payload = *payload;
  out.facet = true;
  return out;
}

}  // namespace cairn
