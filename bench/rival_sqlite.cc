#include "rival_sqlite.h"

#include <array>

#include "measure.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

void BindText(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

}  // namespace

SqliteRival::SqliteRival(const std::string& folder, Tuning tuning, bool durable) {
  sqlite3* db = nullptr;
  const int opened = sqlite3_open((folder + "/records.db").c_str(), &db);
  db_.reset(db);
  Check(opened);
  if (tuning != Tuning::kDefault) Execute("PRAGMA locking_mode=EXCLUSIVE");
  Execute("PRAGMA journal_mode=WAL");
  Execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=OFF");
  if (tuning != Tuning::kDefault) {
    Execute("PRAGMA cache_size=-2097152");  // 2 GiB: all of it
    Execute("PRAGMA mmap_size=17179869184");
    Execute("PRAGMA wal_autocheckpoint=65536");
    Execute("PRAGMA temp_store=MEMORY");
  }
  const std::string columns =
      "kind TEXT NOT NULL, target TEXT NOT NULL, produced_at INTEGER NOT NULL, run_id TEXT NOT NULL,"
      " fingerprint BLOB NOT NULL, record TEXT NOT NULL";
  if (tuning == Tuning::kClustered) {
    Execute("CREATE TABLE records(seq INTEGER NOT NULL, " + columns +
            ", PRIMARY KEY(kind, target, produced_at, seq)) WITHOUT ROWID");
  } else {
    Execute("CREATE TABLE records(seq INTEGER PRIMARY KEY, " + columns + ")");
    Execute("CREATE INDEX series ON records(kind, target, produced_at)");
  }
  Execute("CREATE INDEX runs ON records(run_id)");
  Execute("CREATE UNIQUE INDEX fingerprints ON records(fingerprint)");
  begin_ = Prepare("BEGIN IMMEDIATE");
  commit_ = Prepare("COMMIT");
  insert_ = Prepare(
      "INSERT OR IGNORE INTO records(seq, kind, target, produced_at, run_id, fingerprint, record) "
      "VALUES(?,?,?,?,?,?,?)");
  latest_ = Prepare("SELECT record FROM records WHERE kind=? AND target=? ORDER BY produced_at DESC LIMIT 1");
  history_ = Prepare("SELECT record FROM records WHERE kind=? AND target=? ORDER BY produced_at DESC LIMIT ?");
}

void SqliteRival::StoreBatch(const ParsedBatch& batch) {
  const auto run = [&](sqlite3_stmt* statement) {
    if (sqlite3_step(statement) != SQLITE_DONE) Check(sqlite3_errcode(db_.get()));
    sqlite3_reset(statement);
  };
  run(begin_.get());
  sqlite3_stmt* insert = insert_.get();
  for (const ParsedRecord& record : batch) {
    std::array<unsigned char, sizeof(XXH128_canonical_t)> fingerprint{};
    XXH128_canonicalFromHash(reinterpret_cast<XXH128_canonical_t*>(fingerprint.data()), record.fingerprint);
    sqlite3_bind_int64(insert, 1, ++seq_);
    BindText(insert, 2, record.kind);
    BindText(insert, 3, record.target);
    sqlite3_bind_int64(insert, 4, record.produced_at);
    BindText(insert, 5, record.run_id);
    sqlite3_bind_blob(insert, 6, fingerprint.data(), static_cast<int>(fingerprint.size()), SQLITE_STATIC);
    BindText(insert, 7, record.bytes);
    run(insert);
  }
  run(commit_.get());
}

std::string_view SqliteRival::Latest(std::string_view kind, std::string_view target) {
  sqlite3_stmt* latest = latest_.get();
  sqlite3_reset(latest);
  BindText(latest, 1, kind);
  BindText(latest, 2, target);
  if (sqlite3_step(latest) != SQLITE_ROW) Fail("SQLite found no latest record");
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(latest, 0));
  return {text, static_cast<std::size_t>(sqlite3_column_bytes(latest, 0))};
}

std::size_t SqliteRival::History(std::string_view kind, std::string_view target, std::size_t limit) {
  sqlite3_stmt* history = history_.get();
  BindText(history, 1, kind);
  BindText(history, 2, target);
  sqlite3_bind_int64(history, 3, static_cast<sqlite3_int64>(limit));
  std::size_t rows = 0;
  while (sqlite3_step(history) == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(history, 0));
    Keep(text[sqlite3_column_bytes(history, 0) - 1]);
    ++rows;
  }
  sqlite3_reset(history);
  return rows;
}

std::size_t SqliteRival::AverageByTargetAndDay() {
  const Statement average = Prepare(
      "SELECT target, produced_at / 86400000000000, avg(json_extract(record, '$.payload.row_count'))"
      " FROM records GROUP BY 1, 2");
  std::size_t groups = 0;
  while (sqlite3_step(average.get()) == SQLITE_ROW) ++groups;
  return groups;
}

void SqliteRival::Execute(const std::string& sql) {
  Check(sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr));
}

SqliteRival::Statement SqliteRival::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  return Statement(statement);
}

void SqliteRival::Check(int code) {
  if (code != SQLITE_OK) Fail(std::string("SQLite: ") + sqlite3_errmsg(db_.get()));
}

}  // namespace cairn::bench
