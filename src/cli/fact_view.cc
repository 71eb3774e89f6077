#include "cli/fact_view.h"

#include <fmt/format.h>
#include <simdjson.h>

#include "cli/json_text.h"
#include "cli/safe_text.h"
#include "service/answer_json.h"

namespace cairn {
namespace {

// A row holds no more than this of a payload: enough for any terminal, and for a file that people read.
constexpr std::size_t kSummaryColumns = 120;

// `eventType` of an OpenLineage event; empty where it says none.
std::string EventType(const std::string& event) {
  simdjson::dom::parser parser;
  std::string_view type;
  if (parser.parse(event)["eventType"].get(type) != simdjson::SUCCESS) return {};
  return std::string(type);
}

std::vector<RowTable::Column> Columns(FactTable::About about) {
  std::vector<RowTable::Column> out = {{"produced at", RowTable::Align::kLeft, Style::kDim},
                                       {"seq", RowTable::Align::kRight, Style::kDim}};
  if (about == FactTable::About::kNode) {
    out.push_back({"kind", RowTable::Align::kLeft, Style::kCyan});
    out.push_back({"about", RowTable::Align::kLeft, Style::kBold});
  } else {
    out.push_back({"producer"});
  }
  out.push_back({"payload"});
  return out;
}

}  // namespace

std::string Summary(const Fact::Details& details) {
  if (details.deleted) return "(deleted)";
  std::string text;
  if (details.kind.starts_with("openlineage.")) {
    text = EventType(details.payload);
    if (!text.empty()) text += " ";
    if (!details.run_id.empty()) text += fmt::format("run {} ", details.run_id);
  }
  text += details.payload.substr(0, 4 * kSummaryColumns);
  return CutToWidth(Visible(text), kSummaryColumns);
}

Status PrintFactJson(Session& session, const Fact& fact) {
  std::string line;
  if (session.meta()) {
    if (Status status = AppendFactJson(line, fact); !status.ok()) return status;
  } else {
    auto sent = fact.AsSent();
    if (!sent) return sent.error();
    line = std::move(*sent);
  }
  session.out().Line(session.out().terminal() ? Visible(line) : line);
  return Status::Ok();
}

Status PrintFact(Session& session, const NodeKey& node, const Fact& fact) {
  auto details = fact.Parse();
  if (!details) return details.error();
  Output& out = session.out();
  const auto field = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out.Line(session.paint()(Style::kDim, fmt::format("{:<12} ", name)) + Visible(value));
  };
  out.Line(session.paint()(Style::kCyan, Visible(details->kind)) + " of " +
           session.paint()(Style::kBold, Visible(NodeId(node))));
  field("produced at", FormatTimestamp(fact.produced_at()));
  field("ingested at", FormatTimestamp(fact.ingested_at()));
  field("seq", std::to_string(fact.seq().value));
  field("producer", details->producer_id);
  field("run", details->run_id);
  if (!details->job.name.empty()) field("job", NodeId(details->job));
  out.Line(Visible(PrettyJson(details->payload), true));
  return Status::Ok();
}

void NoteDamagedFacts(Session& session, std::uint64_t damaged) {
  if (damaged == 0) return;
  session.Note(fmt::format("{} {} damaged and not in the answer; `cairn verify` shows where", damaged,
                           damaged == 1 ? "fact is" : "facts are"));
}

FactTable::FactTable(About about) : about_(about), table_(Columns(about)) {}

Status FactTable::Add(const Fact& fact) {
  auto details = fact.Parse();
  if (!details) return details.error();
  std::vector<RowTable::Cell> row = {FormatTimestamp(fact.produced_at()), std::to_string(fact.seq().value)};
  if (about_ == About::kNode) {
    row.emplace_back(details->kind);
    row.emplace_back(NodeId(details->node));
  } else {
    row.emplace_back(details->producer_id);
  }
  row.emplace_back(Summary(*details), details->deleted ? Style::kRed : Style::kPlain);
  table_.Add(std::move(row));
  return Status::Ok();
}

}  // namespace cairn
