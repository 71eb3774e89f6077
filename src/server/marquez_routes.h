#pragma once

#include "base/clock.h"
#include "server/router.h"

namespace cairn {

/// The routes that Marquez's web page and clients ask for, in its shapes: docs/http.md lists them. `clock` outlives the
/// router; it is asked for the present by the routes that write, and by statistics.
void AddMarquez(Router& router, Clock& clock = *Clock::Default());

/// Parts of the above.
void AddMarquezLists(Router& router);
void AddMarquezRuns(Router& router);
void AddMarquezLineage(Router& router);
void AddMarquezEvents(Router& router);
void AddMarquezSearch(Router& router);
void AddMarquezUpstream(Router& router);
void AddMarquezStats(Router& router, Clock& clock);
void AddMarquezTags(Router& router, Clock& clock);
void AddMarquezWrites(Router& router, Clock& clock);

}  // namespace cairn
