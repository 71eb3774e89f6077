#include "service/nodes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "base/nearest.h"
#include "extract/text.h"

namespace cairn {
namespace {

constexpr std::size_t kCandidatesShown = 10;
constexpr std::size_t kIdBytesShown = 200;
constexpr std::size_t kNearestShown = 3;
// More nodes than this are not looked through; so many are ambiguous anyway.
constexpr std::size_t kNodesMax = 10'000;

// As a part of an id spells text without a colon.
std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%') {
      out += "%25";
    } else {
      out += c;
    }
  }
  return out;
}

// As Marquez and others spell it: nothing escaped.
std::string PlainId(const NodeKey& key) {
  std::string out = key.type + ":" + key.ns + ":" + key.name;
  if (!key.part.empty()) out += ":" + key.part;
  return out;
}

bool HasWholeName(const NodeKey& key, std::string_view text) {
  if (PlainId(key) == text) return true;
  if (key.part.empty()) return key.name == text || key.ns + ":" + key.name == text;
  return key.part == text || key.name + ":" + key.part == text;
}

std::vector<NodeKey> Only(const std::vector<NodeKey>& nodes, const auto& keep) {
  std::vector<NodeKey> out;
  std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(out), keep);
  return out;
}

// The file among nodes of which all others are in it: its tables, its members.
std::optional<NodeKey> FileAround(const std::vector<NodeKey>& nodes) {
  const auto file = std::min_element(nodes.begin(), nodes.end(), [](const NodeKey& a, const NodeKey& b) {
    return std::make_tuple(a.type != kTypeFile, a.name.size()) < std::make_tuple(b.type != kTypeFile, b.name.size());
  });
  const bool is_around = std::all_of(nodes.begin(), nodes.end(), [&](const NodeKey& node) {
    if (node.ns != file->ns || !node.name.starts_with(file->name)) return false;
    const std::string_view rest = std::string_view(node.name).substr(file->name.size());
    return rest.empty() || rest.starts_with('#') || rest.starts_with("!/");
  });
  return file->type == kTypeFile && is_around ? std::optional(*file) : std::nullopt;
}

// Whether all are names of one thing. Where that is hard to tell, they are not.
bool AreOneThing(Repository& repository, const std::vector<NodeKey>& nodes) {
  if (nodes.size() > kCandidatesShown) return false;
  LineageSpec spec{.node = nodes.front(), .depth = 0};
  if (spec.node.type == kTypeField) spec.filter.level = LineageLevel::kFields;
  const auto alone = repository.Lineage(spec);
  if (!alone || alone->nodes.empty()) return false;
  const LineageNode& thing = alone->nodes.front();
  return std::all_of(nodes.begin(), nodes.end(), [&](const NodeKey& node) {
    return node == thing.key || std::find(thing.names.begin(), thing.names.end(), node) != thing.names.end();
  });
}

Status Ambiguous(std::string_view text, const std::vector<NodeKey>& nodes) {
  std::string message = fmt::format("\"{}\" names {}{} nodes; give more of the name, or the id of one:", text,
                                    nodes.size() >= kNodesMax ? "more than " : "", nodes.size());
  for (std::size_t i = 0; i < std::min(nodes.size(), kCandidatesShown); ++i) {
    const std::string id = NodeId(nodes[i]);
    message += "\n  " + CutText(id, kIdBytesShown);
    if (id.size() > kIdBytesShown) message += fmt::format("... ({} bytes)", id.size());
  }
  if (nodes.size() > kCandidatesShown) message += fmt::format("\n  and {} more", nodes.size() - kCandidatesShown);
  return {StatusCode::kInvalidArgument, std::move(message)};
}

Status None(Repository& repository, const NodeText& node) {
  std::string message = fmt::format("there is no node \"{}\"", node.text);
  const auto all = repository.FindNodes(node.tenant, "", kNodesMax);
  if (!all) return all.error();
  std::vector<std::string> names;
  for (const NodeKey& key : *all) {
    if (!node.type.empty() && key.type != node.type) continue;
    names.push_back(key.part.empty() ? key.name : key.part);
    // `orders` is near to `public.ordres` too.
    const std::size_t dot = names.back().find_last_of("./");
    if (dot != std::string::npos && dot + 1 < names.back().size()) names.push_back(names.back().substr(dot + 1));
    names.push_back(NodeId(key));
  }
  const auto near = Nearest(node.text, names, kNearestShown);
  if (all->empty()) message += "; the store holds none";
  for (std::size_t i = 0; i < near.size(); ++i) message += (i == 0 ? "; did you mean " : " or ") + near[i];
  if (!near.empty()) message += "?";
  return {StatusCode::kNotFound, std::move(message)};
}

}  // namespace

Result<NodeKey> ResolveNode(Repository& repository, const NodeText& node) {
  const std::string& text = node.text;
  if (text.empty()) return Status(StatusCode::kInvalidArgument, "the node's name is empty");
  auto parsed = ParseNodeId(text, node.tenant);
  if (parsed && (node.type.empty() || parsed->type == node.type)) {
    auto entity = repository.Entity(*parsed);
    if (entity) return std::move(*parsed);
    if (entity.error().code() != StatusCode::kNotFound) return entity.error();
    if (parsed->type == kTypeRun && repository.Run(node.tenant, parsed->name)) return std::move(*parsed);
  }

  auto found = repository.FindNodes(node.tenant, text, kNodesMax);
  if (!found) return found.error();
  std::vector<NodeKey> nodes = std::move(*found);
  if (text.find_first_of(":%") != std::string::npos) {
    // The text may be an id with nothing escaped, or a part of one: its last piece stands in the escaped id as well.
    auto more = repository.FindNodes(node.tenant, Escaped(text.substr(text.rfind(':') + 1)), kNodesMax);
    if (!more) return more.error();
    for (NodeKey& key : *more) {
      if (PlainId(key).find(text) != std::string::npos) nodes.push_back(std::move(key));
    }
    std::sort(nodes.begin(), nodes.end());
    nodes.erase(std::unique(nodes.begin(), nodes.end()), nodes.end());
  }
  if (!node.type.empty()) nodes = Only(nodes, [&](const NodeKey& key) { return key.type == node.type; });
  auto things = Only(nodes, [](const NodeKey& key) { return key.type != kTypeField; });
  if (!things.empty()) nodes = std::move(things);
  if (nodes.empty()) return None(repository, node);
  auto whole = Only(nodes, [&](const NodeKey& key) { return HasWholeName(key, text); });
  if (!whole.empty()) nodes = std::move(whole);
  if (nodes.size() > 1) {
    if (const auto file = FileAround(nodes)) return *file;
    if (AreOneThing(repository, nodes)) return std::move(nodes.front());
    return Ambiguous(text, nodes);
  }
  return std::move(nodes.front());
}

}  // namespace cairn
