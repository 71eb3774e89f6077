#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "cairn/repository.h"

namespace cairn {

/// Tells whether facts came that touch what an answer was about, without reading them: for those who give answers
/// again. Any thread may call it.
class ChangeSource {
 public:
  ChangeSource() = default;
  ChangeSource(const ChangeSource&) = delete;
  ChangeSource& operator=(const ChangeSource&) = delete;
  virtual ~ChangeSource() = default;

  /// Now: to be asked before an answer is made.
  virtual Result<std::uint64_t> Mark() = 0;
  /// Whether nothing at all has become visible since the mark. Takes no lock.
  [[nodiscard]] virtual bool Unchanged(std::uint64_t mark) const = 0;
  /// By what changes of these nodes are told. Nothing where one of them is not known. They mean the same until
  /// `Touched` says yes.
  virtual std::optional<std::vector<std::uint16_t>> PlacesOf(std::span<const NodeKey> nodes) = 0;
  /// Whether a fact that is visible now, and was not at the mark, names one of the nodes, or begins or ends an edge of
  /// one. It may say yes where none did.
  virtual Result<bool> Touched(std::uint64_t mark, std::span<const std::uint16_t> places) = 0;
};

/// Of an embedded store; null for others.
ChangeSource* ChangesOf(Repository& repository);

}  // namespace cairn
