#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cairn/record.h"

namespace cairn {

/// Builders for the records of Cairn's own kinds (docs/kinds.md): what is filled in here is as the kind's schema says.
/// What is empty or none is left out.

struct IngestionVolume {
  std::uint64_t row_count = 0;
  std::optional<std::uint64_t> byte_count;
  std::optional<std::uint64_t> file_count;
  std::optional<std::uint64_t> rejected_count;
  std::string partition;
  std::optional<Timestamp> window_start;  ///< Inclusive.
  std::optional<Timestamp> window_end;    ///< Exclusive.
};

struct IngestionRuntime {
  double duration_ms = 0;  ///< Not negative.
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> ended_at;
  std::string status;                     ///< `completed`, `failed`, `aborted`.
  std::optional<std::uint64_t> attempts;  ///< From 1 on.
  std::string error;
};

struct ReconResult {
  std::string check;  ///< What is compared; not empty.
  bool passed = false;
  std::optional<double> expected;
  std::optional<double> actual;
  std::optional<double> tolerance;  ///< Not negative.
  std::string source;               ///< A node id.
  std::string message;
};

struct SchemaSnapshot {
  struct Field {
    std::string name;  ///< Not empty.
    std::string type;
    std::optional<bool> nullable;
    std::string description;
    std::vector<Field> fields;  ///< Of a structure; at most 16 deep.
  };
  std::vector<Field> fields;
  std::vector<std::string> primary_key;
  std::string fingerprint;
};

struct StatisticsSnapshot {
  using Value = std::variant<std::monostate, double, std::string, bool>;
  struct Column {
    std::optional<std::uint64_t> null_count;
    std::optional<std::uint64_t> distinct_count;
    std::optional<std::uint64_t> count;
    std::optional<double> sum;
    std::optional<double> mean;
    std::optional<double> stddev;
    Value min;
    Value max;
    std::map<std::string, double> quantiles;
  };
  std::optional<std::uint64_t> row_count;
  std::optional<std::uint64_t> byte_count;
  std::optional<std::uint64_t> file_count;
  std::map<std::string, Column> columns;
};

struct CatalogDiff {
  struct Change {
    std::string name;
    std::string what;
  };
  std::vector<std::string> added;
  std::vector<std::string> removed;
  std::vector<Change> changed;
  std::string before;  ///< Fingerprints.
  std::string after;
};

struct DeclaredEdge {
  NodeKey from;
  std::string type;  ///< `reads`, `writes`, `derives`, `triggers`, `influences`, `contains`; empty: by the nodes.
  std::string subtype;
  std::string description;
  std::int32_t priority = 0;
  std::optional<Timestamp> valid_from;
  std::optional<Timestamp> valid_until;
  bool deleted = false;
};

/// The kind and the payload of a record; who, when and about what is the caller's to fill in.
RecordDraft DraftOf(const IngestionVolume& volume);
RecordDraft DraftOf(const IngestionRuntime& runtime);
RecordDraft DraftOf(const ReconResult& result);
RecordDraft DraftOf(const SchemaSnapshot& snapshot);
RecordDraft DraftOf(const StatisticsSnapshot& snapshot);
RecordDraft DraftOf(const CatalogDiff& diff);
/// Its target is where the edge leads.
RecordDraft DraftOf(const DeclaredEdge& edge);

}  // namespace cairn
