#include "rival_rocksdb.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <unordered_set>

#include "scratch.h"

namespace cairn::bench {
namespace {

enum Family : std::uint8_t { kRecords, kSeries, kRuns, kFingerprints, kFamilies };

void Check(const rocksdb::Status& status) {
  if (!status.ok()) Fail("RocksDB: " + status.ToString());
}

}  // namespace

RocksdbRival::RocksdbRival(const std::string& folder, Tuning tuning) {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  rocksdb::ColumnFamilyOptions family;
  rocksdb::ColumnFamilyOptions fingerprints;
  if (tuning == Tuning::kTuned) {
    options.max_background_jobs = 2;
    options.enable_pipelined_write = true;
    options.recycle_log_file_num = 4;
    options.max_total_wal_size = std::uint64_t{2} << 30;
    family.write_buffer_size = std::size_t{256} << 20;
    family.max_write_buffer_number = 4;
    family.level_compaction_dynamic_level_bytes = true;
    family.compression = rocksdb::kNoCompression;  // Its flushes would take the writer's core.
    fingerprints = family;
    rocksdb::BlockBasedTableOptions table;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    fingerprints.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  }
  const std::vector<rocksdb::ColumnFamilyDescriptor> descriptors = {{rocksdb::kDefaultColumnFamilyName, family},
                                                                    {"series", family},
                                                                    {"runs", family},
                                                                    {"fingerprints", fingerprints}};
  rocksdb::DB* db = nullptr;
  Check(rocksdb::DB::Open(options, folder, descriptors, &families_, &db));
  db_.reset(db);
}

RocksdbRival::~RocksdbRival() {
  for (rocksdb::ColumnFamilyHandle* handle : families_) db_->DestroyColumnFamilyHandle(handle);
}

void RocksdbRival::StoreBatch(const ParsedBatch& batch) {
  std::vector<std::string> fingerprints(batch.size());
  std::vector<rocksdb::Slice> keys(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    AppendBigEndian(batch[i].fingerprint.high64, fingerprints[i]);
    AppendBigEndian(batch[i].fingerprint.low64, fingerprints[i]);
    keys[i] = fingerprints[i];
  }
  std::vector<rocksdb::PinnableSlice> values(batch.size());
  std::vector<rocksdb::Status> found(batch.size());
  db_->MultiGet(rocksdb::ReadOptions(), families_[kFingerprints], keys.size(), keys.data(), values.data(),
                found.data());

  rocksdb::WriteBatch write(batch.size() * 900);
  std::unordered_set<std::string_view> in_batch;
  in_batch.reserve(batch.size());
  std::uint64_t seq = seq_.fetch_add(batch.size());
  std::string seq_key, key;
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (found[i].ok() || !in_batch.insert(fingerprints[i]).second) continue;
    const ParsedRecord& record = batch[i];
    seq_key.clear();
    AppendBigEndian(++seq, seq_key);
    Check(write.Put(families_[kRecords], seq_key, rocksdb::Slice(record.bytes.data(), record.bytes.size())));
    key.assign(record.kind).append(1, '\0').append(record.target).append(1, '\0');
    AppendBigEndian(static_cast<std::uint64_t>(record.produced_at) ^ (1ULL << 63), key);
    key.append(seq_key);
    Check(write.Put(families_[kSeries], key, rocksdb::Slice()));
    key.assign(record.run_id).append(seq_key);
    Check(write.Put(families_[kRuns], key, rocksdb::Slice()));
    Check(write.Put(families_[kFingerprints], fingerprints[i], seq_key));
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  Check(db_->Write(options, &write));
}

}  // namespace cairn::bench
