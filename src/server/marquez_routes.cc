#include "server/marquez_routes.h"

namespace cairn {

void AddMarquez(Router& router, Clock& clock) {
  AddMarquezLists(router);
  AddMarquezRuns(router);
  AddMarquezLineage(router);
  AddMarquezEvents(router);
  AddMarquezSearch(router);
  AddMarquezUpstream(router);
  AddMarquezStats(router, clock);
  AddMarquezTags(router, clock);
  AddMarquezWrites(router, clock);
}

}  // namespace cairn
