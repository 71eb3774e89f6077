#include "rival_key_value.h"

#include "scratch.h"

namespace cairn::bench {
namespace {

void CheckLmdb(int code) {
  if (code != MDB_SUCCESS) Fail(std::string("LMDB: ") + mdb_strerror(code));
}

MDB_val ValueOf(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

}  // namespace

SqliteKeyValues::SqliteKeyValues(const std::string& folder) {
  sqlite3* db = nullptr;
  const int opened = sqlite3_open((folder + "/values.db").c_str(), &db);
  db_.reset(db);
  Check(opened);
  Execute("PRAGMA journal_mode=WAL");
  Execute("PRAGMA synchronous=OFF");  // To build it; a look-up syncs nothing.
  Execute("CREATE TABLE entries(key TEXT PRIMARY KEY, value BLOB NOT NULL)");
  get_ = Prepare("SELECT value FROM entries WHERE key=?");
  put_ = Prepare("INSERT INTO entries VALUES(?, ?)");
}

void SqliteKeyValues::Begin() { Execute("BEGIN"); }
void SqliteKeyValues::Commit() { Execute("COMMIT"); }

void SqliteKeyValues::Put(std::string_view key, std::string_view value) {
  sqlite3_bind_text(put_.get(), 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  sqlite3_bind_blob(put_.get(), 2, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  if (sqlite3_step(put_.get()) != SQLITE_DONE) Check(sqlite3_errcode(db_.get()));
  sqlite3_reset(put_.get());
}

std::string_view SqliteKeyValues::Get(std::string_view key) {
  sqlite3_reset(get_.get());
  sqlite3_bind_text(get_.get(), 1, key.data(), static_cast<int>(key.size()), SQLITE_STATIC);
  if (sqlite3_step(get_.get()) != SQLITE_ROW) Fail("SQLite found no value");
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(get_.get(), 0));
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(get_.get(), 0))};
}

void SqliteKeyValues::Execute(const char* sql) { Check(sqlite3_exec(db_.get(), sql, nullptr, nullptr, nullptr)); }

SqliteKeyValues::Statement SqliteKeyValues::Prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  Check(sqlite3_prepare_v3(db_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
  return Statement(statement);
}

void SqliteKeyValues::Check(int code) {
  if (code != SQLITE_OK) Fail(std::string("SQLite: ") + sqlite3_errmsg(db_.get()));
}

LmdbKeyValues::LmdbKeyValues(const std::string& folder) {
  CheckLmdb(mdb_env_create(&env_));
  CheckLmdb(mdb_env_set_mapsize(env_, std::size_t{4} << 30));
  CheckLmdb(mdb_env_open(env_, folder.c_str(), MDB_NOSYNC, 0600));
  Begin();
  CheckLmdb(mdb_dbi_open(write_, nullptr, MDB_CREATE, &table_));
  Commit();
}

LmdbKeyValues::~LmdbKeyValues() {
  if (read_ != nullptr) mdb_txn_abort(read_);
  mdb_env_close(env_);
}

void LmdbKeyValues::Begin() { CheckLmdb(mdb_txn_begin(env_, nullptr, 0, &write_)); }
void LmdbKeyValues::Commit() { CheckLmdb(mdb_txn_commit(write_)); }

void LmdbKeyValues::Put(std::string_view key, std::string_view value) {
  MDB_val name = ValueOf(key);
  MDB_val bytes = ValueOf(value);
  CheckLmdb(mdb_put(write_, table_, &name, &bytes, 0));
}

std::string_view LmdbKeyValues::Get(std::string_view key) {
  if (read_ == nullptr) {
    CheckLmdb(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &read_));
  } else {
    mdb_txn_reset(read_);
    CheckLmdb(mdb_txn_renew(read_));
  }
  MDB_val name = ValueOf(key);
  MDB_val bytes{};
  CheckLmdb(mdb_get(read_, table_, &name, &bytes));
  return {static_cast<const char*>(bytes.mv_data), bytes.mv_size};
}

}  // namespace cairn::bench
