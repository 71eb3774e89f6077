#pragma once

#include <simdjson.h>

#include "base/arena.h"
#include "cairn/node.h"
#include "cairn/status.h"

namespace cairn {

/// Reads a target: `{"namespace":"crm","name":"public.orders","type":"dataset"}`, or the spelling of relational
/// sources,
/// `{"source_id":"crm","schema":"public","table":"orders","extras":{}}`, whose namespace is the source and whose name
/// is `schema.table`; a part with a dot or a double quote in it is put in double quotes, with inner ones doubled.
/// `type` is `dataset` where it is absent. The views point into `arena`. Returns INVALID_ARGUMENT, naming the field.
Result<NodeView> ReadTarget(simdjson::dom::element target, std::string_view tenant, Arena& arena);

}  // namespace cairn
