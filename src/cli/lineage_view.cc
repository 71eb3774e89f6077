#include "cli/lineage_view.h"

#include <fmt/format.h>

#include "base/json.h"
#include "cli/safe_text.h"
#include "service/lineage_json.h"
#include "service/lineage_tree.h"

namespace cairn {
namespace {

// Deeper trees are drawn with a number in place of the lines that no terminal has room for.
constexpr std::size_t kDrawnDepthMax = 64;
constexpr std::size_t kCyclesNoted = 3;

// Text between double quotes for Graphviz, which knows `\"`, takes a backslash for an order and reads entities of HTML.
std::string DotText(std::string_view text) {
  std::string out = "\"";
  for (const char c : Visible(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
    if (c == '&') out += "amp;";
  }
  return out + "\"";
}

// Text between double quotes for Mermaid, which writes special characters as entities.
std::string MermaidText(std::string_view text) {
  std::string out = "\"";
  for (const char c : Visible(text)) {
    switch (c) {
      case '"':
        out += "#quot;";
        break;
      case '#':
        out += "#35;";
        break;
      case '<':
        out += "#lt;";
        break;
      case '>':
        out += "#gt;";
        break;
      case '&':
        out += "#amp;";
        break;
      case '`':  // A text that begins with one is Markdown.
        out += "#96;";
        break;
      default:
        out += c;
    }
  }
  return out + "\"";
}

std::string EdgeLabel(const LineageEdge& edge) {
  const std::string step = LineageStep(edge);
  return step.empty() ? edge.type : edge.type + ": " + step;
}

}  // namespace

std::string LineageStep(const LineageEdge& edge) {
  std::string out = edge.subtype;
  if (!edge.description.empty()) out += (out.empty() ? "" : ": ") + edge.description;
  if (edge.masking) out += out.empty() ? "masked" : ", masked";
  return out;
}

void PrintLineageTree(Session& session, const LineageGraph& graph, Direction direction) {
  const Painter& paint = session.paint();
  // Whether a line goes on down from that depth.
  std::vector<bool> open;
  const auto lines = LineageTree(graph, direction);
  for (const TreeLine& line : lines) {
    if (session.out().closed()) return;
    open.resize(line.depth + 1);
    open[line.depth] = !line.last;
    std::string text;
    if (line.depth > kDrawnDepthMax) {
      text = fmt::format("({}) ", line.depth);
    } else {
      for (std::uint32_t depth = 1; depth < line.depth; ++depth) text += open[depth] ? "│  " : "   ";
      if (line.depth > 0) text += line.last ? "└─ " : "├─ ";
    }
    const LineageNode& node = graph.nodes[line.node];
    text = paint(Style::kDim, text);
    text += paint(line.depth == 0 ? Style::kBold : Style::kPlain, Visible(NodeId(node.key)));
    if (!line.edges.empty()) text += paint(Style::kDim, " (" + Visible(line.edges) + ")");
    if (line.seen) {
      text += paint(Style::kDim, " (see above)");
    } else {
      for (const NodeKey& name : node.names) text += paint(Style::kDim, " = " + Visible(NodeId(name)));
      if (node.more) text += paint(Style::kDim, " ...");
    }
    session.out().Line(text);
  }
  if (lines.size() <= 1) session.out().Line(paint(Style::kDim, "   none known"));
}

void PrintLineageJson(Session& session, const LineageGraph& graph) {
  for (const LineageNode& node : graph.nodes) session.out().Line(LineageNodeJson(node));
  for (const LineageEdge& edge : graph.edges) session.out().Line(LineageEdgeJson(graph, edge));
  for (const auto& cycle : graph.cycles) {
    std::string line = "{\"cycle\":[";
    for (const std::uint32_t node : cycle) {
      line += (line.back() == '[' ? "" : ",") + JsonString(NodeId(graph.nodes[node].key));
    }
    session.out().Line(line + "]}");
  }
  if (graph.partial) session.out().Line("{\"partial\":true}");
}

void PrintLineageDot(Session& session, const LineageGraph& graph) {
  session.out().Line("digraph lineage {");
  session.out().Line("  rankdir=LR;");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const NodeKey& key = graph.nodes[i].key;
    const bool acts = key.type == kTypeJob || key.type == kTypeRun;
    session.out().Line(fmt::format("  n{} [label={}, shape={}];", i, DotText(NodeId(key)), acts ? "box" : "ellipse"));
  }
  for (const LineageEdge& edge : graph.edges) {
    session.out().Line(fmt::format("  n{} -> n{} [label={}];", edge.from, edge.to, DotText(EdgeLabel(edge))));
  }
  session.out().Line("}");
}

void PrintLineageMermaid(Session& session, const LineageGraph& graph) {
  session.out().Line("flowchart LR");
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const NodeKey& key = graph.nodes[i].key;
    const bool acts = key.type == kTypeJob || key.type == kTypeRun;
    session.out().Line(fmt::format("  n{}{}{}{}", i, acts ? "[" : "([", MermaidText(NodeId(key)), acts ? "]" : "])"));
  }
  for (const LineageEdge& edge : graph.edges) {
    session.out().Line(fmt::format("  n{} -->|{}| n{}", edge.from, MermaidText(EdgeLabel(edge)), edge.to));
  }
}

bool PrintLineageAs(Session& session, const LineageGraph& graph, const std::string& format) {
  if (session.json() || format == "json") {
    PrintLineageJson(session, graph);
  } else if (format == "dot") {
    PrintLineageDot(session, graph);
  } else if (format == "mermaid") {
    PrintLineageMermaid(session, graph);
  } else {
    return false;
  }
  return true;
}

void NoteCycles(Session& session, const LineageGraph& graph) {
  for (std::size_t i = 0; i < graph.cycles.size() && i < kCyclesNoted; ++i) {
    const auto& cycle = graph.cycles[i];
    session.Note(fmt::format("a cycle: {} and {} more lead to each other", NodeId(graph.nodes[cycle.front()].key),
                             cycle.size() - 1));
  }
  if (graph.cycles.size() > kCyclesNoted) session.Note(fmt::format("{} cycles in all", graph.cycles.size()));
}

}  // namespace cairn
