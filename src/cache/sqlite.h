#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "cairn/status.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cairn {

/// Returns what an SQLite result code means here: UNAVAILABLE (locked, I/O), RESOURCE_EXHAUSTED (disk full), DATA_LOSS
/// (damaged or no database), INTERNAL otherwise.
Status SqliteStatus(int code, std::string_view doing, std::string_view message);

/// A prepared statement. One thread at a time. After `Step` said false or failed it is ready to be bound again.
class SqliteStatement {
 public:
  SqliteStatement() = default;
  explicit SqliteStatement(sqlite3_stmt* statement) : statement_(statement) {}

  SqliteStatement& Bind(int at, std::int64_t value);
  SqliteStatement& Bind(int at, std::uint64_t value) { return Bind(at, static_cast<std::int64_t>(value)); }
  SqliteStatement& Bind(int at, int value) { return Bind(at, std::int64_t{value}); }
  /// The bytes must stand until the statement is reset.
  SqliteStatement& BindText(int at, std::string_view value);
  SqliteStatement& BindBlob(int at, std::string_view value);

  /// Whether there is a row.
  Result<bool> Step();
  /// Runs it to its end.
  Status Run();
  void Reset();

  [[nodiscard]] std::int64_t Int(int column) const;
  [[nodiscard]] std::uint64_t Unsigned(int column) const { return static_cast<std::uint64_t>(Int(column)); }
  /// Holds until the next step.
  [[nodiscard]] std::string_view Bytes(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

/// A connection to an SQLite file. One thread at a time.
class SqliteConnection {
 public:
  /// Opens a file that stands. `busy_ms`: how long to wait for another's lock.
  static Result<std::unique_ptr<SqliteConnection>> Open(const std::string& path, int busy_ms);
  /// The same of one that this process may not write, or that stands where nothing can be written.
  static Result<std::unique_ptr<SqliteConnection>> OpenToRead(const std::string& path, int busy_ms);
  /// An empty one that stands in memory alone.
  static Result<std::unique_ptr<SqliteConnection>> OpenInMemory();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;
  ~SqliteConnection();

  Result<SqliteStatement> Prepare(std::string_view sql);
  /// Runs statements that answer nothing.
  Status Execute(const char* sql);
  /// The first column of the first row; 0 where there is none.
  Result<std::int64_t> Number(std::string_view sql);
  /// Writes all of it, as it was committed, to a file that takes the place of `path` whole, and whose further changes
  /// go to a write-ahead log. Not synced: after a power cut SQLite finds an empty file, or says DATA_LOSS.
  /// Returns RESOURCE_EXHAUSTED where the disk is full, UNAVAILABLE where it cannot be written.
  Status WriteFile(const std::string& path);
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] bool is_in_transaction() const;
  void SetBusyTimeout(int ms);

 private:
  explicit SqliteConnection(sqlite3* db) : db_(db) {}
  static Result<std::unique_ptr<SqliteConnection>> OpenAs(const std::string& name, int flags, int busy_ms);
  sqlite3* db_;
};

/// BEGIN IMMEDIATE to COMMIT; rolled back where it ends without.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteConnection& connection) : connection_(connection) {}
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  ~SqliteTransaction();
  Status Begin() { return connection_.Execute("BEGIN IMMEDIATE"); }
  Status Commit() { return connection_.Execute("COMMIT"); }

 private:
  SqliteConnection& connection_;
};

}  // namespace cairn
