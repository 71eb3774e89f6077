#include "bus/fact_match.h"

#include <algorithm>

#include "access/tokens.h"
#include "query/glob.h"

namespace cairn {
namespace {

constexpr std::size_t kRoomBehind = 64;  // See `Document`.

}  // namespace

Result<FactMatch> FactMatch::Create(FactMatchSpec spec) {
  if (spec.filter.find_first_not_of(" \t\r\n") == std::string::npos) return FactMatch(std::move(spec), std::nullopt);
  auto filter = Filter::Parse(spec.filter);
  if (!filter) return filter.error();
  return FactMatch(std::move(spec), std::move(*filter));
}

bool FactMatch::TakesKind(std::string_view kind) const {
  return spec_.kinds.empty() || std::any_of(spec_.kinds.begin(), spec_.kinds.end(),
                                            [&](const std::string& glob) { return GlobMatch(glob, kind); });
}

bool FactMatch::Takes(const Fact& fact) {
  const bool takes_all = !spec_.tenant && spec_.kinds.empty() && spec_.prefix.empty() && !filter_;
  if (takes_all && fact.record().find(kSystemTenant) == std::string_view::npos) return true;
  const auto details = fact.Parse();
  if (!details) return false;
  const std::string& tenant = details->node.tenant;
  if (spec_.tenant ? tenant != *spec_.tenant : tenant == kSystemTenant) return false;
  if (!TakesKind(details->kind)) return false;
  if (!spec_.prefix.empty() && !NodeId(details->node).starts_with(spec_.prefix)) return false;
  if (!filter_) return true;
  record_.assign(fact.record());
  const std::size_t size = record_.size();
  record_.append(kRoomBehind, ' ');
  const Document document{std::string_view(record_).substr(0, size), details->kind, {}, false};
  return filter_->Matches(document, scratch_);
}

}  // namespace cairn
