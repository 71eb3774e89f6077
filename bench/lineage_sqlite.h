#pragma once

#include <sqlite3.h>

#include <memory>

#include "lineage_asking.h"
#include "lineage_dag.h"

namespace cairn::bench {

using Sqlite = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

inline Sqlite OpenSqlite(const char* schema) {
  sqlite3* db = nullptr;
  sqlite3_open(":memory:", &db);
  sqlite3_exec(db, schema, nullptr, nullptr, nullptr);
  return {db, sqlite3_close};
}

inline void InsertEdges(sqlite3* db, const LayeredDag& dag) {
  sqlite3_exec(db, "BEGIN", nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO edges VALUES(?, ?)", -1, &insert, nullptr);
  for (const auto& edge : dag.edges()) {
    sqlite3_bind_int64(insert, 1, edge.from);
    sqlite3_bind_int64(insert, 2, edge.to);
    sqlite3_step(insert);
    sqlite3_reset(insert);
  }
  sqlite3_finalize(insert);
  sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr);
}

/// An edge table with an index each way.
inline Sqlite SqliteOf(const LayeredDag& dag) {
  Sqlite db = OpenSqlite("CREATE TABLE edges(a INTEGER, b INTEGER)");
  InsertEdges(db.get(), dag);
  sqlite3_exec(db.get(), "CREATE INDEX ab ON edges(a, b); CREATE INDEX ba ON edges(b, a); ANALYZE", nullptr, nullptr,
               nullptr);
  return db;
}

/// `sql` of a number, which answers with a number.
template <typename Sql>
double SqliteSeconds(const LayeredDag& dag, Sql&& sql) {
  const Sqlite db = SqliteOf(dag);
  return TimesAt(0.5, 5, [&](std::size_t i) {
    sqlite3_stmt* query = nullptr;
    sqlite3_prepare_v2(db.get(), sql(i).c_str(), -1, &query, nullptr);
    sqlite3_step(query);
    Keep(sqlite3_column_int64(query, 0));
    sqlite3_finalize(query);
  });
}

}  // namespace cairn::bench
