#include "lineage/reader.h"

#include <algorithm>

namespace cairn {

std::span<const Interval> GraphReader::ValidityOf(EdgeNumber edge, Interval* room) const {
  if (edge >= edge_bound_) return {};
  if (sharing_ != nullptr && !sharing_->was.empty()) {
    if (const auto found = sharing_->was.find(edge); found != sharing_->was.end()) return found->second;
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

bool GraphReader::IsName(EdgeNumber edge) const {
  Interval room;
  const auto intervals = ValidityOf(edge, &room);
  const Moment last{wanted_.moment.until - 1, wanted_.moment.until};
  return std::any_of(intervals.begin(), intervals.end(), [&](const Interval& one) { return last.Meets(one); });
}

bool GraphReader::Rest() { return sharing_ == nullptr || (!sharing_->lost && Resumed(sharing_->pause->Tick())); }

// What writers changed meanwhile is known from here on.
bool GraphReader::Resumed(bool still_there) {
  if (!still_there) {
    sharing_->lost = true;
    return false;
  }
  const auto& undo = graph_.undo();
  for (; sharing_->undo_read < undo.size(); ++sharing_->undo_read) {
    const Graph::Undo& one = undo[sharing_->undo_read];
    sharing_->was.try_emplace(one.edge, one.was);
  }
  if (!exact_ && (!sharing_->was.empty() || graph_.edges() != edge_bound_)) {
    // From here on the flags tell of a later state.
    exact_ = true;
    coarse_ = Coarse{};
  }
  return true;
}

}  // namespace cairn
