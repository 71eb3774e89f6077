#include "cli/lookup_session.h"

#include <cstdlib>
#include <mutex>

namespace cairn {

Result<std::unique_ptr<LookupService>> OpenLookups(Session& session, const LookupOpening& opening) {
  auto configured = session.Settings();
  if (!configured) return configured.error();
  Config config = **configured;
  config.cache.offline = config.cache.offline || opening.offline;
  if (opening.warm_rate > 0) config.warm.rate_tokens = opening.warm_rate;
  if (opening.warm_concurrency > 0) config.warm.concurrency = opening.warm_concurrency;
  // A command is over too soon for it; `cairn cache warm --predicted` does a round.
  if (!opening.goes_on) config.warm.predictive = false;
  LookupHooks hooks;
  hooks.environment = [](const char* name) { return std::getenv(name); };
  hooks.is_brief = true;
  hooks.log = [&session, mutex = std::make_shared<std::mutex>()](std::string_view line) {
    const std::lock_guard lock(*mutex);
    session.Note(line);
  };
  if (opening.records) {
    auto service = session.Open(true);
    if (!service) return service.error();
    hooks.store_record = [store = std::make_shared<Service>(std::move(*service))](std::string_view record) {
      auto stored = store->Emit(record);
      return stored ? Status::Ok() : stored.error();
    };
  }
  return LookupService::Open(config, std::move(hooks));
}

}  // namespace cairn
