#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cairn/node.h"
#include "cairn/repository.h"
#include "cairn/time.h"

namespace cairn {

/// What one record of the log states, in the words of the views: everything that is folded is here, and nothing is
/// folded that is not. All views point into the record's bytes or the arena it was parsed with. Nodes carry no tenant
/// of their own: the record's tenant is that of all of them.

enum class Form : std::uint8_t { kRecord, kRunEvent, kJobEvent, kDatasetEvent };

/// What an edge of the lineage graph means. Data flows from its first node to its second.
enum class EdgeType : std::uint8_t {
  kReads = 0,       ///< dataset -> job
  kWrites = 1,      ///< job -> dataset
  kDerives = 2,     ///< field -> field, dataset -> dataset, stated without a job
  kTriggers = 3,    ///< job -> job
  kInfluences = 4,  ///< field -> field or dataset -> field by an indirect transformation (filter, join, group, sort)
};

/// A facet of an event: a series of its own.
struct FacetStatement {
  std::string_view kind;  ///< The platform's where one is mapped (`schema` -> `schema_snapshot`), else the facet's key.
  std::uint32_t node = 0;  ///< Index into `nodes`.
  bool deleted = false;    ///< `_deleted`.
};

struct EdgeStatement {
  EdgeType type = EdgeType::kReads;
  std::uint32_t from = 0;  ///< Indices into `nodes`.
  std::uint32_t to = 0;
};

/// Attributes that the entity view keeps: the newest statement of a node wins whole.
struct AttributeStatement {
  enum class What : std::uint8_t { kTags, kOwners };
  What what = What::kTags;
  std::uint32_t node = 0;
  bool deleted = false;
  std::vector<std::string_view> values;  ///< Tags as `key` or `key=value`, owners by name.
};

/// What an event states beyond the keys of its record.
struct EventStatements {
  std::vector<NodeView> nodes;         ///< Each node once; the record's target is among them.
  std::vector<FacetStatement> facets;  ///< In document order: the index is the facet's ordinal in the event.
  std::vector<EdgeStatement> edges;    ///< Without doubles.
  std::vector<AttributeStatement> attributes;
};

struct ParsedRecord {
  std::string_view json;  ///< The record, minified: what the log keeps.
  Form form = Form::kRecord;
  std::string_view kind;
  NodeView target;  ///< With the tenant.
  Timestamp produced_at;
  std::string_view producer_id;
  std::string_view run_id;                  ///< Empty: none.
  NodeView job;                             ///< Empty name: none. Of the run, where there is one.
  std::string_view parent_run_id;           ///< From the parent facet.
  RunState run_state = RunState::kUnknown;  ///< What an event says of its run; kUnknown for a record.
  std::uint64_t fingerprint = 0;            ///< Of a record from outside; 0 for one of the log, of which few ask.
  const EventStatements* event = nullptr;   ///< In the arena's keeping; null for a plain record.
};

}  // namespace cairn
