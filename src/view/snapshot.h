#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/file_system.h"
#include "cairn/repository.h"
#include "lineage/reader.h"
#include "log/batch_reader.h"
#include "view/views.h"

namespace cairn {

/// Where the log stood when a snapshot was taken, and how to see that it still is the same log.
struct SnapshotPlace {
  Seq segment;  ///< First sequence number of the newest segment.
  LogTail tail;
  std::uint32_t commit_bytes = 0;  ///< Length of the commit line that ends at `tail.offset`, newline included.
};

/// The lines of an unsealed segment, so that opening need not look for them.
struct SnapshotSegment {
  Seq first;
  std::vector<Location> locations;
};

struct Snapshot {
  SnapshotPlace place;
  std::vector<SnapshotSegment> open;
  std::vector<Damage> damage;
  Views views;
};

/// `snapshot-<seq>`.
std::string SnapshotName(Seq seq);

/// The bytes of a snapshot file. None where `pause` said that what is being encoded has changed; without a pause there
/// always are.
std::optional<std::string> EncodeSnapshot(const SnapshotPlace& place, const std::vector<SnapshotSegment>& open,
                                          const std::vector<Damage>& damage, const Views& views,
                                          Pause* pause = nullptr);

/// Returns DATA_LOSS where the bytes are no whole snapshot of this version: a snapshot can always be done without.
Result<Snapshot> DecodeSnapshot(std::string_view bytes);

}  // namespace cairn
