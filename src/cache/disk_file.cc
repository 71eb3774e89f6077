#include "cache/disk_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace cairn {
namespace {

constexpr std::int64_t kApplicationId = 0x43726e63;  // "Crnc", in SQLite's header.
constexpr std::int64_t kSchemaVersion = 1;
constexpr std::uint64_t kPageBytes = 4096;
constexpr std::size_t kSecretBytes = 32;

// A row's columns before `row` are read without it; `position` orders its queue. See docs/cache.md.
constexpr const char* kSchema = R"(
CREATE TABLE entries(hash INTEGER PRIMARY KEY, key TEXT NOT NULL, main INTEGER NOT NULL, position INTEGER NOT NULL,
  bytes INTEGER NOT NULL, drop_after INTEGER NOT NULL, expired INTEGER NOT NULL, row BLOB NOT NULL);
CREATE INDEX entries_by_key ON entries(key);
CREATE INDEX entries_by_age ON entries(main, position);
CREATE TABLE generations(hash INTEGER NOT NULL, is_key INTEGER NOT NULL, removed INTEGER NOT NULL,
  expired INTEGER NOT NULL, bumped INTEGER NOT NULL, PRIMARY KEY(hash, is_key)) WITHOUT ROWID;
CREATE INDEX generations_by_bump ON generations(bumped);
CREATE TABLE patterns(id INTEGER PRIMARY KEY, number INTEGER NOT NULL, glob TEXT NOT NULL, is_remove INTEGER NOT NULL);
CREATE INDEX patterns_by_number ON patterns(number);
CREATE TABLE state(id INTEGER PRIMARY KEY CHECK(id = 0), sequence INTEGER NOT NULL, tag_floor INTEGER NOT NULL,
  key_floor INTEGER NOT NULL, position INTEGER NOT NULL, entries INTEGER NOT NULL, small_bytes INTEGER NOT NULL,
  main_bytes INTEGER NOT NULL);
CREATE TABLE stats(operation TEXT PRIMARY KEY, counts BLOB NOT NULL);
CREATE TABLE structures(hash INTEGER PRIMARY KEY, structure INTEGER NOT NULL);
CREATE TABLE accesses(key TEXT PRIMARY KEY, count INTEGER NOT NULL, last INTEGER NOT NULL, interval INTEGER NOT NULL,
  load_time INTEGER NOT NULL, expires INTEGER NOT NULL);
CREATE TABLE notes(name TEXT PRIMARY KEY, value BLOB NOT NULL);
)";

/// What makes the file: only we may read it, and what SQLite puts beside it takes its mode.
Status Touch(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return {StatusCode::kUnavailable, "making " + path + ": " + std::strerror(errno)};
  ::close(fd);
  return Status::Ok();
}

Status MakePrivateDir(FileSystem& files, const std::string& dir) {
  if (files.Exists(dir)) return files.MakeDirs(dir);
  if (Status status = files.MakeDirs(ParentOf(dir)); !status.ok()) return status;
  if (::mkdir(dir.c_str(), 0700) != 0 && errno != EEXIST) {
    return {StatusCode::kUnavailable, "making the folder " + dir + ": " + std::strerror(errno)};
  }
  return Status::Ok();
}

}  // namespace

DiskFile::Budget::Budget(std::uint64_t quota_bytes) {
  constexpr std::uint64_t kShmBytes = 32 << 10;
  constexpr std::uint64_t kPagesOfRow = 4;  // Its own, one of each index, and a share of those above.
  wal_bytes = std::clamp<std::uint64_t>(quota_bytes / 25, 128 << 10, 16 << 20);
  map_slots = std::bit_floor(std::clamp<std::uint64_t>(quota_bytes / 1024, 1024, 8 << 20));
  pages_bytes = quota_bytes - wal_bytes - DiskMap::BytesOf(map_slots) - kShmBytes;
  row_bytes = quota_bytes / 16;
  batch_bytes = wal_bytes / 4;
  batch_rows = std::max<std::size_t>(1, batch_bytes / (kPagesOfRow * kPageBytes));
}

Result<std::unique_ptr<DiskFile>> DiskFile::Open(const std::string& location, const CacheDiskOptions& options,
                                                 FileSystem& files, const std::function<std::uint64_t()>& random) {
  std::unique_ptr<DiskFile> file(new DiskFile(location, options, files, random));
  if (Status status = file->Prepare(); !status.ok()) return status;
  return file;
}

Status DiskFile::Prepare() {
  if (Status status = MakePrivateDir(files_, location_); !status.ok()) return status;
  const auto network = files_.NetworkKind(location_);
  if (!network) return network.error();
  if (!network->empty()) {
    return {
        StatusCode::kUnavailable,
        fmt::format("{} is on {}, where locks and shared memory do not hold: put the cache on a local disk, and use "
                    "the shared level between hosts",
                    location_, *network)};
  }
  auto lock = files_.OpenLock(Path("open.lock"));
  if (!lock) return lock.error();
  if (Status status = (*lock)->Lock(); !status.ok()) return status;
  if (Status status = Touch(Path("cache.map")); !status.ok()) return status;
  auto map = DiskMap::Open(files_, Path("cache.map"), budget_.map_slots);
  if (!map) return map.error();
  map_ = std::move(*map);
  Status status = MakeOrCheck();
  if (status.code() == StatusCode::kDataLoss) {
    if (status = SetAside(); status.ok()) status = MakeOrCheck();
  }
  return status;
}

