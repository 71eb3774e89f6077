#pragma once

#include <string>
#include <string_view>

#include "cairn/cache.h"
#include "cli/session.h"
#include "cli/table.h"
#include "lookup/cache_report.h"

namespace cairn {

/// The cache, printed for a person or a program.

void PrintCacheStats(Session& session, const CacheReport& report);
void PrintInspected(Session& session, std::string_view key, const CacheInspected& inspected);
void PrintInvalidated(Session& session, std::string_view what, const CacheInvalidated& invalidated, bool expired,
                      bool has_hosts);

/// Entries, a row each.
class CacheListing {
 public:
  explicit CacheListing(Session& session);
  void Add(const CacheListed& entry);
  void Print();

 private:
  Session& session_;
  RowTable table_;
};

}  // namespace cairn
