#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rival.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace cairn::bench {

/// RocksDB: a write batch of 1,000 records with a synced log; records by sequence number and each index in column
/// families of their own. Several threads may store at once.
class RocksdbRival : public Rival {
 public:
  enum class Tuning : std::uint8_t {
    kDefault,  ///< As it comes.
    kTuned,    ///< Large write buffers, two background jobs, Bloom filters, log files used again, pipelined writes.
  };
  RocksdbRival(const std::string& folder, Tuning tuning);
  ~RocksdbRival() override;

  void StoreBatch(const ParsedBatch& batch) override;

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;  // default, series, runs, fingerprints
  std::atomic<std::uint64_t> seq_{0};
};

}  // namespace cairn::bench
