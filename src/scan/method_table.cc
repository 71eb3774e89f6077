#include "scan/method_table.h"

#include <algorithm>

#include "extract/extractor.h"

namespace cairn {

MethodTable::MethodTable(std::vector<std::pair<std::uint16_t, ReadMethod>> known, std::uint64_t config)
    : config_(config) {
  for (auto& [id, method] : known) {
    if (id >= current_.size()) current_.resize(id + std::size_t{1});
    current_[id] = method == Now(method.type) ? 1 : 0;
    ids_.emplace(method, id);
    methods_.emplace(id, std::move(method));
  }
}

ReadMethod MethodTable::Now(std::string_view type) const {
  ReadMethod method;
  method.type = type;
  method.config = config_;
  if (const Extractor* extractor = ExtractorFor(type)) {
    method.extractor = extractor->name();
    method.version = extractor->version();
  }
  return method;
}

std::uint16_t MethodTable::Current(std::string_view type) {
  const std::lock_guard lock(mutex_);
  if (const auto at = by_type_.find(type); at != by_type_.end()) return at->second;
  ReadMethod method = Now(type);
  const auto next = static_cast<std::uint16_t>(methods_.empty() ? 1 : methods_.rbegin()->first + 1);
  const auto [at, is_new] = ids_.emplace(method, next);
  if (is_new) {
    new_.emplace_back(next, method);
    methods_.emplace(next, std::move(method));
  }
  by_type_.emplace(type, at->second);
  return at->second;
}

ReadMethod MethodTable::Of(std::uint16_t id) const {
  const std::lock_guard lock(mutex_);
  const auto at = methods_.find(id);
  return at == methods_.end() ? ReadMethod() : at->second;
}

std::vector<std::pair<std::uint16_t, ReadMethod>> MethodTable::TakeNew() {
  const std::lock_guard lock(mutex_);
  return std::exchange(new_, {});
}

}  // namespace cairn
