#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/record.h"
#include "cairn/status.h"
#include "query/filter.h"

namespace cairn {

/// Which of the records that come are told.
struct FactMatchSpec {
  std::optional<std::string> tenant;  ///< None: any but the service's own.
  std::vector<std::string> kinds;     ///< Of records and events, as globs; empty: all.
  std::string prefix;                 ///< How the id of the node begins that it is about.
  std::string filter;                 ///< The filter language, `docs/query.md`.
};

/// The same, made ready. One thread at a time.
class FactMatch {
 public:
  /// Returns INVALID_ARGUMENT for a filter that cannot be read.
  static Result<FactMatch> Create(FactMatchSpec spec);

  /// False for a record whose bytes are damaged.
  [[nodiscard]] bool Takes(const Fact& fact);

 private:
  FactMatch(FactMatchSpec spec, std::optional<Filter> filter) : spec_(std::move(spec)), filter_(std::move(filter)) {}
  [[nodiscard]] bool TakesKind(std::string_view kind) const;

  FactMatchSpec spec_;
  std::optional<Filter> filter_;
  PathScratch scratch_;
  std::string record_;  // With room behind, as the filter wants it.
};

}  // namespace cairn
