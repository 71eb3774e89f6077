#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "cairn/status.h"
#include "record/statements.h"

namespace cairn {

/// Records parsed together, and what their views point into beside the input. Movable; the views stay valid.
struct ParsedBatch {
  Arena arena;
  EventStatementsPool events;
  std::vector<ParsedRecord> records;

  /// Empties it, keeping some memory for the next.
  void Clear() {
    arena.Reset();
    events.Clear();
    records.clear();
  }
};

struct ParseLimits {
  std::size_t record_bytes_max = std::size_t{32} << 20;
  std::size_t depth_max = 256;  ///< Of the input, counting its outermost object as 1.
};

/// Reads records and OpenLineage events. Keeps buffers between calls: one for each thread, used by one at a time.
class RecordParser {
 public:
  explicit RecordParser(const ParseLimits& limits = {});
  ~RecordParser();
  RecordParser(RecordParser&&) noexcept;
  RecordParser& operator=(RecordParser&&) noexcept;

  void SetLimits(const ParseLimits& limits);

  /// Checks one record or event from outside and appends what it states to `batch`. Its bytes are kept as they came,
  /// without the white space between tokens, and with `.0` behind an integer that 64 bits do not hold; an event is put
  /// whole into the payload of a record. The views point into `input` or the batch. Returns INVALID_ARGUMENT where it
  /// is not JSON, has one key twice in an object, or is neither a record nor an event: the message names the field;
  /// OUT_OF_RANGE for a time that cannot be kept; RESOURCE_EXHAUSTED where it is longer or deeper than the limits.
  Status Parse(std::string_view input, ParsedBatch& batch);

  /// The same for a record of the log, which was checked when it came. `json` is read in place and must have
  /// 64 readable bytes behind it; the views point into it or the batch.
  /// Returns DATA_LOSS where it is no such record.
  Status ParseStored(std::string_view json, ParsedBatch& batch);

 private:
  Status ParseWithCare(std::string_view input, std::string_view json, ParsedBatch& batch);

  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// The hash by which equal records find each other: XXH3-64 of the record's bytes.
std::uint64_t Fingerprint(std::string_view json);

/// What simdjson asks to be readable behind a document.
inline constexpr std::size_t kJsonPadding = 64;

}  // namespace cairn
