#pragma once

#include <simdjson.h>

#include "base/arena.h"
#include "cairn/status.h"
#include "record/statements.h"

namespace cairn {

/// Records whose payload means something to the lineage views. `record` holds the keys of the record, its kind among
/// them.

/// Whether records of that kind state more than that they are there.
bool StatesLineage(std::string_view kind);

/// `lineage_edge`: an edge that somebody declares, from `payload.from` to `payload.to` or else the record's target.
/// `metadata`: fields of the target, each member of the payload one of them; null takes one back. `_deleted` ends the
/// target, as a dataset is ended that is dropped; `_fields` holds the same of the fields of a dataset.
/// `contents`: the target holds each node of `payload.contains`, and nothing else any more.
/// `book`: the target is made of each node of `payload.files`, and of nothing else any more.
/// docs/lineage.md has them all. Empties and fills `statements`.
/// Returns INVALID_ARGUMENT or OUT_OF_RANGE, naming the member, where one that states edges is none.
Status StateLineageRecord(simdjson::dom::element payload, const ParsedRecord& record, Arena& arena,
                          EventStatements& statements);

}  // namespace cairn
