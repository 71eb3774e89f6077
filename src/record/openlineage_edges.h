#pragma once

#include <cstdint>
#include <optional>

#include "record/openlineage_json.h"
#include "record/statement_builder.h"

namespace cairn {

/// The edges that facets state between fields, datasets and jobs. Entries that are not shaped as the facet's schema
/// says are passed over. A source of which all that is said is INDIRECT influences its target, any other is what the
/// target derives from; one of which both is said has both edges.

/// `columnLineage` of a dataset: from each input field to the field, and from those of `dataset`, which affect every
/// row, to the dataset.
void StateColumnLineage(Object facet, std::uint32_t dataset, StatementBuilder& builder);

/// `lineage` of a dataset: from its sources to the dataset and its fields. `job` is the event's own, if it has one.
void StateDatasetLineage(Object facet, std::uint32_t dataset, std::optional<std::uint32_t> job,
                         StatementBuilder& builder);

/// `lineage` of a job: from the sources of each entry to the dataset or job that the entry is about.
/// Where a source or target is a field, the edge between the things that hold them is stated as well, since such a
/// facet may be all that is said of them. What a job does with a dataset is reading and writing, however the data is
/// transformed.
void StateJobLineage(Object facet, std::uint32_t job, StatementBuilder& builder);

/// `symlinks` of a dataset: its other names, each an edge in both directions.
void StateSymlinks(Object facet, std::uint32_t dataset, StatementBuilder& builder);

/// `lifecycleStateChange` of a dataset: what was dropped or emptied, and from what name it was renamed. Whatever else
/// happened to it (CREATE, ALTER, OVERWRITE) ends nothing: the edges say what flowed.
void StateLifecycle(Object facet, std::uint32_t dataset, StatementBuilder& builder);

}  // namespace cairn
