#pragma once

#include <memory>

#include "cli/session.h"
#include "lookup/lookup_service.h"

namespace cairn {

struct LookupOpening {
  bool offline = false;                ///< Not even the shared level is asked.
  bool records = false;                ///< Answers become records of the store.
  bool goes_on = false;                ///< This is no command that is over soon: warms ahead where that is configured.
  std::uint32_t warm_rate = 0;         ///< Loads a minute for warming; 0: as configured.
  std::uint32_t warm_concurrency = 0;  ///< 0: as configured.
};

/// Opens cache and look-ups as they are configured; what they have to say goes to standard error. Must not outlive the
/// session.
Result<std::unique_ptr<LookupService>> OpenLookups(Session& session, const LookupOpening& opening = {});

}  // namespace cairn
