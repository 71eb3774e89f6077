#include <fmt/format.h>
#include <simdjson.h>

#include <array>
#include <map>

#include "extract/column_values.h"
#include "extract/extractors.h"
#include "extract/text.h"
#include "record/wide_integers.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;
namespace dom = simdjson::dom;

constexpr std::array kTypes = {"application/jsonl"sv};
constexpr std::array kFields = {"RowCount"sv, "ColumnCount"sv, "InvalidCount"sv};
constexpr std::size_t kBlockBytes = 1 << 18;

/// Objects, a line each: their keys are columns.
class Lines {
 public:
  explicit Lines(const ExtractContext& context) : context_(context) {}

  void Line(std::string_view line) {
    if (Trim(line).empty()) return;
    dom::element element;
    auto code = parser_.parse(line.data(), line.size(), true).get(element);
    if (code == simdjson::NUMBER_ERROR) {
      if (const auto widened = WidenIntegers(line)) code = parser_.parse(*widened).get(element);
    }
    if (code != simdjson::SUCCESS) return Bad();
    ++rows_;
    dom::object object;
    if (element.get(object) != simdjson::SUCCESS) return Value("value", element);
    for (const auto& [key, value] : object) Value(key, value);
  }
  void Bad() { ++bad_; }

  [[nodiscard]] std::int64_t rows() const { return rows_; }
  [[nodiscard]] std::int64_t bad() const { return bad_; }

  void End(Extracted& to, bool sampled) {
    Table table;
    table.row_count = rows_;
    table.sampled = sampled;
    for (const std::string& name : names_) {
      State& state = columns_[name];
      Column column;
      column.name = CutText(name, 1024);
      state.values.Fill(&column);
      // A key that is missing in a line is a null there.
      column.null_count = *column.null_count + rows_ - state.rows;
      column.nullable = *column.null_count > 0;
      table.columns.push_back(std::move(column));
    }
    to.Add("RowCount", rows_);
    to.Add("ColumnCount", static_cast<std::int64_t>(names_.size()));
    if (bad_ > 0) {
      to.Add("InvalidCount", bad_);
      to.Warn(fmt::format("{} no JSON", bad_ == 1 ? "1 line is" : fmt::format("{} lines are", bad_)));
    }
    if (left_out_) to.Warn(fmt::format("columns beyond the first {} are left out", context_.limits.fields));
    to.tables.push_back(std::move(table));
  }

 private:
  struct State {
    ColumnValues values;
    std::int64_t rows = 0;      ///< That have the key.
    std::int64_t last_row = 0;  ///< A key twice in a line counts once.
  };

  void Value(std::string_view key, dom::element value) {
    auto found = columns_.find(key);
    if (found == columns_.end()) {
      if (columns_.size() >= context_.limits.fields) {
        left_out_ = true;
        return;
      }
      found = columns_.emplace(std::string(key), State()).first;
      names_.emplace_back(key);
    }
    State& state = found->second;
    if (state.last_row == rows_) return;
    state.last_row = rows_;
    ++state.rows;
    Take(value, &state.values);
  }

  static void Take(dom::element value, ColumnValues* column) {
    switch (value.type()) {
      case dom::element_type::INT64:
        return column->AddInteger(std::int64_t(value));
      case dom::element_type::UINT64:
        return column->AddReal(static_cast<double>(std::uint64_t(value)));
      case dom::element_type::DOUBLE:
        return column->AddReal(double(value));
      case dom::element_type::BOOL:
        return column->AddBool(bool(value));
      case dom::element_type::STRING:
        return column->AddText(std::string_view(value));
      case dom::element_type::NULL_VALUE:
        return column->AddNull();
      case dom::element_type::ARRAY:
        return column->AddOther("array", simdjson::minify(value));
      case dom::element_type::OBJECT:
        return column->AddOther("object", simdjson::minify(value));
    }
  }

  const ExtractContext& context_;
  dom::parser parser_;
  std::map<std::string, State, std::less<>> columns_;
  std::vector<std::string> names_;  ///< In the order of their first line.
  std::int64_t rows_ = 0;
  std::int64_t bad_ = 0;
  bool left_out_ = false;
};

class JsonLines final : public Extractor {
 public:
  JsonLines() : Extractor({"jsonl", 3, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = kTypes[0];
    Lines lines(context);
    std::string block = BlockFor(bytes, kBlockBytes);
    std::string begun;  // a line whose end is in the next block
    bool too_long = false;
    std::uint64_t at = 0;
    const auto end_line = [&](std::string_view rest) {
      if (too_long) {
        lines.Bad();
      } else if (begun.empty()) {
        lines.Line(rest);
      } else {
        begun += rest;
        lines.Line(begun);
      }
      begun.clear();
      too_long = false;
    };
    while (at < context.limits.total_bytes) {
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      auto got = bytes.Read(at, block);
      if (!got) return got.error();
      if (*got == 0) break;
      std::string_view part(block.data(), *got);
      if (at == 0 && part.starts_with("\xef\xbb\xbf")) part.remove_prefix(3);
      at += *got;
      while (true) {
        const std::size_t end = part.find('\n');
        if (end == std::string_view::npos) break;
        end_line(part.substr(0, end));
        part.remove_prefix(end + 1);
      }
      too_long = too_long || begun.size() + part.size() > context.limits.bytes / 4;
      if (!too_long) begun += part;
    }
    if (!begun.empty() || too_long) end_line("");
    if (lines.rows() == 0 && lines.bad() > 0) {
      return Status(StatusCode::kInvalidArgument, "no JSON lines: none of the lines is JSON");
    }
    lines.End(to, at < bytes.size());
    if (at < bytes.size()) to.Warn(fmt::format("only the first {} bytes are read", at));
    return to;
  }
};

}  // namespace

const Extractor& JsonLinesExtractor() {
  static const JsonLines kJsonLines;
  return kJsonLines;
}

}  // namespace cairn
