#include "extract/sqlite_tables.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "extract/column_values.h"
#include "extract/text.h"

namespace cairn {
namespace {

std::string_view TextAt(sqlite3_stmt* statement, int column) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr ? std::string_view()
                         : std::string_view(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

std::string Quoted(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

/// A statement that is stepped through.
class Rows {
 public:
  Rows(sqlite3* db, const std::string& sql) {
    code_ = sqlite3_prepare_v2(db, sql.c_str(), static_cast<int>(sql.size()), &statement_, nullptr);
  }
  ~Rows() { sqlite3_finalize(statement_); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool Next() {
    if (code_ == SQLITE_OK || code_ == SQLITE_ROW) code_ = sqlite3_step(statement_);
    return code_ == SQLITE_ROW;
  }
  /// Whether all rows came.
  [[nodiscard]] bool whole() const { return code_ == SQLITE_DONE; }
  [[nodiscard]] sqlite3_stmt* get() const { return statement_; }
  [[nodiscard]] std::string Text(int column) const { return ToUtf8(TextAt(statement_, column)); }
  [[nodiscard]] std::int64_t Integer(int column) const { return sqlite3_column_int64(statement_, column); }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int code_ = SQLITE_ERROR;
};

void AddColumns(sqlite3* db, const std::string& name, std::size_t columns_max, Table* table) {
  Rows rows(db, "PRAGMA table_xinfo(" + Quoted(name) + ")");
  while (rows.Next() && table->columns.size() < columns_max) {
    if (rows.Integer(6) == 1) continue;  // hidden, of a virtual table
    Column column;
    column.name = rows.Text(1);
    column.type = rows.Text(2);
    column.nullable = rows.Integer(3) == 0;
    column.default_value = rows.Text(4);
    column.primary_key = rows.Integer(5) != 0;
    table->columns.push_back(std::move(column));
  }
}

void AddKeys(sqlite3* db, const std::string& name, std::size_t max, Table* table) {
  Rows indexes(db, "PRAGMA index_list(" + Quoted(name) + ")");
  while (indexes.Next() && table->indexes.size() < max) table->indexes.push_back(indexes.Text(1));
  std::sort(table->indexes.begin(), table->indexes.end());
  std::map<std::int64_t, ForeignKey> keys;
  Rows foreign(db, "PRAGMA foreign_key_list(" + Quoted(name) + ")");
  while (foreign.Next() && keys.size() < max) {
    ForeignKey& key = keys[foreign.Integer(0)];
    key.table = foreign.Text(2);
    key.columns.push_back(foreign.Text(3));
    // Without a column the other's primary key is meant.
    if (!foreign.Text(4).empty()) key.references.push_back(foreign.Text(4));
  }
  for (auto& [id, key] : keys) table->foreign_keys.push_back(std::move(key));
}

void AddValue(sqlite3_stmt* statement, int at, ColumnValues* column) {
  switch (sqlite3_column_type(statement, at)) {
    case SQLITE_NULL:
      return column->AddNull();
    case SQLITE_INTEGER:
      return column->AddInteger(sqlite3_column_int64(statement, at));
    case SQLITE_FLOAT:
      return column->AddReal(sqlite3_column_double(statement, at));
    case SQLITE_BLOB: {
      const auto* blob = static_cast<const char*>(sqlite3_column_blob(statement, at));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
      return column->AddOther("blob", blob == nullptr ? std::string_view() : std::string_view(blob, size));
    }
    default:
      return column->AddText(TextAt(statement, at));
  }
}

}  // namespace

Status ReadSqliteTables(const SqliteBytes& database, const ExtractContext& context, Extracted& to) {
  sqlite3* db = database.db();
  std::vector<std::pair<std::string, bool>> names;
  Rows schema(db,
              "SELECT name, sql LIKE 'CREATE VIRTUAL%' FROM sqlite_schema WHERE type='table' AND "
              "name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid");
  while (schema.Next() && names.size() < context.limits.fields)
    names.emplace_back(schema.Text(0), schema.Integer(1) != 0);
  if (!schema.whole() && database.stopped().ok()) to.Warn(fmt::format("the schema: {}", sqlite3_errmsg(db)));
  std::size_t columns_left = context.limits.fields;
  for (const auto& [name, is_virtual] : names) {
    if (database.stopped().code() == StatusCode::kResourceExhausted) break;
    if (!database.stopped().ok()) return database.stopped();
    Table table;
    table.name = name;
    AddColumns(db, name, columns_left, &table);
    columns_left -= table.columns.size();
    AddKeys(db, name, context.limits.fields, &table);
    // The rows of a virtual table are what its module makes of other tables.
    if (!is_virtual && !table.columns.empty()) {
      std::string list;
      for (const Column& column : table.columns) list += (list.empty() ? "" : ",") + Quoted(column.name);
      Rows rows(db, "SELECT " + list + " FROM " + Quoted(name));
      std::vector<ColumnValues> values(table.columns.size());
      std::size_t count = 0;
      while (count < context.limits.entries && rows.Next()) {
        ++count;
        for (std::size_t i = 0; i < values.size(); ++i) AddValue(rows.get(), static_cast<int>(i), &values[i]);
      }
      table.sampled = !rows.whole();
      table.row_count = static_cast<std::int64_t>(count);
      if (table.sampled && count == context.limits.entries) {
        Rows all(db, "SELECT count(*) FROM " + Quoted(name));
        table.row_count = all.Next() ? std::optional(all.Integer(0)) : std::nullopt;
      } else if (table.sampled && database.stopped().ok()) {
        to.Warn(fmt::format("table {} is damaged after {} rows: {}", name, count, sqlite3_errmsg(db)));
      }
      for (std::size_t i = 0; i < values.size(); ++i) values[i].Fill(&table.columns[i]);
    }
    to.tables.push_back(std::move(table));
  }
  if (database.stopped().code() == StatusCode::kResourceExhausted) to.Warn(database.stopped().message());
  return database.stopped().code() == StatusCode::kResourceExhausted ? Status::Ok() : database.stopped();
}

}  // namespace cairn
