#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/safe_text.h"
#include "cli/table.h"
#include "schema/schema_program.h"
#include "schema/schema_registry.h"
#include "service/byte_source.h"

namespace cairn {
namespace {

constexpr std::size_t kInputBytesMax = std::size_t{32} << 20;

struct SchemaArguments {
  std::string kind;
  std::string file;
  std::string mode;
  std::string compatibility;
  std::uint64_t version = 0;
};
using Arguments = std::shared_ptr<SchemaArguments>;

std::string ThisUser() {
  const passwd* entry = ::getpwuid(::getuid());
  return entry == nullptr ? fmt::format("uid {}", ::getuid()) : std::string(entry->pw_name);
}

Result<std::string> ReadWhole(const std::string& path) {
  auto source = OpenByteSource(path);
  if (!source) return source.error().WithContext(path);
  std::string out;
  std::string block(std::size_t{64} << 10, '\0');
  while (true) {
    auto got = (*source)->Read(block.data(), block.size());
    if (!got) return got.error().WithContext(path);
    if (*got == 0) return out;
    out.append(block, 0, *got);
    if (out.size() > kInputBytesMax) return Status(StatusCode::kInvalidArgument, path + ": longer than 32 MiB");
  }
}

/// Opens the store and calls `run(registry)`, which gives the exit code.
template <typename Run>
int WithRegistry(Session& session, bool create, Run run) {
  auto service = session.Open(create);
  if (!service) return session.Fail(service.error());
  SchemaRegistry registry(*service->repository(), *Clock::Default(), service->tenant());
  return run(registry);
}

int Tell(Session& session, const Result<SchemaInfo>& info) {
  if (!info) return session.Fail(info.error());
  if (session.json()) {
    session.out().Line(SchemaInfoJson(*info));
  } else {
    session.out().Line(fmt::format("{} version {}, {}, compatibility {}", Visible(info->kind), info->version,
                                   SchemaModeName(info->mode), SchemaCompatibilityName(info->compatibility)));
  }
  return kExitDone;
}

int RunRegister(Session& session, const SchemaArguments& arguments) {
  SchemaRegistry::Request request{arguments.kind, {}, {}, {}, ThisUser()};
  if (!arguments.mode.empty()) {
    auto mode = ParseSchemaMode(arguments.mode);
    if (!mode) return session.Fail(mode.error());
    request.mode = *mode;
  }
  if (!arguments.compatibility.empty()) {
    auto compatibility = ParseSchemaCompatibility(arguments.compatibility);
    if (!compatibility) return session.Fail(compatibility.error());
    request.compatibility = *compatibility;
  }
  auto schema = ReadWhole(arguments.file);
  if (!schema) return session.Fail(schema.error());
  request.schema = std::move(*schema);
  return WithRegistry(session, true,
                      [&](SchemaRegistry& registry) { return Tell(session, registry.Register(request)); });
}

int RunSchemaList(Session& session) {
  return WithRegistry(session, false, [&](SchemaRegistry& registry) {
    auto list = registry.List();
    if (!list) return session.Fail(list.error());
    RowTable table({{"KIND"}, {"VERSION", RowTable::Align::kRight}, {"MODE"}, {"COMPATIBILITY"}, {"CHANGED"}, {"BY"}});
    for (const SchemaInfo& info : *list) {
      if (session.json()) session.out().Line(SchemaInfoJson(info));
      table.Add({info.kind, std::to_string(info.version), std::string(SchemaModeName(info.mode)),
                 std::string(SchemaCompatibilityName(info.compatibility)),
                 info.changed_at ? FormatTimestamp(*info.changed_at).substr(0, 10) : "built in", info.changed_by});
    }
    if (!session.json()) table.Print(session.out(), session.paint());
    return static_cast<int>(kExitDone);
  });
}

int RunShow(Session& session, const SchemaArguments& arguments) {
  return WithRegistry(session, false, [&](SchemaRegistry& registry) {
    const auto version = arguments.version == 0 ? std::nullopt : std::optional(arguments.version);
    const auto info = registry.Get(arguments.kind, version);
    if (const int code = Tell(session, info); code != kExitDone || session.json()) return code;
    session.out().Line(info->schema);
    return static_cast<int>(kExitDone);
  });
}

int RunMode(Session& session, const SchemaArguments& arguments) {
  auto mode = ParseSchemaMode(arguments.mode);
  if (!mode) return session.Fail(mode.error());
  return WithRegistry(session, true, [&](SchemaRegistry& registry) {
    return Tell(session, registry.SetMode(arguments.kind, *mode, ThisUser()));
  });
}

int RunValidate(Session& session, const SchemaArguments& arguments) {
  auto payload = ReadWhole(arguments.file);
  if (!payload) return session.Fail(payload.error());
  return WithRegistry(session, false, [&](SchemaRegistry& registry) {
    auto violations = registry.Validate(arguments.kind, *payload);
    if (!violations) return session.Fail(violations.error());
    for (const SchemaViolation& one : *violations) {
      session.out().Line(session.json() ? fmt::format(R"({{"pointer":{},"message":{}}})", JsonString(one.pointer),
                                                      JsonString(one.words))
                                        : fmt::format("payload{}: {}", Visible(one.pointer), Visible(one.words)));
    }
    if (violations->empty() && !session.json()) session.out().Line("as the schema says");
    return static_cast<int>(violations->empty() ? kExitDone : kExitInPart);
  });
}

}  // namespace

void AddSchema(Commands& commands) {
  CLI::App& family = commands.AddFamily("schema", "What the payloads of kinds hold: JSON Schema, draft 7");
  const auto add = [&](const std::string& name, const std::string& help, const std::string& example,
                       int (*run)(Session&, const SchemaArguments&), const Arguments& arguments) -> CLI::App& {
    CLI::App& command = commands.AddTo(family, name, help, {example},
                                       [run, arguments](Session& session) { return run(session, *arguments); });
    command.add_option("kind", arguments->kind, "The kind")->required()->type_name("KIND");
    return command;
  };
  auto given = std::make_shared<SchemaArguments>();
  CLI::App& enroll = add("register", "Give a kind a schema, or a new version of it",
                         "cairn schema register my_volume volume.json --mode strict", RunRegister, given);
  enroll.add_option("file", given->file, "The schema; - for standard input")->required()->type_name("FILE");
  enroll.add_option("--mode", given->mode, "strict, warn or off; as it is, strict for a new kind")->type_name("MODE");
  enroll.add_option("--compatibility", given->compatibility, "backward or none; as it is, backward for a new kind")
      ->type_name("RULE");
  commands.AddTo(family, "list", "Kinds that have a schema", {"cairn schema list"}, RunSchemaList);
  auto shown = std::make_shared<SchemaArguments>();
  add("show", "A kind's schema", "cairn schema show ingestion_volume", RunShow, shown)
      .add_option("--version", shown->version, "That version; the newest, unless given")
      ->type_name("N");
  auto changed = std::make_shared<SchemaArguments>();
  add("mode", "What becomes of records that are not as the schema says", "cairn schema mode ingestion_volume strict",
      RunMode, changed)
      .add_option("mode", changed->mode, "strict: refused; warn: stored, and told; off: stored")
      ->required()
      ->type_name("MODE");
  auto held = std::make_shared<SchemaArguments>();
  add("validate", "Hold a payload against its schema; 3 where it is not as that says",
      "echo '{\"row_count\":12}' | cairn schema validate ingestion_volume -", RunValidate, held)
      .add_option("file", held->file, "The payload; - for standard input")
      ->required()
      ->type_name("FILE");
}

}  // namespace cairn
