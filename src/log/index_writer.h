#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cairn/record.h"
#include "log/index_format.h"
#include "record/statements.h"

namespace cairn {

/// Gathers what the index of one segment holds. One thread at a time.
class IndexWriter {
 public:
  explicit IndexWriter(Seq first) : first_(first) {}

  /// Adds the next record of the segment.
  void Add(const ParsedRecord& record, std::uint32_t offset);

  struct Tail {
    std::uint32_t uncompressed_bytes = 0;
    std::uint32_t first_previous = 0;
    std::uint32_t last_crc = 0;
    Timestamp last_ingested;
  };
  /// The file's bytes.
  [[nodiscard]] std::string Finish(const Tail& tail) const;

 private:
  struct Posting {
    std::int64_t produced_at;
    std::uint32_t record;
    std::uint32_t facet;
  };
  void AddPosting(std::string_view kind, const NodeView& node, const Posting& posting);

  Seq first_;
  std::vector<std::uint32_t> lines_;
  std::vector<std::uint64_t> prints_;
  std::unordered_map<std::string, std::vector<Posting>> series_;
  std::unordered_map<std::string, std::vector<std::uint32_t>> runs_;
  std::int64_t produced_min_ = Timestamp::Max().ns;
  std::int64_t produced_max_ = Timestamp::Min().ns;
  bool has_facets_ = false;
};

}  // namespace cairn
