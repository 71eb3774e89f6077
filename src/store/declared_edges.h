#pragma once

#include <optional>
#include <string>

#include "lineage/fold.h"
#include "record/statements.h"
#include "view/names.h"
#include "view/views.h"

namespace cairn {

/// The edges that `lineage_edge` records declare, up to the end of the log: what a new one is held against before it is
/// written, while the views may lag. One thread at a time.
class DeclaredEdges {
 public:
  /// Takes what the views hold.
  explicit DeclaredEdges(const Views& views);

  /// Counts a record in, if it declares an edge or ends a node.
  void Add(const ParsedRecord& record);

  /// The way, `a -> b -> a`, that the edge of `record` would close with edges that stand at one instant with it.
  [[nodiscard]] std::optional<std::string> CycleOf(const ParsedRecord& record);

  /// Whether the record declares an edge that stands.
  static bool Declares(const ParsedRecord& record) {
    return record.event != nullptr && record.event->declared && record.event->declared->stands;
  }

 private:
  NodeNumber Intern(const NodeView& node);
  [[nodiscard]] std::optional<std::string> WayAt(NodeNumber from, NodeNumber to, std::int64_t time) const;

  NodeTable names_;
  LineageFold fold_;
};

}  // namespace cairn
