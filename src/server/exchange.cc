#include "server/exchange.h"

namespace cairn {

const std::string& Exchange::Path(std::string_view name) const {
  static const std::string empty;
  const std::string* value = parts_.path.Find(name);
  return value == nullptr ? empty : *value;
}

ServerResponse Exchange::On(CacheExecutor& pool, const std::function<ServerResponse()>& work) {
  ServerResponse response;
  bool is_taken = true;
  parts_.suspender.Suspend([&](const Suspender::Resume& resume) {
    is_taken = pool.Submit([&response, &work, resume] {
      response = work();
      resume();
    });
    if (!is_taken) resume();
  });
  if (is_taken) return response;
  response = HttpFailure(503, "UNAVAILABLE", "too many questions wait to be answered; ask again");
  response.Set("Retry-After", "1");
  return response;
}

}  // namespace cairn
