#pragma once

#include <lmdb.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "rival.h"

namespace cairn::bench {

/// LMDB: records stand under (kind, target, produced_at, seq), so that a history is one walk of its tree; runs and
/// fingerprints in trees of their own point there. One transaction a batch.
class LmdbRival : public Rival {
 public:
  /// `durable`: each commit is synced. Otherwise MDB_NOSYNC, to build a store that is only read.
  LmdbRival(const std::string& folder, bool durable);
  ~LmdbRival() override;

  void StoreBatch(const ParsedBatch& batch) override;

  /// Touches the last byte of the newest `limit` records and returns how many there were.
  std::size_t History(std::string_view kind, std::string_view target, std::size_t limit);

 private:
  MDB_env* env_ = nullptr;
  MDB_dbi records_ = 0;
  MDB_dbi runs_ = 0;
  MDB_dbi fingerprints_ = 0;
  MDB_txn* read_ = nullptr;  // Kept and renewed: making one anew would cost the reader.
  MDB_cursor* cursor_ = nullptr;
  std::uint64_t seq_ = 0;
  std::string key_;
};

}  // namespace cairn::bench
