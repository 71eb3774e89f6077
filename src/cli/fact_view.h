#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cairn/record.h"
#include "cli/session.h"
#include "cli/table.h"

namespace cairn {

/// Prints a fact for a program: as it was sent, one line; with `--meta` in `{"seq":N,"ingested_at":T,"record":...}`.
/// On a terminal what could be taken for an order to it is escaped, which JSON reads back as the same.
/// Returns DATA_LOSS where its bytes are damaged.
Status PrintFactJson(Session& session, const Fact& fact);

/// Prints one fact for a person, its payload whole.
Status PrintFact(Session& session, const NodeKey& node, const Fact& fact);

/// Says that facts are missing from the answer because their bytes are damaged.
void NoteDamagedFacts(Session& session, std::uint64_t damaged);

/// Facts for a person, a row each.
class FactTable {
 public:
  /// Whether each row says what the fact is about.
  enum class About : std::uint8_t { kPayloadOnly, kNode };
  explicit FactTable(About about);
  Status Add(const Fact& fact);
  [[nodiscard]] bool empty() const { return table_.empty(); }
  void Print(Session& session) const { table_.Print(session.out(), session.paint()); }

 private:
  About about_;
  RowTable table_;
};

/// The payload in a line: its JSON, and of an event first what happened.
std::string Summary(const Fact::Details& details);

}  // namespace cairn
