#pragma once

#include <xxhash.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data.h"

namespace cairn::bench {

/// What a rival needs of one record. Views point into the dataset.
struct ParsedRecord {
  std::string_view bytes;
  std::string_view kind;
  std::string target;  ///< namespace/name
  std::int64_t produced_at = 0;
  std::string_view run_id;
  XXH128_hash_t fingerprint{};
};
using ParsedBatch = std::vector<ParsedRecord>;

/// The spelling of a target in every rival.
std::string RivalTarget(const Series& series);

/// Reads a batch of JSON records with simdjson, on demand: only the fields a rival keys by. Keeps its buffers; one
/// thread at a time.
class BatchParser {
 public:
  BatchParser();
  ~BatchParser();
  /// `records` must have 64 readable bytes behind each.
  void Parse(std::span<const std::string_view> records, ParsedBatch& out);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// A store that takes the same records as ours: keeps their bytes and three indexes, (kind, target, produced_at), run
/// id, and the fingerprint, by which a record that stands already is not stored again.
class Rival {
 public:
  Rival() = default;
  Rival(const Rival&) = delete;
  Rival& operator=(const Rival&) = delete;
  virtual ~Rival() = default;

  /// Stores a batch as one transaction, durable on return if the rival was opened so.
  virtual void StoreBatch(const ParsedBatch& batch) = 0;
};

/// The seconds in which `rival` takes all of `data` in batches of 1,000. One writer: a parser thread runs ahead of it.
/// Several (the rival's `StoreBatch` must allow it): each parses its own batches.
double IngestInto(Rival& rival, const Dataset& data, std::size_t writers);

/// `value` so that byte order is number order.
void AppendBigEndian(std::uint64_t value, std::string& out);

}  // namespace cairn::bench
