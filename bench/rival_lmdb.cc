#include "rival_lmdb.h"

#include <array>

#include "measure.h"
#include "scratch.h"

namespace cairn::bench {
namespace {

void Check(int code) {
  if (code != MDB_SUCCESS) Fail(std::string("LMDB: ") + mdb_strerror(code));
}

MDB_val ValueOf(std::string_view bytes) { return {bytes.size(), const_cast<char*>(bytes.data())}; }

void SeriesKey(std::string_view kind, std::string_view target, std::string& out) {
  out.assign(kind).append(1, '\0').append(target).append(1, '\0');
}

}  // namespace

LmdbRival::LmdbRival(const std::string& folder, bool durable) {
  Check(mdb_env_create(&env_));
  Check(mdb_env_set_mapsize(env_, std::size_t{16} << 30));
  Check(mdb_env_set_maxdbs(env_, 3));
  Check(mdb_env_open(env_, folder.c_str(), MDB_NORDAHEAD | (durable ? 0U : MDB_NOSYNC), 0600));
  MDB_txn* transaction = nullptr;
  Check(mdb_txn_begin(env_, nullptr, 0, &transaction));
  Check(mdb_dbi_open(transaction, "records", MDB_CREATE, &records_));
  Check(mdb_dbi_open(transaction, "runs", MDB_CREATE, &runs_));
  Check(mdb_dbi_open(transaction, "fingerprints", MDB_CREATE, &fingerprints_));
  Check(mdb_txn_commit(transaction));
}

LmdbRival::~LmdbRival() {
  if (cursor_ != nullptr) mdb_cursor_close(cursor_);
  if (read_ != nullptr) mdb_txn_abort(read_);
  mdb_env_close(env_);
}

void LmdbRival::StoreBatch(const ParsedBatch& batch) {
  MDB_txn* transaction = nullptr;
  Check(mdb_txn_begin(env_, nullptr, 0, &transaction));
  std::string run_key;
  for (const ParsedRecord& record : batch) {
    const std::uint64_t seq = ++seq_;
    SeriesKey(record.kind, record.target, key_);
    AppendBigEndian(static_cast<std::uint64_t>(record.produced_at) ^ (1ULL << 63), key_);
    AppendBigEndian(seq, key_);
    MDB_val place = ValueOf(key_);

    std::array<char, sizeof(XXH128_canonical_t)> fingerprint{};
    XXH128_canonicalFromHash(reinterpret_cast<XXH128_canonical_t*>(fingerprint.data()), record.fingerprint);
    MDB_val fingerprint_key = ValueOf({fingerprint.data(), fingerprint.size()});
    MDB_val fingerprint_value = place;
    const int known = mdb_put(transaction, fingerprints_, &fingerprint_key, &fingerprint_value, MDB_NOOVERWRITE);
    if (known == MDB_KEYEXIST) continue;
    Check(known);

    MDB_val bytes = ValueOf(record.bytes);
    Check(mdb_put(transaction, records_, &place, &bytes, 0));

    run_key.assign(record.run_id);
    AppendBigEndian(seq, run_key);
    MDB_val run = ValueOf(run_key);
    MDB_val run_value = place;
    Check(mdb_put(transaction, runs_, &run, &run_value, 0));
  }
  Check(mdb_txn_commit(transaction));
}

std::size_t LmdbRival::History(std::string_view kind, std::string_view target, std::size_t limit) {
  if (read_ == nullptr) {
    Check(mdb_txn_begin(env_, nullptr, MDB_RDONLY, &read_));
    Check(mdb_cursor_open(read_, records_, &cursor_));
  } else {
    Check(mdb_txn_renew(read_));
    Check(mdb_cursor_renew(read_, cursor_));
  }
  SeriesKey(kind, target, key_);
  const std::size_t prefix = key_.size();
  key_.append(16, '\xFF');  // Behind the last record of the series.
  MDB_val key = ValueOf(key_);
  MDB_val value{};
  int found = mdb_cursor_get(cursor_, &key, &value, MDB_SET_RANGE);
  found = mdb_cursor_get(cursor_, &key, &value, found == MDB_NOTFOUND ? MDB_LAST : MDB_PREV);
  std::size_t records = 0;
  const std::string_view series(key_.data(), prefix);
  while (found == MDB_SUCCESS && records < limit) {
    if (!std::string_view(static_cast<const char*>(key.mv_data), key.mv_size).starts_with(series)) break;
    Keep(static_cast<const char*>(value.mv_data)[value.mv_size - 1]);
    ++records;
    found = mdb_cursor_get(cursor_, &key, &value, MDB_PREV);
  }
  mdb_txn_reset(read_);
  return records;
}

}  // namespace cairn::bench
