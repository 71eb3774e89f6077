#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cache/disk_file.h"
#include "cache/generations.h"
#include "cache/sqlite.h"

namespace cairn {

/// A connection that reads, with what it asks prepared. Beginning to read costs as much as the reading (locks of the
/// file); so a view, which is one state of the database, is kept for as long as nothing was committed.
struct DiskReader {
  std::unique_ptr<SqliteConnection> db;
  SqliteStatement begin, end;
  SqliteStatement entry;     ///< key, expired, row; by hash.
  SqliteStatement state;     ///< sequence, tag_floor, key_floor.
  SqliteStatement bumps;     ///< hash, is_key, removed, expired; by what they are newer than.
  SqliteStatement patterns;  ///< number, glob, is_remove; by what they are newer than.
  std::uint64_t incarnation = 0;

  static Result<std::unique_ptr<DiskReader>> Open(const DiskFile& file);
  /// Takes over what the file knows and `generations` does not yet.
  Status CatchUp(Generations& generations);

  /// Goes on with the view that is kept if it is younger than `kViewMaxNs` and shows all that is committed, else takes
  /// a new one. `commits`: of the map, read before; what `generations` knows is then all that the view shows.
  Status KeepView(std::uint64_t commits, std::int64_t now_ns, Generations& generations);
  Status EndView();
  [[nodiscard]] bool has_view() const { return has_view_; }

  /// So long may pass until a view shows what a process committed that died before it could say so; and no view keeps
  /// the write-ahead log from being begun anew for longer.
  static constexpr std::int64_t kViewMaxNs = 10'000'000;

 private:
  bool has_view_ = false;
  std::uint64_t commits_ = 0;
  std::uint64_t sequence_ = 0;
  std::int64_t began_ns_ = 0;
};

/// Readers, as many as work at once; a few are kept. Any thread may call it.
class DiskPool {
 public:
  explicit DiskPool(const DiskFile& file) : file_(file) {}

  /// One of the file that stands now.
  Result<std::unique_ptr<DiskReader>> Take();
  /// What met trouble is not given back, but destroyed.
  void GiveBack(std::unique_ptr<DiskReader> reader);
  /// Ends the views of those that are not in use.
  void EndViews();
  void Clear();

 private:
  static constexpr std::size_t kKept = 8;
  const DiskFile& file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<DiskReader>> idle_;  ///< Guarded by mutex_.
};

}  // namespace cairn
