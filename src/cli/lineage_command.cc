#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/lineage_options.h"
#include "cli/lineage_view.h"
#include "cli/safe_text.h"
#include "cli/subject.h"

namespace cairn {
namespace {

struct LineageArguments {
  std::vector<std::string> nodes;
  bool up = false;
  bool down = false;
  bool roots = false;
  bool leaves = false;
  std::string unit = "edge";
  LineageOptions options;
  LineageSpec spec;
};

// Only the nodes at the ends of the answer.
void PrintEnds(Session& session, const LineageGraph& graph, bool roots) {
  for (const LineageNode& node : graph.nodes) {
    if (roots ? node.root : node.leaf) session.out().Line(Visible(NodeId(node.key)));
  }
}

int RunLineage(Session& session, LineageArguments arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  LineageSpec spec = arguments.spec;
  spec.filter = arguments.options.filter;
  spec.unit = arguments.unit == "dataset" ? HopUnit::kDatasets : HopUnit::kEdges;
  const bool both = arguments.up == arguments.down;
  spec.direction = both ? Direction::kBoth : arguments.up ? Direction::kUpstream : Direction::kDownstream;
  auto graph = service->Lineage(NodesOf(arguments.nodes), spec);
  if (!graph) return session.Fail(graph.error());
  if (arguments.roots || arguments.leaves) {
    PrintEnds(session, *graph, arguments.roots);
  } else if (!PrintLineageAs(session, *graph, arguments.options.format)) {
    for (const Direction direction : {Direction::kUpstream, Direction::kDownstream}) {
      if (!both && direction != spec.direction) continue;
      if (both && direction == Direction::kDownstream) session.out().Line("");
      session.out().Line(session.paint()(Style::kCyan, direction == Direction::kUpstream ? "upstream" : "downstream"));
      PrintLineageTree(session, *graph, direction);
    }
  }
  NoteCycles(session, *graph);
  if (graph->partial) {
    session.Note(fmt::format("only the nearest {} nodes; more with --nodes N", spec.nodes_max));
  }
  return kExitDone;
}

struct ImpactArguments {
  std::vector<std::string> nodes;
  LineageOptions options;
  LineageSpec spec;
};

int RunImpact(Session& session, ImpactArguments arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  arguments.spec.filter = arguments.options.filter;
  auto impact = service->Impact(NodesOf(arguments.nodes), arguments.spec);
  if (!impact) return session.Fail(impact.error());
  const LineageGraph& graph = impact->graph;
  if (!session.json() && arguments.options.format == "tree") {
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
      session.out().Line(session.paint()(Style::kDim, fmt::format("{:>4}  ", impact->ranks[i])) +
                         Visible(NodeId(graph.nodes[i].key)));
    }
  } else {
    PrintLineageAs(session, graph, arguments.options.format);
  }
  NoteCycles(session, graph);
  if (graph.partial)
    session.Note(fmt::format("only the nearest {} nodes; more with --nodes N", arguments.spec.nodes_max));
  return kExitDone;
}

}  // namespace

void AddLineage(Commands& commands) {
  auto arguments = std::make_shared<LineageArguments>();
  CLI::App& command =
      commands.Add("lineage", "What a node comes from and what it goes into, as a tree",
                   {"cairn lineage orders --up --depth 4", "cairn lineage field:crm:public.orders:amount --json",
                    "cairn lineage orders --as-of 2026-01-10 --format mermaid"},
                   [arguments](Session& session) { return RunLineage(session, *arguments); });
  command.add_option("node", arguments->nodes, "The node's id, or a part of its name that is unique; or several nodes")
      ->required()
      ->type_name("NODE");
  command.add_flag("--up", arguments->up, "Only what it comes from");
  command.add_flag("--down", arguments->down, "Only what it goes into");
  command.add_option("--depth", arguments->spec.depth, "So many hops away at most")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--unit", arguments->unit, "What a hop is: each edge, or each dataset")
      ->check(CLI::IsMember({"edge", "dataset"}))
      ->type_name("UNIT")
      ->capture_default_str();
  command.add_option("--nodes", arguments->spec.nodes_max, "So many nodes at most")
      ->type_name("N")
      ->capture_default_str();
  AddFilter(command, arguments->options);
  AddList(command, "--only", arguments->spec.only, "Show only nodes whose id is like this")->type_name("GLOB");
  command.add_flag("--roots", arguments->roots, "Only the nodes that come from nothing, an id a line");
  command.add_flag("--leaves", arguments->leaves, "Only the nodes that go into nothing, an id a line");
  AddFormat(command, arguments->options);

  auto impact = std::make_shared<ImpactArguments>();
  CLI::App& down = commands.Add("impact", "What must be made anew if a node changes, in the order in which to do so",
                                {"cairn impact public.customers", "cairn impact field:crm:public.orders:amount"},
                                [impact](Session& session) { return RunImpact(session, *impact); });
  impact->spec.depth = 0xFFFFFFFF;
  down.add_option("node", impact->nodes, "The node, or several")->required()->type_name("NODE");
  down.add_option("--depth", impact->spec.depth, "So many hops away at most; else all")->type_name("N");
  down.add_option("--nodes", impact->spec.nodes_max, "So many nodes at most")->type_name("N")->capture_default_str();
  AddFilter(down, impact->options);
  AddFormat(down, impact->options);
}

}  // namespace cairn
