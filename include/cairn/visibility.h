#pragma once

#include <string_view>

#include "cairn/node.h"

namespace cairn {

/// What the one who asks may see. Where a question has one, its answer holds nothing else, and says how much it kept
/// back. Any thread may call it, at any time that the question takes.
class Visibility {
 public:
  Visibility() = default;
  Visibility(const Visibility&) = delete;
  Visibility& operator=(const Visibility&) = delete;
  virtual ~Visibility() = default;

  [[nodiscard]] virtual bool Sees(const NodeView& node) const = 0;
  /// Facts of that kind.
  [[nodiscard]] virtual bool SeesKind(std::string_view kind) const = 0;
  /// Whether everything that the JSON names may be seen: a record's, or of a facet its own bytes.
  [[nodiscard]] virtual bool SeesAllOf(std::string_view json) const = 0;
};

}  // namespace cairn
