#pragma once

#include <lmdb.h>
#include <sqlite3.h>

#include <memory>
#include <string>
#include <string_view>

namespace cairn::bench {

/// SQLite as a cache: one table of keys and values, WAL, prepared statements, each look-up its own transaction.
class SqliteKeyValues {
 public:
  explicit SqliteKeyValues(const std::string& folder);

  void Begin();
  void Put(std::string_view key, std::string_view value);
  void Commit();
  /// Good until the next call. Ends the process where it is not there.
  std::string_view Get(std::string_view key);

 private:
  struct CloseDatabase {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;
  void Execute(const char* sql);
  Statement Prepare(const char* sql);
  void Check(int code);

  std::unique_ptr<sqlite3, CloseDatabase> db_;
  Statement get_;
  Statement put_;
};

/// LMDB as a cache: one tree; each look-up renews its read transaction.
class LmdbKeyValues {
 public:
  explicit LmdbKeyValues(const std::string& folder);
  LmdbKeyValues(const LmdbKeyValues&) = delete;
  LmdbKeyValues& operator=(const LmdbKeyValues&) = delete;
  ~LmdbKeyValues();

  void Begin();
  void Put(std::string_view key, std::string_view value);
  void Commit();
  /// Good until the next call: it points into the file's map. Ends the process where it is not there.
  std::string_view Get(std::string_view key);

 private:
  MDB_env* env_ = nullptr;
  MDB_dbi table_ = 0;
  MDB_txn* write_ = nullptr;
  MDB_txn* read_ = nullptr;
};

}  // namespace cairn::bench
