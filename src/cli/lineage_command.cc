#include <fmt/format.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/safe_text.h"
#include "service/lineage_tree.h"

namespace cairn {
namespace {

struct LineageArguments {
  std::string node;
  bool up = false;
  bool down = false;
  LineageSpec spec;
};

// Deeper trees are drawn with a number in place of the lines that no terminal has room for.
constexpr std::size_t kDrawnDepthMax = 64;

void PrintTree(Session& session, const LineageGraph& graph, Direction direction) {
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
    text = paint(Style::kDim, text);
    text += paint(line.depth == 0 ? Style::kBold : Style::kPlain, Visible(NodeId(graph.nodes[line.node].key)));
    if (!line.edges.empty()) text += paint(Style::kDim, " (" + Visible(line.edges) + ")");
    if (line.seen) text += paint(Style::kDim, " (see above)");
    session.out().Line(text);
  }
  if (lines.size() <= 1) session.out().Line(paint(Style::kDim, "   none known"));
}

void PrintJson(Session& session, const LineageGraph& graph) {
  for (const LineageNode& node : graph.nodes) {
    session.out().Line(fmt::format("{{\"node\":{},\"hops\":{}}}", JsonString(NodeId(node.key)), node.hops));
  }
  for (const LineageEdge& edge : graph.edges) {
    session.out().Line(fmt::format("{{\"from\":{},\"to\":{},\"type\":{},\"first_seen\":\"{}\",\"last_seen\":\"{}\"}}",
                                   JsonString(NodeId(graph.nodes[edge.from].key)),
                                   JsonString(NodeId(graph.nodes[edge.to].key)), JsonString(edge.type),
                                   FormatTimestamp(edge.first_seen), FormatTimestamp(edge.last_seen)));
  }
}

int RunLineage(Session& session, const LineageArguments& arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  LineageSpec spec = arguments.spec;
  const bool both = arguments.up == arguments.down;
  spec.direction = both ? Direction::kBoth : arguments.up ? Direction::kUpstream : Direction::kDownstream;
  auto graph = service->Lineage(arguments.node, spec);
  if (!graph) return session.Fail(graph.error());
  if (session.json()) {
    PrintJson(session, *graph);
  } else {
    for (const Direction direction : {Direction::kUpstream, Direction::kDownstream}) {
      if (!both && direction != spec.direction) continue;
      if (both && direction == Direction::kDownstream) session.out().Line("");
      session.out().Line(session.paint()(Style::kCyan, direction == Direction::kUpstream ? "upstream" : "downstream"));
      PrintTree(session, *graph, direction);
    }
  }
  if (graph->partial) {
    session.Note(fmt::format("only the nearest {} nodes; more with --nodes N", spec.nodes_max));
  }
  return kExitDone;
}

}  // namespace

void AddLineage(Commands& commands) {
  auto arguments = std::make_shared<LineageArguments>();
  CLI::App& command =
      commands.Add("lineage", "What a node comes from and what it goes into, as a tree",
                   {"cairn lineage orders --up --depth 4", "cairn lineage field:crm:public.orders:amount --json"},
                   [arguments](Session& session) { return RunLineage(session, *arguments); });
  command.add_option("node", arguments->node, "The node's id, or a part of its name that is unique")
      ->required()
      ->type_name("NODE");
  command.add_flag("--up", arguments->up, "Only what it comes from");
  command.add_flag("--down", arguments->down, "Only what it goes into");
  command.add_option("--depth", arguments->spec.depth, "So many edges away at most")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--nodes", arguments->spec.nodes_max, "So many nodes at most")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace cairn
