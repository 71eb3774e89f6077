#include "server/marquez_node_id.h"

#include <fmt/format.h>

#include <optional>

#include "base/uuid.h"

namespace cairn {
namespace {

constexpr std::string_view kFieldPrefix = "datasetField";
// More colons than this are not tried: a name has a handful.
constexpr std::size_t kColonsMax = 64;

std::vector<std::size_t> Colons(std::string_view text) {
  std::vector<std::size_t> out;
  for (std::size_t at = text.find(':'); at != std::string_view::npos && out.size() < kColonsMax;
       at = text.find(':', at + 1)) {
    out.push_back(at);
  }
  return out;
}

bool IsKnown(const MarquezAsk& ask, const NodeKey& node) { return ask.repository.Entity(node).has_value(); }

std::optional<NodeKey> Find(const MarquezAsk& ask, std::string_view type, std::string_view rest) {
  const std::vector<std::size_t> colons = Colons(rest);
  for (std::size_t i = 0; i < colons.size(); ++i) {
    const std::string ns(rest.substr(0, colons[i]));
    const std::string_view behind = rest.substr(colons[i] + 1);
    if (type != kFieldPrefix) {
      NodeKey node{ask.tenant, std::string(type), ns, std::string(behind), ""};
      if (!behind.empty() && IsKnown(ask, node)) return node;
      continue;
    }
    for (std::size_t j = i + 1; j < colons.size(); ++j) {
      NodeKey node{ask.tenant, std::string(kTypeField), ns,
                   std::string(rest.substr(colons[i] + 1, colons[j] - colons[i] - 1)),
                   std::string(rest.substr(colons[j] + 1))};
      if (!node.name.empty() && !node.part.empty() && IsKnown(ask, node)) return node;
    }
  }
  return std::nullopt;
}

Status NoId(const std::string& id) {
  return {StatusCode::kInvalidArgument,
          fmt::format("nodeId \"{}\" is no id of a node; ids are dataset:NAMESPACE:NAME, job:NAMESPACE:NAME, "
                      "datasetField:NAMESPACE:NAME:FIELD and run:ID",
                      id)};
}

}  // namespace

std::string MarquezNodeId(const NodeView& node) {
  if (node.type == kTypeRun) return fmt::format("run:{}", node.name);
  if (node.type == kTypeField) return fmt::format("{}:{}:{}:{}", kFieldPrefix, node.ns, node.name, node.part);
  return fmt::format("{}:{}:{}", node.type, node.ns, node.name);
}

Result<NodeKey> ResolveMarquezId(const MarquezAsk& ask, const std::string& id) {
  const std::size_t first = id.find(':');
  if (first == std::string::npos) return NoId(id);
  const std::string type = id.substr(0, first);
  const std::string rest = id.substr(first + 1);
  if (type == kTypeRun) {
    const std::string run = rest.starts_with(':') ? rest.substr(1) : rest;
    if (ask.repository.Run(ask.tenant, run)) return NodeKey{ask.tenant, type, "", run, ""};
    return Status(StatusCode::kNotFound, fmt::format("there is no run \"{}\"", run));
  }
  if (type != kTypeDataset && type != kTypeJob && type != kFieldPrefix && type != kTypeFile && type != kTypeField) {
    return NoId(id);
  }
  if (rest.find(':') == std::string::npos) return NoId(id);
  if (auto node = Find(ask, type, rest)) return std::move(*node);
  const std::size_t hash = rest.rfind('#');
  if (hash != std::string::npos && IsUuid(std::string_view(rest).substr(hash + 1))) {
    if (auto node = Find(ask, type, rest.substr(0, hash))) return std::move(*node);
  }
  if (auto own = ParseNodeId(id, ask.tenant); own && IsKnown(ask, *own)) return own;
  return Status(StatusCode::kNotFound,
                fmt::format("there is no node \"{}\"; GET /api/v1/search?q=TEXT finds some", id));
}

}  // namespace cairn
