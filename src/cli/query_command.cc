#include <fmt/format.h>

#include "cli/aggregate_view.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/fact_view.h"
#include "cli/time_option.h"

namespace cairn {
namespace {

// So many rows stand in one table; the next begins with its own widths, so that any number prints in bounded memory.
constexpr std::size_t kTableRows = 1000;

struct QueryArguments {
  QuerySpec spec;
  std::string target;
  std::string prefix;
  std::string glob;
  std::string positional_filter;
  bool oldest = false;
  AggregateArguments aggregates;
};

// An answer that damage may have made smaller must not pass for the whole.
void NoteDamage(Session& session, Service& service) {
  const auto stats = service.Stats();
  if (!stats || stats->damaged_batches == 0) return;
  session.Note(
      fmt::format("what stood in damaged batches ({}) is not in the answer; `cairn verify` shows where they are",
                  stats->damaged_batches));
}

int RunFacts(Session& session, Service& service, const QuerySpec& spec) {
  FactTable table(FactTable::About::kNode);
  std::size_t rows = 0;
  Status printed;
  auto end = service.Query(spec, [&](const Fact& fact) {
    if (session.json()) {
      printed = PrintFactJson(session, fact);
    } else {
      printed = table.Add(fact);
      if (++rows % kTableRows == 0) {
        table.Print(session);
        table = FactTable(FactTable::About::kNode);
      }
    }
    return printed.ok() && !session.out().closed();
  });
  if (!end) return session.Fail(end.error());
  if (!table.empty()) table.Print(session);
  if (!printed.ok()) return session.Fail(printed);
  if (!session.json() && rows == 0) session.Note("nothing matches");
  NoteDamagedFacts(session, end->damaged);
  if (end->damaged == 0) NoteDamage(session, service);
  if (!end->cursor.empty()) session.Note(fmt::format("there is more: the same with --cursor {}", end->cursor));
  return kExitDone;
}

int RunQuery(Session& session, const QueryArguments& arguments) {
  const auto usage = [&](const std::string& message) { return session.Fail({StatusCode::kInvalidArgument, message}); };
  QuerySpec spec = arguments.spec;
  if (arguments.oldest) spec.order = Order::kOldestFirst;
  if (!arguments.positional_filter.empty() && !spec.filter.empty()) return usage("the filter is given twice");
  if (spec.filter.empty()) spec.filter = arguments.positional_filter;
  const int targets =
      (arguments.target.empty() ? 0 : 1) + (arguments.prefix.empty() ? 0 : 1) + (arguments.glob.empty() ? 0 : 1);
  if (targets > 1) return usage("only one of --target, --prefix and --glob can be given");
  AggregateSpec aggregate;
  if (Status read = arguments.aggregates.Read(aggregate); !read.ok()) return session.Fail(read);

  auto service = session.Open();
  if (!service) return session.Fail(service.error());
  if (!arguments.target.empty()) {
    auto node = service->Node(arguments.target);
    if (!node) return session.Fail(node.error());
    spec.target.mode = TargetMatch::Mode::kExact;
    spec.target.node = std::move(*node);
  } else if (targets == 1) {
    spec.target.mode = arguments.glob.empty() ? TargetMatch::Mode::kPrefix : TargetMatch::Mode::kGlob;
    spec.target.text = arguments.glob.empty() ? arguments.prefix : arguments.glob;
  }
  if (aggregate.measures.empty() && aggregate.by.empty()) return RunFacts(session, *service, spec);
  aggregate.where = std::move(spec);
  auto result = service->Aggregate(aggregate);
  if (!result) return session.Fail(result.error());
  PrintAggregate(session, aggregate, *result);
  NoteDamage(session, *service);
  return kExitDone;
}

}  // namespace

void AddQuery(Commands& commands) {
  auto arguments = std::make_shared<QueryArguments>();
  CLI::App& command =
      commands.Add("query", "Facts by kind, target, run, job, producer, time and content; or figures over them",
                   {"cairn query 'payload.row_count > 1000 and target.name ~ \"public.*\"'",
                    "cairn query --kind ingestion_volume --glob 'dataset:crm:*' --from 2026-01-01 --limit 20",
                    "cairn query --kind ingestion_volume --avg payload.row_count --by target,day",
                    "cairn query --count --by kind --json"},
                   [arguments](Session& session) { return RunQuery(session, *arguments); });
  QuerySpec& spec = arguments->spec;
  command.add_option("filter", arguments->positional_filter, "A filter over the record; see docs/query.md")
      ->type_name("FILTER");
  AddList(command, "--kind", spec.kinds, "Only these kinds (given again, or with commas)", true)->type_name("KIND");
  command
      .add_option("--target", arguments->target, "Only about this node: its id, or a part of its name that is unique")
      ->type_name("NODE");
  command.add_option("--prefix", arguments->prefix, "Only about nodes whose id begins so")->type_name("TEXT");
  command.add_option("--glob", arguments->glob, "Only about nodes whose id matches: * any characters, ? one")
      ->type_name("PATTERN");
  command.add_option("--run", spec.run_id, "Only of this run")->type_name("RUN");
  command.add_option("--job", spec.job, "Only of this job: its name or id")->type_name("JOB");
  command.add_option("--producer", spec.producer_id, "Only of this producer")->type_name("PRODUCER");
  AddTime(command, "--from", spec.from, "Produced at this time or later");
  AddTime(command, "--until", spec.until, "Produced before this time");
  command.add_option("--filter", spec.filter, "The filter, as an option")->type_name("FILTER");
  command.add_flag("--oldest", arguments->oldest, "Oldest first");
  command.add_option("--limit", spec.limit, "At most so many; 0 for all")->type_name("N")->capture_default_str();
  command.add_option("--cursor", spec.cursor, "Go on where an earlier answer ended")->type_name("CURSOR");
  arguments->aggregates.AddTo(command);
}

}  // namespace cairn
