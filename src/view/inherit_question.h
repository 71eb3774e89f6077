#pragma once

#include <span>

#include "cairn/lineage.h"
#include "lineage/fold_reader.h"
#include "lineage/inherit.h"
#include "view/lineage_scope.h"

namespace cairn {

/// An answer that depends on more nodes than this is not worth keeping: it would seldom stay true.
inline constexpr std::size_t kLookedAtMax = 4096;

/// Answers what a node inherits. `looked_at` (may be null) gets the nodes that the answer depends on, but no more than
/// `kLookedAtMax` and one. Lets the writers in when it has read what it needs. Returns what `LineageQuestion` returns.
Result<LineageInherited> AskInherited(const Views& views, Pause* pause, const LineageInheritSpec& spec,
                                      std::vector<NodeNumber>* looked_at);

/// The rules for the metadata of these views; `stated` says what edges' priorities are. Returns INVALID_ARGUMENT for a
/// rule that is none.
Result<InheritRules> RulesOf(const Views& views, FoldReader& stated, const std::vector<std::string>& texts);

}  // namespace cairn
