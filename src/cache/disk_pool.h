#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "cache/disk_file.h"
#include "cache/generations.h"
#include "cache/sqlite.h"

namespace cairn {

/// A connection that reads, with what it asks prepared.
struct DiskReader {
  std::unique_ptr<SqliteConnection> db;
  SqliteStatement entry;     ///< key, expired, row, sequence of the state; by hash.
  SqliteStatement state;     ///< sequence, tag_floor, key_floor.
  SqliteStatement bumps;     ///< hash, is_key, removed, expired; by what they are newer than.
  SqliteStatement patterns;  ///< number, glob, is_remove; by what they are newer than.
  std::uint64_t incarnation = 0;

  static Result<std::unique_ptr<DiskReader>> Open(const DiskFile& file);
  /// Takes over what the file knows and `generations` does not yet.
  Status CatchUp(Generations& generations);
};

/// Readers, as many as work at once; a few are kept. Any thread may call it.
class DiskPool {
 public:
  explicit DiskPool(const DiskFile& file) : file_(file) {}

  /// One of the file that stands now.
  Result<std::unique_ptr<DiskReader>> Take();
  /// What met trouble is not given back, but destroyed.
  void GiveBack(std::unique_ptr<DiskReader> reader);
  void Clear();

 private:
  static constexpr std::size_t kKept = 8;
  const DiskFile& file_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<DiskReader>> idle_;  ///< Guarded by mutex_.
};

}  // namespace cairn
