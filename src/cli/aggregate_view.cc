#include "cli/aggregate_view.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "base/json.h"
#include "cli/commands.h"
#include "cli/table.h"

namespace cairn {
namespace {

struct GroupWord {
  std::string_view word;
  GroupBy::Key key;
};
constexpr std::array kGroupWords = {
    GroupWord{"target", GroupBy::Key::kTarget}, GroupWord{"kind", GroupBy::Key::kKind},
    GroupWord{"run", GroupBy::Key::kRun},       GroupWord{"minute", GroupBy::Key::kMinute},
    GroupWord{"hour", GroupBy::Key::kHour},     GroupWord{"day", GroupBy::Key::kDay},
    GroupWord{"week", GroupBy::Key::kWeek},     GroupWord{"month", GroupBy::Key::kMonth},
};

GroupBy ReadGroup(const std::string& text) {
  for (const GroupWord& word : kGroupWords) {
    if (word.word == text) return {word.key, {}};
  }
  return {GroupBy::Key::kPath, text};
}

std::string Number(double value) { return fmt::format("{}", value); }

}  // namespace

void AggregateArguments::AddTo(CLI::App& command) {
  const std::string group = "Figures instead of facts";
  command.add_flag("--count", count, "How many facts")->group(group);
  AddList(command, "--sum", sum, "The sum of a path")->type_name("PATH")->group(group);
  AddList(command, "--avg", avg, "The mean of a path")->type_name("PATH")->group(group);
  AddList(command, "--min", min, "The least value of a path")->type_name("PATH")->group(group);
  AddList(command, "--max", max, "The greatest value of a path")->type_name("PATH")->group(group);
  AddList(command, "--quantile", quantile,
          "A quantile of a path, within 1 % of rank, for example 0.95:payload.row_count")
      ->type_name("Q:PATH")
      ->group(group);
  AddList(command, "--by", by, "Grouped by target, kind, run, minute, hour, day, week, month or a path (with commas)",
          true)
      ->type_name("KEY")
      ->group(group);
}

Status AggregateArguments::Read(AggregateSpec& spec) const {
  if (count) spec.measures.push_back({Measure::Op::kCount, {}, 0});
  const auto add = [&](Measure::Op op, const std::vector<std::string>& paths) {
    for (const std::string& path : paths) spec.measures.push_back({op, path, 0});
  };
  add(Measure::Op::kSum, sum);
  add(Measure::Op::kAvg, avg);
  add(Measure::Op::kMin, min);
  add(Measure::Op::kMax, max);
  for (const std::string& text : quantile) {
    const std::size_t colon = text.find(':');
    Measure measure{Measure::Op::kQuantile, colon == std::string::npos ? "" : text.substr(colon + 1), 0};
    const char* end = text.data() + (colon == std::string::npos ? 0 : colon);
    const auto [rest, error] = std::from_chars(text.data(), end, measure.quantile);
    if (error != std::errc() || rest != end || measure.path.empty() ||
        !(measure.quantile >= 0 && measure.quantile <= 1)) {
      return {
          StatusCode::kInvalidArgument,
          fmt::format("--quantile {}: it is a number from 0 to 1, a colon and a path: 0.95:payload.row_count", text)};
    }
    spec.measures.push_back(std::move(measure));
  }
  for (const std::string& text : by) spec.by.push_back(ReadGroup(text));
  if (spec.measures.empty() && !spec.by.empty()) spec.measures.push_back({Measure::Op::kCount, {}, 0});
  return Status::Ok();
}

std::string MeasureName(const Measure& measure) {
  static constexpr std::array<std::string_view, 6> kNames = {"count", "sum", "avg", "min", "max", "quantile"};
  const std::string_view name = kNames[static_cast<std::size_t>(measure.op)];
  if (measure.path.empty()) return std::string(name);
  if (measure.op == Measure::Op::kQuantile) return fmt::format("quantile({}:{})", measure.quantile, measure.path);
  return fmt::format("{}({})", name, measure.path);
}

std::string GroupName(const GroupBy& by) {
  for (const GroupWord& word : kGroupWords) {
    if (word.key == by.key) return std::string(word.word);
  }
  return by.path;
}

void PrintAggregate(Session& session, const AggregateSpec& spec, const AggregateResult& result) {
  std::vector<RowTable::Column> columns;
  for (const GroupBy& by : spec.by) columns.push_back({GroupName(by)});
  for (const Measure& measure : spec.measures)
    columns.push_back({MeasureName(measure), RowTable::Align::kRight, Style::kBold});
  RowTable table(std::move(columns));
  for (const AggregateRow& row : result.rows) {
    if (session.out().closed()) return;
    std::string line = "{";
    std::vector<RowTable::Cell> cells;
    const auto member = [&](const std::string& name, const std::string& json) {
      if (line.size() > 1) line += ',';
      AppendJsonString(line, name);
      line += ':' + json;
    };
    for (std::size_t i = 0; i < row.keys.size(); ++i) {
      // A path's value is JSON already; an absent one is not the same as an empty text.
      const bool path = spec.by[i].key == GroupBy::Key::kPath;
      member(GroupName(spec.by[i]), !path ? JsonString(row.keys[i]) : row.keys[i].empty() ? "null" : row.keys[i]);
      cells.emplace_back(row.keys[i].empty() ? "-" : row.keys[i]);
    }
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      const std::string number = row.values[i] ? Number(*row.values[i]) : "null";
      member(MeasureName(spec.measures[i]), number);
      cells.emplace_back(row.values[i] ? number : "-");
    }
    if (session.json()) {
      session.out().Line(line + "}");
    } else {
      table.Add(std::move(cells));
    }
  }
  if (session.json()) return;
  if (table.empty()) {
    session.Note("nothing matches");
  } else {
    table.Print(session.out(), session.paint());
  }
}

}  // namespace cairn
