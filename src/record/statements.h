#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cairn/node.h"
#include "cairn/repository.h"
#include "cairn/time.h"

namespace cairn {

/// What one record of the log states, in the words of the views: everything that is folded is here, and nothing is
/// folded that is not. All views point into the record's bytes or the arena it was parsed with. Nodes carry no tenant
/// of their own: the record's tenant is that of all of them.

enum class Form : std::uint8_t { kRecord, kRunEvent, kJobEvent, kDatasetEvent };

/// Kinds of records that state edges from or to their target (docs/lineage.md): what is in it, and what a book is made
/// of.
inline constexpr std::string_view kKindContents = "contents";
inline constexpr std::string_view kKindBook = "book";

/// What an edge of the lineage graph means. Data flows from its first node to its second.
enum class EdgeType : std::uint8_t {
  kReads = 0,       ///< dataset -> job
  kWrites = 1,      ///< job -> dataset
  kDerives = 2,     ///< field -> field, dataset -> dataset, stated without a job
  kTriggers = 3,    ///< job -> job
  kInfluences = 4,  ///< field -> field or dataset -> field by an indirect transformation (filter, join, group, sort)
  kRenames = 5,     ///< dataset -> dataset, from the name before to the name since
  kSame = 6,        ///< dataset -> dataset, another name of the same; stated in both directions
  kContains = 7,    ///< what holds -> what is in it: file -> table, archive -> member
};

/// Whose word a set of edges is, which decides how long it holds.
enum class ClaimScope : std::uint8_t {
  kInputsOutputs = 0,  ///< Of a job: each statement adds to those before.
  kColumnLineage = 1,  ///< A facet: a newer one of the same job replaces it whole.
  kLineage = 2,        ///< The same.
  kSymlinks = 3,       ///< The same, whoever stated it.
  kRename = 4,         ///< Adds.
  kDeclared = 5,       ///< A `lineage_edge` record.
  kContents = 6,       ///< A `contents` record: a newer one about the same thing replaces it whole.
  kBook = 7,           ///< A `book` record: the same.
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
  std::uint32_t claim = 0;  ///< Index into `claims`.
  std::uint32_t step = 0;   ///< Index into `steps`.
};

/// A set of edges that is stated as one.
struct ClaimStatement {
  ClaimScope scope = ClaimScope::kInputsOutputs;
  std::uint32_t holder = 0;  ///< What the facet is about: an index into `nodes`. The target for inputs and outputs.
  bool deleted = false;      ///< The facet is taken back.
};

/// How data is transformed along an edge, as far as the statement says.
struct StepStatement {
  std::string_view subtype;
  std::string_view description;
  bool masking = false;
  std::int32_t priority = 0;  ///< Of a declared edge: the greater goes first where metadata is inherited.
  friend bool operator==(const StepStatement&, const StepStatement&) = default;
};

/// A dataset that was dropped, or emptied.
struct EndStatement {
  std::uint32_t node = 0;
  bool emptied = false;
};

/// What a `lineage_edge` record declares of its only edge.
struct DeclaredStatement {
  Timestamp valid_from;
  Timestamp valid_until = Timestamp::Max();
  bool stands = true;
};

/// Attributes that the entity view keeps: the newest statement of a node wins whole.
struct AttributeStatement {
  enum class What : std::uint8_t { kTags, kOwners, kDocumentation };
  What what = What::kTags;
  std::uint32_t node = 0;
  bool deleted = false;
  std::vector<std::string_view> values;  ///< Tags as `key` or `key=value`, owners by name, one description.
};

/// A field of a node's metadata.
struct MetadataStatement {
  std::uint32_t node = 0;
  std::string_view key;
  std::string_view value;  ///< JSON; `null` takes it back.
};

/// What an event states beyond the keys of its record; a record of some kinds does so too.
struct EventStatements {
  std::vector<NodeView> nodes;         ///< Each node once; the record's target is the first.
  std::vector<FacetStatement> facets;  ///< In document order: the index is the facet's ordinal in the event.
  std::vector<EdgeStatement> edges;    ///< Each once in a claim.
  std::vector<ClaimStatement> claims;  ///< The first is that of inputs and outputs.
  std::vector<StepStatement> steps;    ///< The first says nothing.
  std::vector<EndStatement> ends;
  std::optional<DeclaredStatement> declared;
  std::vector<AttributeStatement> attributes;
  std::vector<MetadataStatement> metadata;
};

/// Statements of many events, of which each stays in its place. What is taken again has its memory still.
class EventStatementsPool {
 public:
  EventStatementsPool() = default;
  EventStatementsPool(EventStatementsPool&& other) noexcept
      : all_(std::move(other.all_)), used_(std::exchange(other.used_, 0)) {}
  EventStatementsPool& operator=(EventStatementsPool&& other) noexcept {
    all_ = std::move(other.all_);
    used_ = std::exchange(other.used_, 0);
    return *this;
  }
  EventStatementsPool(const EventStatementsPool&) = delete;
  EventStatementsPool& operator=(const EventStatementsPool&) = delete;
  ~EventStatementsPool() = default;

  /// As they were left: whoever takes them empties them.
  EventStatements& Take() {
    if (used_ == all_.size()) all_.emplace_back();
    return all_[used_++];
  }
  /// The newest is not needed.
  void GiveBack() { --used_; }
  /// Forgets all.
  void Clear();

 private:
  std::deque<EventStatements> all_;
  std::size_t used_ = 0;
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
  std::string_view root_run_id;             ///< The same: the run at the top.
  RunState run_state = RunState::kUnknown;  ///< What an event says of its run; kUnknown for a record.
  std::uint64_t fingerprint =
      0;  ///< Of a record from outside, and of one of the log that has `event`; else 0: few ask.
  const EventStatements* event = nullptr;  ///< In the arena's keeping; null for a plain record.
};

}  // namespace cairn
