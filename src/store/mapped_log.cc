#include "store/mapped_log.h"

#include "store/embedded_repository.h"

namespace cairn {

void ReleaseLogOf(Repository& repository) {
  if (auto* log = dynamic_cast<MappedLog*>(&repository)) log->ReleaseLog();
}

void EmbeddedRepository::ReleaseLog() {
  SegmentList segments;
  {
    const std::shared_lock lock(views_mutex_);
    segments = state_.segments;
  }
  for (const std::shared_ptr<Segment>& segment : segments) segment->Release();
}

}  // namespace cairn
