#pragma once

#include <cstdint>

#include "record/openlineage_json.h"
#include "record/statement_builder.h"

namespace cairn {

/// What well-known facets state about nodes. `node` is the index of what the facet is about. Entries that are not
/// shaped as the facet's schema says are passed over.

/// Fields of a dataset become nodes; those inside a field are named by the path to them: `address.zip`.
void StateSchema(Object facet, std::uint32_t dataset, StatementBuilder& builder);

/// A tag that names a field of the dataset goes to the field. The node itself gets a statement in any case, since the
/// facet replaces what the one before it said.
void StateTags(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder);

void StateOwnership(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder);

void StateDocumentation(Object facet, std::uint32_t node, bool deleted, StatementBuilder& builder);

}  // namespace cairn
