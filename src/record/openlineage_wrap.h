#pragma once

#include <string_view>

#include "base/arena.h"
#include "record/statements.h"

namespace cairn {

/// The record that carries an event in the log: its keys, and the event whole as the payload, its last member. The same
/// event of the same tenant gives the same bytes.
///   {"kind":"openlineage.run_event","target":{"type":"job","namespace":"kitchen","name":"pie"},
///    "produced_at":"2020-08-30T09:00:00.000+10:00","producer_id":"https://...",
///    "context":{"run_id":"fc57...","job_id":"pie","namespace":"kitchen","tenant":"acme"},"payload":{...}}
/// `type` is left out for a dataset, each member of the context where there is none, and the context where it would be
/// empty. `keys` is what `StateEvent` said of the event. It is made in `arena`.
std::string_view WrapEvent(std::string_view minified_event, const ParsedRecord& keys, std::string_view tenant,
                           Arena& arena);

/// Whether it may be such a record, at a glance.
inline bool MayWrapEvent(std::string_view record_json) { return record_json.starts_with(R"({"kind":"openlineage.)"); }

/// The event's bytes in what `WrapEvent` made, found without reading them. Empty where it is no such record.
std::string_view WrappedEvent(std::string_view record_json);

}  // namespace cairn
