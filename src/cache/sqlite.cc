#include "cache/sqlite.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

namespace cairn {

namespace {

std::string_view FileOf(sqlite3* db) {
  const char* const path = sqlite3_db_filename(db, "main");
  return path != nullptr && *path != '\0' ? path : "an SQLite file";
}

// Where the header of a file says how its changes are written, and what it says of a write-ahead log (SQLite's file
// format, 1.3.3).
constexpr std::size_t kWriteVersionAt = 18;
constexpr std::size_t kReadVersionAt = 19;
constexpr unsigned char kWriteAheadLog = 2;

// 0, or errno.
int WriteWhole(const std::string& path, std::string_view bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  int failed = 0;
  while (failed == 0 && !bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written >= 0) bytes.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 && errno != EINTR) failed = errno;
  }
  if (::close(fd) != 0 && failed == 0) failed = errno;
  return failed;
}

}  // namespace

Status SqliteStatus(int code, std::string_view doing, std::string_view message) {
  StatusCode status = StatusCode::kInternal;
  switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
      return Status::Ok();
    case SQLITE_FULL:
      status = StatusCode::kResourceExhausted;
      break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      status = StatusCode::kDataLoss;
      break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_PROTOCOL:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      status = StatusCode::kUnavailable;
      break;
    default:
      break;
  }
  std::string text(doing);
  text += ": ";
  text += message;
  return {status, std::move(text)};
}

void SqliteStatement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

// A failed bind (a blob beyond SQLite's bound) shows at the step, which then fails.
SqliteStatement& SqliteStatement::Bind(int at, std::int64_t value) {
  sqlite3_bind_int64(statement_.get(), at, value);
  return *this;
}

SqliteStatement& SqliteStatement::BindText(int at, std::string_view value) {
  sqlite3_bind_text64(statement_.get(), at, value.data(), value.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}

SqliteStatement& SqliteStatement::BindBlob(int at, std::string_view value) {
  sqlite3_bind_blob64(statement_.get(), at, value.data(), value.size(), SQLITE_STATIC);
  return *this;
}

Result<bool> SqliteStatement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  Status status;
  if (code != SQLITE_DONE) {
    sqlite3* const db = sqlite3_db_handle(statement_.get());
    status = SqliteStatus(code, FileOf(db), sqlite3_errmsg(db));
  }
  sqlite3_reset(statement_.get());
  if (!status.ok()) return status;
  return false;
}

Status SqliteStatement::Run() {
  for (;;) {
    const auto row = Step();
    if (!row) return row.error();
    if (!*row) return Status::Ok();
  }
}

void SqliteStatement::Reset() { sqlite3_reset(statement_.get()); }

std::int64_t SqliteStatement::Int(int column) const { return sqlite3_column_int64(statement_.get(), column); }

std::string_view SqliteStatement::Bytes(int column) const {
  const void* bytes = sqlite3_column_blob(statement_.get(), column);
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string_view() : std::string_view(static_cast<const char*>(bytes), size);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path, int busy_ms) {
  return OpenAs(path, SQLITE_OPEN_READWRITE, busy_ms);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::OpenToRead(const std::string& path, int busy_ms) {
  auto connection = OpenAs(path, SQLITE_OPEN_READONLY, busy_ms);
  if (!connection || (*connection)->Number("PRAGMA user_version")) return connection;
  // What stands in the log is found by its index. Where there is none, and none can be made, there is no writer; then
  // the file is all there is, unless a log stands beside it.
  std::error_code error;
  const auto log_bytes = std::filesystem::file_size(path + "-wal", error);
  if (!error && log_bytes != 0) {
    return Status(StatusCode::kFailedPrecondition,
                  path + "-wal cannot be read where nothing can be written: copy the folder to where it can");
  }
  std::string name = "file:";
  for (const char c : path) name += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", c) : std::string(1, c);
  return OpenAs(name + "?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, busy_ms);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::OpenInMemory() {
  return OpenAs(":memory:", SQLITE_OPEN_READWRITE, 0);
}

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::OpenAs(const std::string& name, int flags, int busy_ms) {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(name.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(db));
  if (code != SQLITE_OK) return SqliteStatus(code, "opening " + name, sqlite3_errmsg(db));
  connection->SetBusyTimeout(busy_ms);
  // The last one out would delete the log; a child of fork that has not asked for its own locks yet still needs it.
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return connection;
}

SqliteConnection::~SqliteConnection() { sqlite3_close_v2(db_); }

Result<SqliteStatement> SqliteConnection::Prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  if (code != SQLITE_OK) return SqliteStatus(code, FileOf(db_), sqlite3_errmsg(db_));
  return SqliteStatement(statement);
}

Status SqliteConnection::Execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? Status::Ok() : SqliteStatus(code, FileOf(db_), sqlite3_errmsg(db_));
}

Result<std::int64_t> SqliteConnection::Number(std::string_view sql) {
  auto statement = Prepare(sql);
  if (!statement) return statement.error();
  const auto row = statement->Step();
  if (!row) return row.error();
  return *row ? statement->Int(0) : 0;
}

Status SqliteConnection::WriteFile(const std::string& path) {
  sqlite3_int64 bytes = 0;
  const std::unique_ptr<unsigned char, void (*)(void*)> image(sqlite3_serialize(db_, "main", &bytes, 0), sqlite3_free);
  if (image == nullptr) return {StatusCode::kResourceExhausted, path + ": there is no memory to put it together"};
  image.get()[kWriteVersionAt] = image.get()[kReadVersionAt] = kWriteAheadLog;
  const std::string temporary = path + ".new";
  int failed = WriteWhole(temporary, {reinterpret_cast<const char*>(image.get()), static_cast<std::size_t>(bytes)});
  if (failed == 0 && ::rename(temporary.c_str(), path.c_str()) != 0) failed = errno;
  if (failed == 0) return Status::Ok();
  (void)::unlink(temporary.c_str());
  const bool is_full = failed == ENOSPC || failed == EDQUOT;
  return {is_full ? StatusCode::kResourceExhausted : StatusCode::kUnavailable, path + ": " + std::strerror(failed)};
}

std::int64_t SqliteConnection::changes() const { return sqlite3_changes64(db_); }

bool SqliteConnection::is_in_transaction() const { return sqlite3_get_autocommit(db_) == 0; }

void SqliteConnection::SetBusyTimeout(int ms) { sqlite3_busy_timeout(db_, ms); }

SqliteTransaction::~SqliteTransaction() {
  if (connection_.is_in_transaction()) (void)connection_.Execute("ROLLBACK");
}

}  // namespace cairn
