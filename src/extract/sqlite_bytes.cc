#include "extract/sqlite_bytes.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace cairn {
namespace {

constexpr const char* kVfsName = "cairn-bytes";
constexpr int kStepsBetweenAsking = 20'000;

// The database that is being opened: SQLite passes no pointer to a file system but a name.
thread_local SqliteBytes* opening = nullptr;

struct OpenFile {
  sqlite3_file base;
  SqliteBytes* bytes;
};

SqliteBytes& Of(sqlite3_file* file) { return *reinterpret_cast<OpenFile*>(file)->bytes; }

int Refuse(sqlite3_file* /*file*/, const void* /*from*/, int /*size*/, sqlite3_int64 /*at*/) { return SQLITE_READONLY; }

const sqlite3_io_methods* Methods() {
  static const sqlite3_io_methods kMethods = [] {
    sqlite3_io_methods m = {};
    m.iVersion = 1;
    m.xClose = [](sqlite3_file*) { return SQLITE_OK; };
    m.xRead = [](sqlite3_file* file, void* to, int size, sqlite3_int64 at) { return Of(file).Read(to, size, at); };
    m.xWrite = Refuse;
    m.xTruncate = [](sqlite3_file*, sqlite3_int64) { return SQLITE_READONLY; };
    m.xSync = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xFileSize = [](sqlite3_file* file, sqlite3_int64* size) {
      *size = Of(file).size();
      return SQLITE_OK;
    };
    m.xLock = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xUnlock = [](sqlite3_file*, int) { return SQLITE_OK; };
    m.xCheckReservedLock = [](sqlite3_file*, int* held) {
      *held = 0;
      return SQLITE_OK;
    };
    m.xFileControl = [](sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; };
    m.xSectorSize = [](sqlite3_file*) { return 4096; };
    m.xDeviceCharacteristics = [](sqlite3_file*) { return SQLITE_IOCAP_IMMUTABLE; };
    return m;
  }();
  return &kMethods;
}

int OpenIt(sqlite3_vfs* /*vfs*/, const char* /*name*/, sqlite3_file* file, int flags, int* flags_out) {
  file->pMethods = nullptr;
  // Only the database itself: no journal, no temporary file.
  if (opening == nullptr || (flags & SQLITE_OPEN_MAIN_DB) == 0) return SQLITE_CANTOPEN;
  reinterpret_cast<OpenFile*>(file)->bytes = opening;
  file->pMethods = Methods();
  if (flags_out != nullptr) *flags_out = SQLITE_OPEN_READONLY | SQLITE_OPEN_MAIN_DB;
  return SQLITE_OK;
}

bool Register() {
  static const bool kRegistered = [] {
    static sqlite3_vfs vfs = {};
    vfs.iVersion = 1;
    vfs.szOsFile = sizeof(OpenFile);
    vfs.mxPathname = 64;
    vfs.zName = kVfsName;
    vfs.xOpen = OpenIt;
    vfs.xDelete = [](sqlite3_vfs*, const char*, int) { return SQLITE_READONLY; };
    vfs.xAccess = [](sqlite3_vfs*, const char*, int, int* out) {
      *out = 0;
      return SQLITE_OK;
    };
    vfs.xFullPathname = [](sqlite3_vfs*, const char* name, int size, char* out) {
      sqlite3_snprintf(size, out, "%s", name);
      return SQLITE_OK;
    };
    // Neither chance nor time: a reader needs none, and equal bytes give equal results.
    vfs.xRandomness = [](sqlite3_vfs*, int size, char* out) {
      std::memset(out, 0, static_cast<std::size_t>(size));
      return size;
    };
    vfs.xSleep = [](sqlite3_vfs*, int) { return 0; };
    vfs.xCurrentTime = [](sqlite3_vfs*, double* out) {
      *out = 2440587.5;
      return SQLITE_OK;
    };
    vfs.xGetLastError = [](sqlite3_vfs*, int, char*) { return 0; };
    return sqlite3_vfs_register(&vfs, 0) == SQLITE_OK;
  }();
  return kRegistered;
}

}  // namespace

Result<std::unique_ptr<SqliteBytes>> SqliteBytes::Open(const FileBytes& bytes, const ExtractContext& context) {
  if (!Register()) return Status(StatusCode::kInternal, "SQLite takes no file system");
  std::unique_ptr<SqliteBytes> out(new SqliteBytes(bytes, context));
  opening = out.get();
  int code = sqlite3_open_v2("database", &out->db_, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, kVfsName);
  opening = nullptr;
  const auto failed = [&] {
    const std::string why = out->db_ != nullptr ? sqlite3_errmsg(out->db_) : "no memory";
    return Status(StatusCode::kInvalidArgument, "no SQLite database: " + why);
  };
  if (code != SQLITE_OK) return failed();
  sqlite3* db = out->db_;
  sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  const auto bounded = [](std::uint64_t limit) { return static_cast<int>(std::min<std::uint64_t>(limit, 1 << 30)); };
  sqlite3_limit(db, SQLITE_LIMIT_LENGTH, bounded(context.limits.bytes));
  sqlite3_limit(db, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite3_limit(db, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(
      db, kStepsBetweenAsking, [](void* self) { return static_cast<SqliteBytes*>(self)->Stop() ? 1 : 0; }, out.get());
  code = sqlite3_exec(db, "PRAGMA cell_size_check=ON;PRAGMA temp_store=MEMORY;PRAGMA cache_size=-4096", nullptr,
                      nullptr, nullptr);
  if (code == SQLITE_OK) code = sqlite3_exec(db, "SELECT 1 FROM sqlite_schema LIMIT 1", nullptr, nullptr, nullptr);
  if (!out->stopped_.ok()) return out->stopped_;
  if (code != SQLITE_OK) return failed();
  return out;
}

SqliteBytes::~SqliteBytes() { sqlite3_close_v2(db_); }

std::int64_t SqliteBytes::size() const {
  return static_cast<std::int64_t>(std::min<std::uint64_t>(bytes_.size(), INT64_MAX));
}

bool SqliteBytes::Stop() {
  if (stopped_.ok()) stopped_ = context_.KeepGoing();
  return !stopped_.ok();
}

int SqliteBytes::Read(void* to, int size, std::int64_t at) {
  const auto count = static_cast<std::size_t>(size);
  bytes_read_ += count;
  if (stopped_.ok() && bytes_read_ > context_.limits.total_bytes) {
    stopped_ = {StatusCode::kResourceExhausted, "the database is larger than the limit of bytes"};
  }
  if (!stopped_.ok()) return SQLITE_IOERR_READ;
  auto got = bytes_.Read(static_cast<std::uint64_t>(at), {static_cast<char*>(to), count});
  if (!got) {
    stopped_ = got.error();
    return SQLITE_IOERR_READ;
  }
  std::memset(static_cast<char*>(to) + *got, 0, count - *got);
  // A database in WAL mode would need its log, which is another file: what is in the file itself is read.
  constexpr std::int64_t kVersionAt = 18;
  for (std::int64_t i = kVersionAt; i < kVersionAt + 2; ++i) {
    const std::int64_t in_block = i - at;
    if (in_block >= 0 && in_block < size && static_cast<char*>(to)[in_block] == 2) static_cast<char*>(to)[in_block] = 1;
  }
  return *got == count ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

}  // namespace cairn
