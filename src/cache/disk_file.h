#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "base/file_system.h"
#include "cache/disk_map.h"
#include "cache/sqlite.h"
#include "cairn/cache_options.h"

namespace cairn {

/// The files of the disk level, in a folder of mode 0700:
///
///     cache.db (-wal, -shm)   SQLite: entries, generations, statistics
///     cache.map               what processes say to one another (disk_map.h)
///     keys.lock               a byte for each key that is being loaded
///     open.lock               held while the others are made or replaced
///     user.secret             hashes users into keys
///     cache.db.damaged        what was found damaged last, for a look
class DiskFile {
 public:
  /// How the quota is shared out, so that all files together keep to it.
  struct Budget {
    explicit Budget(std::uint64_t quota_bytes);
    std::uint64_t wal_bytes;
    std::uint64_t map_slots;
    std::uint64_t pages_bytes;  ///< Of the database.
    std::uint64_t row_bytes;    ///< The largest row that is kept.
    std::size_t batch_rows;     ///< Stored in one transaction.
    std::uint64_t batch_bytes;
  };

  /// Makes what is missing, under `open.lock`. A damaged database is set aside and begun anew.
  /// Returns UNAVAILABLE on a network file system, FAILED_PRECONDITION for a file from a newer version or of another
  /// program, which is left as it is; what the disk says otherwise.
  static Result<std::unique_ptr<DiskFile>> Open(const std::string& location, const CacheDiskOptions& options,
                                                FileSystem& files, const std::function<std::uint64_t()>& random);

  /// A connection of its own to the database that stands.
  Result<std::unique_ptr<SqliteConnection>> Connect() const;
  /// Replaces a damaged database, unless another process has done so since `incarnation`.
  Status Replace(std::uint64_t incarnation);
  /// 32 bytes that only those who may read the folder know.
  Result<std::string> UserSecret();

  /// What the write-ahead log takes on the disk.
  [[nodiscard]] std::uint64_t LogBytes() const;

  [[nodiscard]] DiskMap& map() const { return *map_; }
  [[nodiscard]] const Budget& budget() const { return budget_; }
  [[nodiscard]] std::string Path(std::string_view name) const { return JoinPath(location_, name); }
  [[nodiscard]] bool was_replaced() const { return was_replaced_; }

 private:
  DiskFile(const std::string& location, const CacheDiskOptions& options, FileSystem& files,
           const std::function<std::uint64_t()>& random)
      : location_(location), options_(options), budget_(options.bytes), files_(files), random_(random) {}

  Status Prepare();
  Status MakeOrCheck();
  Status SetAside();
  [[nodiscard]] Status Check(SqliteConnection& db);
  Status Create();

  const std::string location_;
  const CacheDiskOptions options_;
  const Budget budget_;
  FileSystem& files_;
  const std::function<std::uint64_t()> random_;
  std::unique_ptr<DiskMap> map_;
  bool was_replaced_ = false;
};

}  // namespace cairn
