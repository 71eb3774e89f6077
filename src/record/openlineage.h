#pragma once

#include <simdjson.h>

#include <optional>
#include <string_view>

#include "base/arena.h"
#include "cairn/status.h"
#include "record/statements.h"

namespace cairn {

/// Which event an object is, by shape: with a `run` a RunEvent, else with a `job` a JobEvent, else with a `dataset` a
/// DatasetEvent, else none. A member that is null counts as absent.
std::optional<Form> EventForm(simdjson::dom::object event);

/// Reads an OpenLineage event of the given form and says what it states. Fills `out` but for `json`, `fingerprint` and
/// `event`; empties and fills `statements`. Texts are copied into `arena`, so that both outlive the parser.
///
/// Facets are stated in this order, which gives each its ordinal: run.facets, job.facets, dataset.facets, then for each
/// input facets and inputFacets, then for each output facets and outputFacets; within an object in the order of its
/// members. A facet that is null is none. Sections that the form does not have are not read. A facet of a well-known
/// key that is not shaped as its schema says is kept like any other and states nothing further.
///
/// Returns INVALID_ARGUMENT where it is no event, OUT_OF_RANGE for an eventTime that cannot be kept; the message names
/// the field, e.g. `run.runId: missing`. `out` and `statements` are then undefined.
Status StateEvent(simdjson::dom::object event, Form form, std::string_view tenant, Arena& arena, ParsedRecord& out,
                  EventStatements& statements);

}  // namespace cairn
