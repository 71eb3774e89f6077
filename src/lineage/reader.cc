#include "lineage/reader.h"

#include <algorithm>

namespace cairn {

std::span<const Interval> GraphReader::ValidityOf(EdgeNumber edge, Interval* room) const {
  if (edge >= edge_bound_) return {};
  if (was_ != nullptr) {
    if (const auto found = was_->find(edge); found != was_->end()) return found->second;
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
  return !lost_ && Resumed(pause_->Tick());
}

// What writers changed meanwhile is known from here on.
bool GraphReader::Resumed(bool still_there) {
  if (!still_there) {
    lost_ = true;
    return false;
  }
  const auto& undo = graph_.undo();
  for (; undo_read_ < undo.size(); ++undo_read_) {
    if (was_ == nullptr) was_ = std::make_unique<decltype(was_)::element_type>();
    was_->try_emplace(undo[undo_read_].edge, undo[undo_read_].was);
  }
  if (!exact_ && (was_ != nullptr || graph_.edges() != edge_bound_)) {
    // From here on the flags tell of a later state.
    exact_ = true;
    coarse_.emplace();
  }
  return true;
}

}  // namespace cairn
