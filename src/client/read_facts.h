#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Facts of an answer, as `AppendLoggedFact` writes them. They point into it and keep it.
struct LoggedFacts {
  std::vector<Fact> facts;
  std::uint64_t damaged = 0;
  std::uint64_t withheld = 0;
  std::vector<std::string> kinds;  ///< Of `newest`, one for each fact.
  std::string cursor;
  Seq next;  ///< Of a tail.
};

/// Reads `{"facts":[...],"damaged":N,"withheld":N,"cursor":"...","next_seq":N}`. Returns INTERNAL for anything else.
Result<LoggedFacts> ReadFacts(std::shared_ptr<const std::string> body);

/// Reads one fact. It keeps `pin`, which `json` points into.
Result<Fact> ReadFact(std::string_view json, std::shared_ptr<const void> pin);

}  // namespace cairn
