#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cairn/node.h"
#include "cairn/record.h"
#include "cairn/time.h"
#include "cairn/visibility.h"

namespace cairn {

/// Which things a query is about.
struct TargetMatch {
  enum class Mode : std::uint8_t { kAny, kExact, kPrefix, kGlob };
  Mode mode = Mode::kAny;
  NodeKey node;      ///< `kExact`.
  std::string text;  ///< `kPrefix`, `kGlob`: held against the node id as `NodeId` writes it; `*` any run of characters,
                     ///< `?` one.
};

enum class Order : std::uint8_t { kNewestFirst, kOldestFirst };

/// What to look for. Everything given must hold.
struct QuerySpec {
  std::string tenant;
  std::vector<std::string> kinds;  ///< Empty: every record and event. Named: facets of that kind as well.
  TargetMatch target;
  std::string run_id;
  std::string job;  ///< A job's name (context.job_id), or a node id `job:namespace:name`.
  std::string producer_id;
  std::optional<Timestamp> from;   ///< produced_at, inclusive.
  std::optional<Timestamp> until;  ///< produced_at, exclusive.
  std::string filter;              ///< The filter language, `docs/query.md`; empty for none.
  Order order = Order::kNewestFirst;
  std::size_t limit = 100;                 ///< Facts on a page; 0 for all of them.
  std::string cursor;                      ///< `QueryPage::cursor` of the page before; empty for the first.
  std::shared_ptr<const Visibility> sees;  ///< Of the one who asks; null: everything.
};

struct QueryPage {
  std::vector<Fact> facts;
  std::string cursor;          ///< Empty when there is nothing more.
  std::uint64_t damaged = 0;   ///< Facts that were passed over because their bytes are damaged: `Verify` says where.
  std::uint64_t withheld = 0;  ///< Facts that name what the one who asks may not see.
};

/// What to compute over a path of each fact.
struct Measure {
  enum class Op : std::uint8_t { kCount, kSum, kAvg, kMin, kMax, kQuantile };
  Op op = Op::kCount;
  std::string path;       ///< e.g. `payload.row_count`; not used by kCount without one, which counts facts.
  double quantile = 0.5;  ///< `kQuantile`: 0 to 1, answered within 1 % of rank.
};

/// By what facts are grouped.
struct GroupBy {
  enum class Key : std::uint8_t { kTarget, kKind, kRun, kMinute, kHour, kDay, kWeek, kMonth, kPath };
  Key key = Key::kTarget;
  std::string path;  ///< `kPath`.
};

struct AggregateSpec {
  QuerySpec where;  ///< `order`, `limit` and `cursor` are not used.
  std::vector<Measure> measures;
  std::vector<GroupBy> by;
  std::size_t memory_bytes = std::size_t{256} << 20;  ///< Groups beyond this spill to `spill_dir`.
  std::string spill_dir;                              ///< Empty: the system's temporary folder.
};

struct AggregateRow {
  std::vector<std::string>
      keys;  ///< One for each `by`, as text; times as RFC 3339; a path's value as JSON, absent as "".
  std::vector<std::optional<double>>
      values;  ///< One for each measure; none where no fact of the group had a number there.
};

struct AggregateResult {
  std::vector<AggregateRow> rows;  ///< Sorted by keys.
  std::uint64_t facts = 0;         ///< How many were looked at after `where`.
  std::uint64_t spilled_groups = 0;
  std::uint64_t damaged = 0;  ///< As in `QueryPage`.
};

}  // namespace cairn
