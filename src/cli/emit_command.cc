#include <fmt/format.h>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/time_option.h"
#include "service/byte_source.h"

namespace cairn {
namespace {

struct EmitArguments {
  std::string json;
  std::string target;
  std::optional<Timestamp> produced_at;
  RecordDraft draft;
};

// All of standard input, or RESOURCE_EXHAUSTED where it is longer than a record may be.
Result<std::string> ReadInput(std::size_t bytes_max) {
  auto source = OpenByteSource("-");
  if (!source) return source.error().WithContext("standard input");
  std::string out;
  std::string block(std::size_t{64} << 10, '\0');
  while (true) {
    auto got = (*source)->Read(block.data(), block.size());
    if (!got) return got.error().WithContext("standard input");
    if (*got == 0) return out;
    out.append(block, 0, *got);
    // White space between the tokens does not count, so that some more may still be a record; not this much.
    if (out.size() > 4 * bytes_max) {
      return Status(StatusCode::kInvalidArgument,
                    fmt::format("standard input is longer than a record may be ({} bytes)", bytes_max));
    }
  }
}

int RunEmit(Session& session, const EmitArguments& arguments) {
  const bool drafted = !arguments.draft.kind.empty() || !arguments.target.empty();
  if (drafted != arguments.json.empty()) {
    return session.Fail({StatusCode::kInvalidArgument,
                         "give either the record as JSON (`-` for standard input), or --kind, --target and --payload"});
  }
  if (drafted && (arguments.draft.kind.empty() || arguments.target.empty())) {
    return session.Fail({StatusCode::kInvalidArgument, "a record needs --kind and --target"});
  }
  auto settings = session.SettingsOfStore();
  if (!settings) return session.Fail(settings.error());
  std::string json = arguments.json;
  if (json == "-") {
    auto input = ReadInput((*settings)->store.record_bytes_max);
    if (!input) return session.Fail(input.error());
    json = std::move(*input);
  }
  auto service = session.Open(true);
  if (!service) return session.Fail(service.error());
  RecordDraft draft = arguments.draft;
  draft.produced_at = arguments.produced_at.value_or(Clock::Default()->Now());
  std::string warning;
  const auto stored =
      drafted ? service->Emit(std::move(draft), arguments.target, &warning) : service->Emit(json, &warning);
  if (!stored) return session.Fail(stored.error());
  if (!warning.empty()) session.Note("warning: " + warning);
  if (session.json()) {
    session.out().Line(fmt::format("{{\"seq\":{},\"known\":{}}}", stored->seq.value, stored->known));
  } else {
    session.out().Line(std::to_string(stored->seq.value));
    if (stored->known) session.Note("known already; nothing was added");
  }
  return kExitDone;
}

}  // namespace

void AddEmit(Commands& commands) {
  auto arguments = std::make_shared<EmitArguments>();
  CLI::App& command = commands.Add(
      "emit", "Store one record or OpenLineage event; prints its sequence number",
      {"cairn emit --kind ingestion_volume --target dataset:crm:public.orders --payload '{\"row_count\":12}'",
       "cairn emit - < event.json"},
      [arguments](Session& session) { return RunEmit(session, *arguments); });
  RecordDraft& draft = arguments->draft;
  command.add_option("record", arguments->json, "The record or event as JSON; - for standard input")->type_name("JSON");
  const std::string group = "Instead of JSON";
  command.add_option("--kind", draft.kind, "The kind")->type_name("KIND")->group(group);
  command
      .add_option("--target", arguments->target,
                  "What it is about: a node's id, known or new, or a part of a known one's name")
      ->type_name("NODE")
      ->group(group);
  command.add_option("--payload", draft.payload, "What it states, as JSON")
      ->type_name("JSON")
      ->capture_default_str()
      ->group(group);
  AddTime(command, "--produced-at", arguments->produced_at, "When it was found; now, unless given")->group(group);
  command.add_option("--producer", draft.producer_id, "Who says so")
      ->type_name("ID")
      ->default_val("cairn.emit")
      ->group(group);
  command.add_option("--run", draft.run_id, "The run it belongs to")->type_name("RUN")->group(group);
  command.add_option("--job", draft.job_id, "The job it belongs to")->type_name("JOB")->group(group);
}

}  // namespace cairn
