#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/node.h"
#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// A record's place in the log: 1 for the first, then without a gap. 0 stands for "before the first".
struct Seq {
  std::uint64_t value = 0;
  friend auto operator<=>(const Seq&, const Seq&) = default;
};

/// The kinds under which OpenLineage events stand in the log. Their payload is the event as it was sent.
inline constexpr std::string_view kKindRunEvent = "openlineage.run_event";
inline constexpr std::string_view kKindJobEvent = "openlineage.job_event";
inline constexpr std::string_view kKindDatasetEvent = "openlineage.dataset_event";

/// Records that the lineage views read: a declared edge, and fields of a node's metadata (docs/lineage.md).
inline constexpr std::string_view kKindLineageEdge = "lineage_edge";
inline constexpr std::string_view kKindMetadata = "metadata";
/// Members of a `metadata` payload with a meaning of their own: true says that the node is gone until it is stated
/// again; the metadata of a dataset's fields, by name.
inline constexpr std::string_view kMetadataDeleted = "_deleted";
inline constexpr std::string_view kMetadataFields = "_fields";

/// In `extras` of a facet that is shown without its event: its key there.
inline constexpr std::string_view kExtraFacet = "facet";

/// A builder for the JSON of one record, for producers in C++. Whoever has JSON already hands that to the repository.
/// `payload`, `quality`, `extras` and `context_extras` are JSON text.
struct RecordDraft {
  std::string kind;
  NodeKey target;  ///< `type` empty means dataset. The tenant goes into the context.
  Timestamp produced_at;
  std::string producer_id;
  std::string payload = "{}";
  std::string run_id;
  std::string job_id;
  std::string context_namespace;
  std::string environment;
  std::string context_extras;  ///< Further members of the context, an object; empty for none.
  std::string version;
  std::string quality;  ///< JSON; empty for none.
  std::string extras;   ///< JSON; empty for none.

  /// The record as one line of JSON.
  [[nodiscard]] std::string ToJson() const;
};

/// A fact in hand: a record, or a facet of an OpenLineage event, as the log holds it. Cheap to copy; the bytes stay
/// valid for the life of any copy, also after the segment that holds them was sealed or the repository was closed.
/// Any thread may use it.
class Fact {
 public:
  Fact() = default;
  Fact(Seq seq, Timestamp produced_at, std::string_view line, std::uint32_t facet, std::shared_ptr<const void> pin,
       bool is_own_json = false)
      : seq_(seq),
        produced_at_(produced_at),
        line_(line),
        facet_(facet),
        is_own_json_(is_own_json),
        pin_(std::move(pin)) {}

  /// `facet()` of a fact that is the record itself.
  static constexpr std::uint32_t kWholeRecord = 0xFFFFFFFF;

  [[nodiscard]] Seq seq() const { return seq_; }
  [[nodiscard]] Timestamp produced_at() const { return produced_at_; }
  /// Which facet of the event this is, counted in document order; `kWholeRecord` where it is none.
  [[nodiscard]] std::uint32_t facet() const { return facet_; }
  /// The line of the log: `{"seq":N,"ingested_at":T,"record":{...}}`, without its newline.
  [[nodiscard]] std::string_view line() const { return line_; }
  /// Whether it is known, without looking, that the line is what leaves over HTTP, to the byte; and that where another
  /// such line begins two bytes behind it, a comma and a newline stand between.
  [[nodiscard]] bool is_own_json() const { return is_own_json_; }
  /// What keeps the line in place.
  [[nodiscard]] const std::shared_ptr<const void>& pin() const { return pin_; }
  /// When the log took it.
  [[nodiscard]] Timestamp ingested_at() const;
  /// The record's bytes: what the sender sent, minified. For an event: the record that wraps it.
  [[nodiscard]] std::string_view record() const;
  /// What it is about, read from the bytes on each call: parse once and keep it. Returns DATA_LOSS where the bytes are
  /// not a record.
  struct Details {
    std::string kind;  ///< A facet's kind is the platform's where one is mapped (`schema` is `schema_snapshot`).
    NodeKey node;
    std::string producer_id;
    std::string run_id;
    NodeKey job;           ///< Empty name where none is known.
    std::string payload;   ///< JSON text; a facet's own bytes.
    bool deleted = false;  ///< A facet with `_deleted`.
    std::string facet;     ///< A facet's key in its event: `schema`. Empty for a record.
  };
  [[nodiscard]] Result<Details> Parse() const;
  /// As it was sent: the record's bytes; for a record that wraps an event, the event's bytes; for a facet a
  /// record of the same shape whose payload is the facet's own bytes.
  [[nodiscard]] Result<std::string> AsSent() const;

 private:
  Seq seq_;
  Timestamp produced_at_;
  std::string_view line_;
  std::uint32_t facet_ = kWholeRecord;
  bool is_own_json_ = false;
  std::shared_ptr<const void> pin_;
};

}  // namespace cairn
