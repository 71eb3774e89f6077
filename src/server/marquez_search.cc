#include <fmt/format.h>

#include <algorithm>

#include "base/json_fields.h"
#include "record/openlineage_json.h"
#include "server/marquez_node_id.h"
#include "server/marquez_routes.h"

namespace cairn {
namespace {

using Json = Result<std::string>;

// Matches of each type that are put in order.
constexpr std::size_t kMatchesMax = 20'000;

// The pieces of a pattern in which % stands for anything: a name has them one behind the other.
std::vector<std::string> PiecesOf(std::string_view pattern) {
  std::vector<std::string> out;
  while (!pattern.empty()) {
    const std::size_t end = std::min(pattern.find('%'), pattern.size());
    if (end != 0) out.emplace_back(pattern.substr(0, end));
    pattern.remove_prefix(std::min(end + 1, pattern.size()));
  }
  return out;
}

bool HasPieces(std::string_view name, const std::vector<std::string>& pieces) {
  auto at = name.begin();
  for (const std::string& piece : pieces) {
    const auto found = std::search(at, name.end(), piece.begin(), piece.end(), [](char a, char b) {
      return SameWord(std::string_view(&a, 1), std::string_view(&b, 1));
    });
    if (found == name.end()) return false;
    at = found + static_cast<std::ptrdiff_t>(piece.size());
  }
  return true;
}

ServerResponse Search(Exchange& exchange) {
  std::string text;
  std::string filter;
  std::string sort = "name";
  std::string ns;
  std::uint64_t limit = 10;
  ParameterReader parameters(exchange.query());
  parameters.Required("q", text).Text("filter", filter).Text("sort", sort).Text("namespace", ns);
  if (Status status = parameters.Number("limit", MarquezPage::kMost, limit).FinishLeniently(); !status.ok()) {
    return MarquezFailure(status);
  }
  const bool any = filter.empty() || SameWord(filter, "ALL");
  if (!any && !SameWord(filter, "JOB") && !SameWord(filter, "DATASET")) {
    return MarquezFailure(
        {StatusCode::kInvalidArgument, fmt::format("parameter filter: \"{}\" is none of job, dataset", filter)});
  }
  return MarquezElsewhere(exchange, [&](const MarquezAsk& ask) -> Json {
    const std::vector<std::string> pieces = PiecesOf(text);
    EntitiesSpec spec;
    spec.tenant = ask.tenant;
    if (!ns.empty()) spec.ns = ns;
    for (const std::string& piece : pieces) {
      if (piece.size() > spec.text.size()) spec.text = piece;
    }
    spec.limit = kMatchesMax;
    std::vector<EntityInfo> found;
    std::uint64_t total = 0;
    bool is_partial = false;
    for (const std::string_view type : {kTypeJob, kTypeDataset}) {
      if (!any && !SameWord(filter, type)) continue;
      spec.type = type;
      auto page = ask.repository.Entities(spec);
      if (!page) return page.error();
      total += page->total;
      is_partial = is_partial || page->total > page->entities.size();
      for (EntityInfo& entity : page->entities) {
        if (HasPieces(entity.node.name, pieces)) {
          found.push_back(std::move(entity));
        } else {
          --total;
        }
      }
    }
    const bool by_name = SameWord(sort, "NAME");
    std::sort(found.begin(), found.end(), [&](const EntityInfo& a, const EntityInfo& b) {
      if (!by_name && a.last_seen != b.last_seen) return a.last_seen > b.last_seen;
      return std::tie(a.node.name, a.node.ns, a.node.type) < std::tie(b.node.name, b.node.ns, b.node.type);
    });
    JsonElements list;
    for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), limit); ++i) {
      const NodeKey& node = found[i].node;
      JsonFields fields;
      fields.Text("type", node.type == kTypeJob ? "JOB" : "DATASET").Text("name", node.name);
      fields.Time("updatedAt", found[i].last_seen).Text("namespace", node.ns);
      list.Raw(fields.Text("nodeId", MarquezNodeId(node)).Done());
    }
    return JsonFields().Number("totalCount", total).Raw("results", list.Done()).Flag("partial", is_partial).Done();
  });
}

}  // namespace

void AddMarquezSearch(Router& router) {
  // The web page asks with a slash at the end.
  router.Add({"GET", "/api/v1/search", Search});
  router.Add({"GET", "/api/v1/search/", Search});
}

}  // namespace cairn
