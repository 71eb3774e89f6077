#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"
#include "cli/file_commands.h"
#include "cli/lineage_options.h"
#include "cli/safe_text.h"
#include "cli/subject.h"
#include "service/lineage_json.h"

namespace cairn {
namespace {

struct DiffArguments {
  std::string node;
  std::string before;  ///< Or a file.
  std::string after;
  std::size_t version_before = 0;
  std::size_t version_after = 0;
  LineageOptions options;
  LineageDiffSpec spec;
};

std::string Mark(Session& session, LineageChange change) {
  switch (change) {
    case LineageChange::kCame:
      return session.paint()(Style::kGreen, "+ ");
    case LineageChange::kWent:
      return session.paint()(Style::kRed, "- ");
    case LineageChange::kChanged:
      break;
  }
  return session.paint()(Style::kYellow, "~ ");
}

int RunDiff(Session& session, DiffArguments arguments) {
  if (arguments.after.empty() && arguments.node.empty() && SubjectOf(arguments.before) != Subject::kInstant) {
    return RunFileDiff(session, arguments.before, arguments.version_before, arguments.version_after);
  }
  const auto before = InstantOf(arguments.before);
  if (!before) return session.Fail(before.error());
  const auto after =
      arguments.after.empty() ? Result<Timestamp>(Timestamp{Timestamp::Max().ns - 1}) : InstantOf(arguments.after);
  if (!after) return session.Fail(after.error());
  if (*after < *before) {
    return session.Fail({StatusCode::kInvalidArgument, "the second instant is before the first; swap them"});
  }
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  arguments.options.Read();
  LineageDiffSpec spec = arguments.spec;
  spec.filter = arguments.options.filter;
  spec.before = *before;
  spec.after = *after;
  auto diff = service->Difference(arguments.node, spec);
  if (!diff) return session.Fail(diff.error());
  for (const ChangedNode& node : diff->nodes) {
    if (session.json()) {
      session.out().Line(ChangedNodeJson(node));
      continue;
    }
    std::string line = Mark(session, node.change) + Visible(NodeId(node.node));
    for (const std::string& kind : node.kinds) line += session.paint()(Style::kDim, " " + Visible(kind));
    session.out().Line(line);
  }
  for (const ChangedEdge& edge : diff->edges) {
    const bool changed = edge.change == LineageChange::kChanged;
    if (session.json()) {
      session.out().Line(ChangedEdgeJson(edge));
      continue;
    }
    std::string line = Mark(session, edge.change) + Visible(NodeId(edge.from)) +
                       session.paint()(Style::kDim, " -" + edge.type + "-> ") + Visible(NodeId(edge.to));
    if (changed) line += fmt::format(" ({} -> {})", Visible(edge.before), Visible(edge.after));
    session.out().Line(line);
  }
  if (diff->nodes.empty() && diff->edges.empty()) session.Note("nothing changed between the two");
  if (diff->partial) session.Note(fmt::format("only {} of each; more with --limit N", spec.limit));
  return kExitDone;
}

struct WhyArguments {
  std::string from;  ///< Alone: a file.
  std::string to;
  std::string links = "record";
  LineageWhySpec spec;
};

int RunWhy(Session& session, const WhyArguments& arguments) {
  if (arguments.to.empty()) return RunFileWhy(session, arguments.from, arguments.links);
  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  const std::string from = NodeOf(arguments.from);
  const std::string to = NodeOf(arguments.to);
  auto why = service->Why(from, to, arguments.spec);
  if (!why) return session.Fail(why.error());
  for (const LineageWhy::Span& span : why->spans) {
    if (session.json()) {
      session.out().Line(LineageSpanJson(span));
    } else {
      session.out().Line(fmt::format("{} from {} {}", session.paint()(Style::kBold, span.type),
                                     FormatTimestamp(span.from),
                                     span.until ? "until " + FormatTimestamp(*span.until) : std::string("on")));
    }
  }
  if (why->spans.empty() && !session.json()) session.out().Line("stated, but ended by the same event");
  std::uint64_t damaged = 0;
  for (const EdgeReason& reason : why->reasons) {
    if (!reason.fact) ++damaged;
    if (session.json()) {
      session.out().Line(EdgeReasonJson(reason));
      continue;
    }
    std::string line = fmt::format("  {}  {}", FormatTimestamp(reason.stated_at), reason.type);
    // By a name that was not asked about.
    if (const std::string id = NodeId(reason.from); id != from) line += " from " + Visible(id);
    if (const std::string id = NodeId(reason.to); id != to) line += " to " + Visible(id);
    line += session.paint()(Style::kDim, " by " + reason.rule);
    if (reason.fact) line += session.paint()(Style::kDim, fmt::format(" of record {}", reason.fact->seq().value));
    if (!reason.run_id.empty()) line += session.paint()(Style::kDim, ", run ") + Visible(reason.run_id);
    if (!reason.transformation.empty()) line += " (" + Visible(reason.transformation) + ")";
    session.out().Line(line);
  }
  NoteDamagedFacts(session, damaged);
  if (why->total > why->reasons.size()) {
    session.Note(fmt::format("the newest {} of {}; all with --limit 0", why->reasons.size(), why->total));
  }
  return kExitDone;
}

}  // namespace

void AddDiff(Commands& commands) {
  auto diff = std::make_shared<DiffArguments>();
  CLI::App& command = commands.Add(
      "diff", "What of the lineage came, went and changed between two instants; or between two versions of a file",
      {"cairn diff 2026-01-01 2026-02-01", "cairn diff 2026-01-01 --node orders --json", "cairn diff report.pdf",
       "cairn diff report.pdf --before 1 --after 3"},
      [diff](Session& session) { return RunDiff(session, *diff); });
  command.add_option("earlier", diff->before, "The earlier instant; or the path of a file, or a part that is unique")
      ->required()
      ->type_name("TIME");
  command.add_option("later", diff->after, "The later instant; else the present")->type_name("TIME");
  command.add_option("--before", diff->version_before, "A version of the file; else the one before the other")
      ->type_name("N");
  command.add_option("--after", diff->version_after, "A version of the file; else the newest")->type_name("N");
  command.add_option("--node", diff->node, "Only what this node is connected with at either")->type_name("NODE");
  command.add_option("--depth", diff->spec.depth, "So many edges from the node at most")
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--limit", diff->spec.limit, "So many nodes, and edges, at most")
      ->type_name("N")
      ->capture_default_str();
  AddFilter(command, diff->options, false);

  auto why = std::make_shared<WhyArguments>();
  CLI::App& reasons = commands.Add(
      "why", "Why one node leads straight to another: when, and the facts that state it; or why a file was read again",
      {"cairn why load_orders public.orders", "cairn why a b --type derives --json", "cairn why report.pdf"},
      [why](Session& session) { return RunWhy(session, *why); });
  reasons.add_option("from", why->from, "Where the edge begins; alone: a file that was scanned")
      ->required()
      ->type_name("NODE");
  reasons.add_option("to", why->to, "Where it ends")->type_name("NODE");
  reasons.add_option("--symlinks", why->links, "Of a file, as scanned: record, skip or follow")
      ->check(CLI::IsMember({"record", "skip", "follow"}))
      ->capture_default_str()
      ->type_name("HOW");
  reasons.add_option("--type", why->spec.type, "Only edges of this type")->type_name("TYPE");
  reasons.add_option("--limit", why->spec.limit, "So many facts at most, the newest; 0 for all")
      ->type_name("N")
      ->capture_default_str();
}

}  // namespace cairn
