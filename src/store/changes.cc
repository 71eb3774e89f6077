#include "store/change_source.h"
#include "store/embedded_repository.h"

namespace cairn {

ChangeSource* ChangesOf(Repository& repository) { return dynamic_cast<ChangeSource*>(&repository); }

Result<std::uint64_t> EmbeddedRepository::Mark() {
  if (Status status = CatchUp(); !status.ok()) return status;
  const std::shared_lock lock(views_mutex_);
  return marks_.now();
}

bool EmbeddedRepository::Unchanged(std::uint64_t mark) const {
  return control_->durable().value <= known_ && marks_.now() == mark;
}

std::optional<std::vector<std::uint16_t>> EmbeddedRepository::PlacesOf(std::span<const NodeKey> nodes) {
  std::vector<std::uint16_t> places;
  places.reserve(nodes.size());
  const std::shared_lock lock(views_mutex_);
  for (const NodeKey& node : nodes) {
    const std::uint32_t number = state_.views.nodes().Find(node);
    if (number == NumberSet::kNone) return std::nullopt;
    places.push_back(TouchMarks::PlaceOf(number));
  }
  return places;
}

Result<bool> EmbeddedRepository::Touched(std::uint64_t mark, std::span<const std::uint16_t> places) {
  if (Status status = CatchUp(); !status.ok()) return status;
  // What is acknowledged was applied under this lock.
  const std::shared_lock lock(views_mutex_);
  return marks_.TouchedSince(mark, places);
}

}  // namespace cairn
