#include <algorithm>

#include "cairn/cache_result.h"

namespace cairn {

const CacheField* CacheEntry::Field(std::string_view name) const {
  const auto at = std::lower_bound(fields.begin(), fields.end(), name,
                                   [](const CacheField& f, std::string_view n) { return f.name < n; });
  return at != fields.end() && at->name == name ? &*at : nullptr;
}

CacheLoaded CacheLoaded::Value(std::string value) {
  CacheLoaded loaded;
  loaded.value = std::move(value);
  return loaded;
}

CacheLoaded CacheLoaded::Fields(std::vector<CacheField> fields) {
  CacheLoaded loaded;
  loaded.fields = std::move(fields);
  return loaded;
}

CacheLoaded CacheLoaded::Unchanged() {
  CacheLoaded loaded;
  loaded.kind = Kind::kUnchanged;
  return loaded;
}

CacheLoaded CacheLoaded::NotFound(std::string message) {
  CacheLoaded loaded;
  loaded.kind = Kind::kNotFound;
  loaded.status = Status(StatusCode::kNotFound, std::move(message));
  return loaded;
}

CacheLoaded CacheLoaded::Failed(Status status, std::chrono::nanoseconds retry_after) {
  CacheLoaded loaded;
  loaded.kind = Kind::kFailed;
  loaded.status = std::move(status);
  loaded.retry_after = retry_after;
  return loaded;
}

}  // namespace cairn
