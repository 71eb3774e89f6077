// Lineage as `cairn::Repository` answers it.
#include <limits>

#include "server/api.h"
#include "server/store_question.h"
#include "service/lineage_json.h"
#include "service/repository_json.h"

namespace cairn {
namespace {

constexpr std::uint64_t kNumberMax = std::numeric_limits<std::uint32_t>::max();
constexpr std::uint64_t kLimitMax = std::numeric_limits<std::int64_t>::max();

ServerResponse Json(std::string body) {
  ServerResponse response;
  response.body = std::move(body);
  return response;
}

/// A question about one node or more, with what narrows it.
struct LineageAsked {
  std::vector<std::string> ids;
  std::vector<NodeKey> nodes;
  LineageFilter filter;
  std::uint64_t depth = 0;

  /// Reads all that is left.
  Status Finish(StoreQuestion& asked, ParameterReader& reader, bool must = false) {
    std::size_t level = 0;
    LineageTime& time = filter.time;
    reader.Texts("node", ids);
    if (must) reader.Must();
    reader.Number("depth", kNumberMax, depth);
    reader.Choice("level", {"auto", "things", "runs", "fields"}, level).Texts("edge", filter.edge_types);
    reader.Texts("exclude", filter.exclude).Time("as_of", time.as_of).Time("from", time.from);
    reader.Time("until", time.until).Time("known_at", time.known_at);
    if (Status status = asked.Finish(reader); !status.ok()) return status;
    filter.level = static_cast<LineageLevel>(level);
    auto keys = asked.Nodes(ids);
    if (!keys) return keys.error();
    nodes = std::move(*keys);
    return Status::Ok();
  }
  /// As `Finish`, with `least` nodes.
  Status FinishWith(std::size_t least, StoreQuestion& asked, ParameterReader& reader) {
    Status status = Finish(asked, reader, true);
    if (!status.ok() || nodes.size() >= least) return status;
    return {StatusCode::kInvalidArgument, "parameter node is given twice: from, to"};
  }
  [[nodiscard]] std::uint32_t hops() const { return static_cast<std::uint32_t>(depth); }
};

Result<LineageSpec> SpecOf(StoreQuestion& asked) {
  LineageAsked question;
  LineageSpec spec;
  std::size_t direction = 0;
  std::size_t unit = 0;
  std::uint64_t nodes_max = spec.nodes_max;
  question.depth = spec.depth;
  ParameterReader reader = asked.Reader();
  reader.Choice("direction", {"upstream", "downstream", "both"}, direction).Choice("unit", {"edge", "dataset"}, unit);
  reader.Texts("only", spec.only).Number("nodes", kNumberMax, nodes_max);
  if (Status status = question.FinishWith(1, asked, reader); !status.ok()) return status;
  spec.node = question.nodes.front();
  spec.others.assign(question.nodes.begin() + 1, question.nodes.end());
  spec.direction = static_cast<Direction>(direction);
  spec.depth = question.hops();
  spec.unit = static_cast<HopUnit>(unit);
  spec.filter = std::move(question.filter);
  spec.nodes_max = static_cast<std::uint32_t>(nodes_max);
  return spec;
}

ServerResponse Lineage(Exchange& exchange, StoreQuestion& asked) {
  auto spec = SpecOf(asked);
  if (!spec) return HttpFailure(spec.error());
  return exchange.Elsewhere([&] {
    auto graph = asked.repository().Lineage(*spec);
    return graph ? Json(LineageGraphJson(*graph)) : HttpFailure(graph.error());
  });
}

ServerResponse Impact(Exchange& exchange, StoreQuestion& asked) {
  auto spec = SpecOf(asked);
  if (!spec) return HttpFailure(spec.error());
  return exchange.Elsewhere([&] {
    auto impact = asked.repository().Impact(*spec);
    return impact ? Json(LineageImpactJson(*impact)) : HttpFailure(impact.error());
  });
}

ServerResponse Paths(Exchange& exchange, StoreQuestion& asked) {
  LineageAsked question;
  LineagePathsSpec spec;
  question.depth = spec.depth;
  ParameterReader reader = asked.Reader();
  reader.Flag("shortest", spec.shortest_only).Number("limit", kLimitMax, spec.limit);
  if (Status status = question.FinishWith(2, asked, reader); !status.ok()) return HttpFailure(status);
  spec.from = question.nodes[0];
  spec.to = question.nodes[1];
  spec.depth = question.hops();
  spec.filter = std::move(question.filter);
  return exchange.Elsewhere([&] {
    auto paths = asked.repository().Paths(spec);
    return paths ? Json(WholePathsJson(*paths)) : HttpFailure(paths.error());
  });
}

ServerResponse Shared(Exchange& exchange, StoreQuestion& asked) {
  LineageAsked question;
  LineageSharedSpec spec;
  ParameterReader reader = asked.Reader();
  reader.Number("limit", kLimitMax, spec.limit);
  if (Status status = question.Finish(asked, reader); !status.ok()) return HttpFailure(status);
  spec.nodes = std::move(question.nodes);
  spec.filter = std::move(question.filter);
  return exchange.Elsewhere([&] {
    auto shared = asked.repository().Shared(spec);
    return shared ? Json(LineageSharedJson(*shared)) : HttpFailure(shared.error());
  });
}

ServerResponse Difference(Exchange& exchange, StoreQuestion& asked) {
  LineageAsked question;
  LineageDiffSpec spec;
  std::optional<Timestamp> before;
  std::optional<Timestamp> after;
  std::size_t direction = static_cast<std::size_t>(spec.direction);
  std::uint64_t limit = spec.limit;
  question.depth = spec.depth;
  ParameterReader reader = asked.Reader();
  reader.Time("before", before).Must().Time("after", after).Must().Number("limit", kNumberMax, limit);
  reader.Choice("direction", {"upstream", "downstream", "both"}, direction);
  if (Status status = question.Finish(asked, reader); !status.ok()) return HttpFailure(status);
  if (!question.nodes.empty()) spec.node = question.nodes.front();
  spec.direction = static_cast<Direction>(direction);
  spec.depth = question.hops();
  spec.filter = std::move(question.filter);
  spec.tenant = asked.tenant();
  spec.before = *before;
  spec.after = *after;
  spec.limit = static_cast<std::uint32_t>(limit);
  return exchange.Elsewhere([&] {
    auto diff = asked.repository().Difference(spec);
    return diff ? Json(LineageDiffJson(*diff)) : HttpFailure(diff.error());
  });
}

ServerResponse Why(Exchange& exchange, StoreQuestion& asked) {
  std::vector<std::string> ids;
  LineageWhySpec spec;
  ParameterReader reader = asked.Reader();
  reader.Texts("node", ids).Must().Text("edge", spec.type).Number("limit", kLimitMax, spec.limit);
  if (Status status = asked.Finish(reader); !status.ok()) return HttpFailure(status);
  auto nodes = asked.Nodes(ids);
  if (!nodes) return HttpFailure(nodes.error());
  if (nodes->size() != 2) return HttpFailure({StatusCode::kInvalidArgument, "parameter node is given twice: from, to"});
  spec.from = nodes->front();
  spec.to = nodes->back();
  return exchange.Elsewhere([&] {
    auto why = asked.repository().Why(spec);
    return why ? Json(WholeWhyJson(*why)) : HttpFailure(why.error());
  });
}

ServerResponse Inherit(Exchange& exchange, StoreQuestion& asked) {
  LineageAsked question;
  LineageInheritSpec spec;
  question.depth = spec.depth;
  ParameterReader reader = asked.Reader();
  reader.Texts("rule", spec.rules);
  if (Status status = question.FinishWith(1, asked, reader); !status.ok()) return HttpFailure(status);
  spec.node = question.nodes.front();
  spec.depth = question.hops();
  spec.filter = std::move(question.filter);
  return exchange.Elsewhere([&] {
    auto answer = asked.repository().Inherit(spec);
    return answer ? Json(WholeInheritedJson(spec.node, *answer)) : HttpFailure(answer.error());
  });
}

}  // namespace

void Api::AddRepositoryLineage() {
  AddQuestion("lineage", Lineage);
  AddQuestion("impact", Impact);
  AddQuestion("paths", Paths);
  AddQuestion("shared", Shared);
  AddQuestion("diff", Difference);
  AddQuestion("why", Why);
  AddQuestion("inherit", Inherit);
}

}  // namespace cairn
