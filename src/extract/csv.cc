#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>

#include "extract/column_values.h"
#include "extract/csv_reader.h"
#include "extract/extractors.h"
#include "extract/text.h"
#include "extract/text_encoding.h"

namespace cairn {
namespace {

using namespace std::string_view_literals;

constexpr std::array kTypes = {"text/csv"sv, "text/tab-separated-values"sv};
constexpr std::array kFields = {"Delimiter"sv,   "Quote"sv,        "HasHeader"sv,    "RowCount"sv,
                                "ColumnCount"sv, "MIMEEncoding"sv, "ByteOrderMark"sv};
constexpr std::size_t kBlockBytes = 1 << 16;

std::string DelimiterName(char delimiter) { return delimiter == '\t' ? "tab" : std::string(1, delimiter); }

bool LooksLikeName(std::string_view text) {
  ColumnValues values;
  values.AddUntyped(Trim(text));
  return !Trim(text).empty() && values.Type() == "text";
}

/// Rows of one table.
class Rows {
 public:
  Rows(const CsvDialect& dialect, const ExtractContext& context)
      : dialect_(dialect), context_(context), reader_(dialect, {context.limits.value_bytes, context.limits.fields}) {}

  void Add(std::string_view block) {
    reader_.Add(block, [this](const std::vector<CsvReader::Field>& row) { Row(row); });
  }

  void End(Extracted& to, bool cut_off) {
    const bool open = reader_.InQuotes();
    reader_.End([this](const std::vector<CsvReader::Field>& row) { Row(row); });
    if (first_.empty()) return;
    Table table;
    table.row_count = rows_ + (header_ ? 0 : 1);
    table.sampled = cut_off;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Column column;
      const bool named = header_ && i < first_.size() && !Trim(first_[i]).empty();
      column.name = named ? CutText(ToUtf8(Trim(first_[i])), 1024) : fmt::format("column{}", i + 1);
      columns_[i].Fill(&column);
      column.nullable = *column.null_count > 0;
      table.columns.push_back(std::move(column));
    }
    to.Add("Delimiter", DelimiterName(dialect_.delimiter));
    if (any_quote_) to.Add("Quote", std::string(1, dialect_.quote));
    to.Add("HasHeader", header_);
    to.Add("RowCount", *table.row_count);
    to.Add("ColumnCount", static_cast<std::int64_t>(table.columns.size()));
    if (shorter_ > 0) to.Warn(fmt::format("{} rows have fewer fields than the first", shorter_));
    if (longer_ > 0) to.Warn(fmt::format("{} rows have more fields than the first", longer_));
    if (left_out_) to.Warn(fmt::format("columns beyond the first {} are left out", context_.limits.fields));
    if (open) to.Warn("a quote is open at the end");
    to.tables.push_back(std::move(table));
  }

 private:
  void Row(const std::vector<CsvReader::Field>& row) {
    left_out_ = left_out_ || reader_.left_out() > 0;
    for (const auto& field : row) any_quote_ = any_quote_ || field.quoted;
    if (first_.empty()) return First(row);
    ++rows_;
    shorter_ += row.size() < first_.size() ? 1 : 0;
    longer_ += row.size() > first_.size() ? 1 : 0;
    // What stands beyond the first row's width is told, not counted as a column.
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i < row.size()) {
        Value(row[i], &columns_[i]);
      } else {
        columns_[i].AddNull();
      }
    }
  }

  // Names, where each is a different text that no value would be.
  void First(const std::vector<CsvReader::Field>& row) {
    std::set<std::string_view> names;
    header_ = true;
    for (const auto& field : row) {
      first_.emplace_back(field.text);
      header_ = header_ && LooksLikeName(field.text) && names.insert(field.text).second;
    }
    // A column of row numbers often has no name.
    if (!header_ && row.size() > 2 && row[0].text.empty()) {
      header_ = std::all_of(row.begin() + 1, row.end(), [](const auto& field) { return LooksLikeName(field.text); });
    }
    columns_.resize(row.size());
    if (header_) return;
    for (std::size_t i = 0; i < row.size(); ++i) Value(row[i], &columns_[i]);
  }

  void Value(const CsvReader::Field& field, ColumnValues* column) const {
    if (field.text.empty() && !field.quoted) return column->AddNull();
    column->AddUntyped(field.quoted ? field.text : Trim(field.text), dialect_.delimiter == ';' ? ',' : '.');
  }

  const CsvDialect dialect_;
  const ExtractContext& context_;
  CsvReader reader_;
  std::vector<std::string> first_;
  std::vector<ColumnValues> columns_;
  bool header_ = false;
  bool any_quote_ = false;
  bool left_out_ = false;
  std::int64_t rows_ = 0;
  std::int64_t shorter_ = 0;
  std::int64_t longer_ = 0;
};

class Csv final : public Extractor {
 public:
  Csv() : Extractor({"csv", 2, kTypes, kFields}) {}

  Result<Extracted> Extract(const FileBytes& bytes, const ExtractContext& context) const override {
    Extracted to(context.limits);
    to.type = context.type;
    TextEncoding encoding;
    std::string block = BlockFor(bytes, kBlockBytes);
    std::unique_ptr<Rows> rows;
    std::uint64_t at = 0;
    bool wide = false;
    while (at < context.limits.total_bytes) {
      if (Status go = context.KeepGoing(); !go.ok()) return go;
      auto got = bytes.Read(at, block);
      if (!got) return got.error();
      if (*got == 0) break;
      std::string_view part(block.data(), *got);
      encoding.Add(part);
      if (at == 0) {
        wide = encoding.Name().starts_with("utf-16");
        if (part.starts_with("\xef\xbb\xbf")) part.remove_prefix(3);
      }
      std::string decoded;
      if (wide) part = decoded = FromUtf16(part, encoding.Name() == "utf-16be");
      if (rows == nullptr) {
        rows = std::make_unique<Rows>(FindCsvDialect(part, context.type == kTypes[1] ? '\t' : ','), context);
      }
      rows->Add(part);
      at += *got;
    }
    if (rows != nullptr) rows->End(to, at < bytes.size());
    if (at < bytes.size()) to.Warn(fmt::format("only the first {} bytes are read", at));
    to.Add("MIMEEncoding", std::string(encoding.Name()));
    if (encoding.HasMark()) to.Add("ByteOrderMark", std::string("Yes"));
    return to;
  }
};

}  // namespace

const Extractor& CsvExtractor() {
  static const Csv kCsv;
  return kCsv;
}

}  // namespace cairn
