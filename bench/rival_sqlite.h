#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "rival.h"

namespace cairn::bench {

/// SQLite in WAL mode: one table, three indexes, prepared statements, one transaction a batch.
class SqliteRival : public Rival {
 public:
  enum class Tuning : std::uint8_t {
    kDefault,    ///< journal_mode=WAL and nothing else.
    kTuned,      ///< Large cache, memory map, rare checkpoints, exclusive lock. As durable as the default.
    kClustered,  ///< Tuned, and records stand in the tree of the series index (WITHOUT ROWID): writes slower, reads a
                 ///< history four times as fast.
  };
  /// `durable`: synchronous=FULL, the log is synced at each commit. Otherwise OFF, to build a store that is only read.
  SqliteRival(const std::string& folder, Tuning tuning, bool durable);

  void StoreBatch(const ParsedBatch& batch) override;

  /// The newest record's bytes, good until the next call.
  std::string_view Latest(std::string_view kind, std::string_view target);
  /// Touches the last byte of the newest `limit` records and returns how many there were.
  std::size_t History(std::string_view kind, std::string_view target, std::size_t limit);
  /// avg(payload.row_count) by target and day over every record; returns the number of groups.
  std::size_t AverageByTargetAndDay();

 private:
  struct CloseDatabase {
    void operator()(sqlite3* db) const { sqlite3_close(db); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  void Execute(const std::string& sql);
  Statement Prepare(const char* sql);
  void Check(int code);

  std::unique_ptr<sqlite3, CloseDatabase> db_;
  Statement begin_;
  Statement commit_;
  Statement insert_;
  Statement latest_;
  Statement history_;
  std::int64_t seq_ = 0;
};

}  // namespace cairn::bench
