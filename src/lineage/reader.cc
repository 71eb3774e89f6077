#include "lineage/reader.h"

#include <algorithm>

namespace cairn {

namespace {

// The sets of flags of these classes of edges, one bit for each: over, class (two bits), ends.
constexpr std::uint32_t FlagsOf(std::uint32_t classes, bool over) {
  const std::uint32_t of_first = over ? 0x0303 : 0x0101;
  return (classes & 1) * of_first | (classes >> 1 & 1) * (of_first << 2) | (classes >> 2 & 1) * (of_first << 4);
}

}  // namespace

GraphReader::GraphReader(const Graph& graph, const Wanted& wanted, Pause* pause)
    : graph_(graph),
      wanted_(wanted),
      pause_(pause),
      edge_bound_(graph.edges()),
      node_bound_(graph.node_bound()),
      undo_read_(graph.undo().size()) {
  const bool present = wanted.moment.present();
  const bool all_types = (wanted.types & kAllTypes) == kAllTypes;
  plain_ = present && all_types;
  exact_ = !all_types;
  if (!exact_) {
    surely_before_ = surely_not_after_ = CoarseTime(wanted.moment.until - 1);
    surely_after_ = CoarseTime(wanted.moment.from);
  }
  not_over_ = FlagsOf(wanted.classes, false);
  wanted_flags_ = FlagsOf(wanted.classes, true);
  if (pause_ != nullptr) graph_.EnterReader();
}

std::span<const Interval> GraphReader::ValidityOf(EdgeNumber edge, Interval* room) const {
  if (edge >= edge_bound_) return {};
  if (!was_.empty()) {
    if (const auto found = was_.find(edge); found != was_.end()) return found->second;
  }
  return graph_.ValidityOf(edge, room);
}

bool GraphReader::Stands(EdgeNumber edge) const {
  if ((wanted_.types >> static_cast<unsigned>(graph_.edge(edge).type) & 1) == 0) return false;
  Interval room;
  const auto intervals = ValidityOf(edge, &room);
  return std::any_of(intervals.begin(), intervals.end(),
                     [&](const Interval& interval) { return wanted_.moment.Meets(interval); });
}

bool GraphReader::Rest() {
  if (pause_ == nullptr) return true;
  if (lost_ || !pause_->Tick()) {
    lost_ = true;
    return false;
  }
  const auto& undo = graph_.undo();
  for (; undo_read_ < undo.size(); ++undo_read_) was_.try_emplace(undo[undo_read_].edge, undo[undo_read_].was);
  if (!exact_ && (!was_.empty() || graph_.edges() != edge_bound_)) {
    // From here on the flags tell of a later state.
    exact_ = true;
    plain_ = false;
    surely_before_ = 0;
    surely_not_after_ = ~0U;
    surely_after_ = 0;
  }
  return true;
}

}  // namespace cairn