Status DiskFile::MakeOrCheck() {
  const std::string path = Path("cache.db");
  if (Status status = Touch(path); !status.ok()) return status;
  auto db = Connect();
  if (!db) return db.error();
  return Check(**db);
}

Status DiskFile::Check(SqliteConnection& db) {
  const auto version = db.Number("PRAGMA user_version");
  if (!version) return version.error();
  const auto id = db.Number("PRAGMA application_id");
  if (!id) return id.error();
  if (*version == 0 && *id == 0) {
    const auto tables = db.Number("SELECT count(*) FROM sqlite_schema");
    if (!tables) return tables.error();
    if (*tables == 0) return Create();
  }
  if (*id != kApplicationId) {
    return {StatusCode::kFailedPrecondition, Path("cache.db") + " is another program's database: it is left alone"};
  }
  if (*version > kSchemaVersion) {
    return {StatusCode::kFailedPrecondition,
            fmt::format("{} is from a newer version ({}, this one knows {}): it is left alone", Path("cache.db"),
                        *version, kSchemaVersion)};
  }
  const auto sequence = db.Number("SELECT sequence FROM state");
  if (!sequence) return sequence.error();
  if (*sequence == 0) return {StatusCode::kDataLoss, Path("cache.db") + " has lost its state"};
  map_->Announce(static_cast<std::uint64_t>(*sequence));
  return Status::Ok();
}

Status DiskFile::Create() {
  auto db = SqliteConnection::Open(Path("cache.db"), static_cast<int>(options_.busy_timeout.count()));
  if (!db) return db.error();
  // Both are decided before the first table.
  if (Status status = (*db)->Execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL"); !status.ok())
    return status;
  // A sequence begins at random, and beyond all that was announced here: nothing kept from before a loss is taken for
  // newer than what is invalidated after it.
  constexpr std::uint64_t kRandomBits = 48;
  const std::uint64_t begin = (random_() >> (64 - kRandomBits)) + 1;
  const std::uint64_t sequence = std::max(begin, map_->sequence().load()) + 1;
  SqliteTransaction transaction(**db);
  if (Status status = transaction.Begin(); !status.ok()) return status;
  if (Status status = (*db)->Execute(kSchema); !status.ok()) return status;
  const std::string state =
      fmt::format("INSERT INTO state VALUES(0, {}, 0, 0, 1, 0, 0, 0); PRAGMA application_id={}; PRAGMA user_version={}",
                  sequence, kApplicationId, kSchemaVersion);
  if (Status status = (*db)->Execute(state.c_str()); !status.ok()) return status;
  if (Status status = transaction.Commit(); !status.ok()) return status;
  map_->Announce(sequence);
  map_->SetIncarnation(sequence);
  return Status::Ok();
}

Status DiskFile::SetAside() {
  was_replaced_ = true;
  const std::string path = Path("cache.db");
  for (const char* beside : {"-wal", "-shm"}) {
    if (Status status = files_.Remove(path + beside); !status.ok()) return status;
  }
  return files_.Rename(path, path + ".damaged");
}

Status DiskFile::Replace(std::uint64_t incarnation) {
  auto lock = files_.OpenLock(Path("open.lock"));
  if (!lock) return lock.error();
  if (Status status = (*lock)->Lock(); !status.ok()) return status;
  if (map_->incarnation() != incarnation) return Status::Ok();
  if (Status status = SetAside(); !status.ok()) return status;
  return MakeOrCheck();
}

Result<std::unique_ptr<SqliteConnection>> DiskFile::Connect() const {
  auto db = SqliteConnection::Open(Path("cache.db"), static_cast<int>(options_.busy_timeout.count()));
  if (!db) return db;
  const std::string settings = fmt::format(
      // 16 MiB of pages: a page that is read from the file is a third of a hit.
      "PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint={}; PRAGMA journal_size_limit={}; "
      "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON",
      std::max<std::uint64_t>(16, budget_.wal_bytes / 2 / kPageBytes), budget_.wal_bytes);
  if (Status status = (*db)->Execute(settings.c_str()); !status.ok()) return status;
  return db;
}

std::uint64_t DiskFile::LogBytes() const {
  const auto bytes = files_.Size(Path("cache.db-wal"));
  return bytes ? *bytes : 0;
}

Result<std::string> DiskFile::UserSecret() {
  const std::string path = Path("user.secret");
  auto lock = files_.OpenLock(Path("open.lock"));
  if (!lock) return lock.error();
  if (Status status = (*lock)->Lock(); !status.ok()) return status;
  auto secret = files_.Read(path);
  if (secret && secret->size() == kSecretBytes) return secret;
  std::string made(kSecretBytes, '\0');
  randombytes_buf(made.data(), made.size());
  if (Status status = WriteFileDurably(files_, path, made); !status.ok()) return status;
  ::chmod(path.c_str(), 0600);
  return made;
}

}  // namespace cairn
