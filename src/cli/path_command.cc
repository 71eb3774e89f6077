#include <fmt/format.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/lineage_options.h"
#include "cli/lineage_view.h"
#include "cli/safe_text.h"
#include "cli/subject.h"
#include "service/lineage_json.h"

namespace cairn {
namespace {

struct PathArguments {
  std::string from;
  std::string to;
  LineageOptions options;
  LineagePathsSpec spec;
};

int RunPath(Session& session, PathArguments arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  arguments.spec.filter = arguments.options.filter;
  auto found = service->Paths(NodeOf(arguments.from), NodeOf(arguments.to), arguments.spec);
  if (!found) return session.Fail(found.error());
  if (found->paths.empty()) {
    return session.Fail({StatusCode::kNotFound,
                         fmt::format("nothing leads from \"{}\" to \"{}\", nor back", arguments.from, arguments.to)});
  }
  const LineageGraph& graph = found->graph;
  if (session.json() || arguments.options.format == "json") {
    for (const auto& path : found->paths) {
      std::string line = fmt::format("{{\"length\":{},\"edges\":[", path.size());
      for (const std::uint32_t edge : path) {
        line += (line.back() == '[' ? "" : ",") + LineageEdgeJson(graph, graph.edges[edge]);
      }
      session.out().Line(line + "]}");
    }
  } else if (!PrintLineageAs(session, graph, arguments.options.format)) {
    for (const auto& path : found->paths) {
      session.out().Line(Visible(NodeId(graph.nodes[graph.edges[path.front()].from].key)));
      for (const std::uint32_t number : path) {
        const LineageEdge& edge = graph.edges[number];
        const std::string step = LineageStep(edge);
        session.out().Line(session.paint()(Style::kDim, "  -" + edge.type + "-> ") +
                           Visible(NodeId(graph.nodes[edge.to].key)) +
                           (step.empty() ? "" : session.paint()(Style::kDim, " (" + Visible(step) + ")")));
      }
      if (&path != &found->paths.back()) session.out().Line("");
    }
  }
  if (found->partial) session.Note(fmt::format("the shortest {}; more with --limit N", found->paths.size()));
  return kExitDone;
}

struct SharedArguments {
  std::vector<std::string> nodes;
  LineageOptions options;
  LineageSharedSpec spec;
};

int RunShared(Session& session, SharedArguments arguments) {
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  arguments.spec.filter = arguments.options.filter;
  auto shared = service->Shared(NodesOf(arguments.nodes), arguments.spec);
  if (!shared) return session.Fail(shared.error());
  for (const SharedAncestor& ancestor : shared->ancestors) {
    if (session.json()) {
      session.out().Line(fmt::format("{{\"node\":{},\"hops\":{}}}", JsonString(NodeId(ancestor.node)), ancestor.hops));
    } else {
      session.out().Line(session.paint()(Style::kDim, fmt::format("{:>4}  ", ancestor.hops)) +
                         Visible(NodeId(ancestor.node)));
    }
  }
  if (shared->total == 0) session.Note("they share no ancestor");
  if (shared->total > shared->ancestors.size()) {
    session.Note(fmt::format("the nearest {} of {}; all with --limit 0", shared->ancestors.size(), shared->total));
  }
  return kExitDone;
}

}  // namespace

void AddPath(Commands& commands) {
  auto path = std::make_shared<PathArguments>();
  CLI::App& command = commands.Add("path", "How one node leads to another, the shortest ways first",
                                   {"cairn path public.customers report.revenue", "cairn path a b --shortest --json"},
                                   [path](Session& session) { return RunPath(session, *path); });
  command.add_option("from", path->from, "The one node")->required()->type_name("NODE");
  command.add_option("to", path->to, "The other; where nothing leads there, the way back is looked for")
      ->required()
      ->type_name("NODE");
  command.add_flag("--shortest", path->spec.shortest_only, "Only the shortest ways");
  command.add_option("--depth", path->spec.depth, "So many edges at most")->type_name("N")->capture_default_str();
  command.add_option("--limit", path->spec.limit, "So many ways at most")->type_name("N")->capture_default_str();
  AddFilter(command, path->options);
  AddFormat(command, path->options);

  auto shared = std::make_shared<SharedArguments>();
  CLI::App& ancestors = commands.Add(
      "shared", "What several nodes all come from, the nearest first; the number is the longest way",
      {"cairn shared report.revenue report.churn"}, [shared](Session& session) { return RunShared(session, *shared); });
  ancestors.add_option("node", shared->nodes, "Two nodes or more")->required()->type_name("NODE");
  ancestors.add_option("--limit", shared->spec.limit, "So many at most; 0 for all")
      ->type_name("N")
      ->capture_default_str();
  AddFilter(ancestors, shared->options);
}

}  // namespace cairn
