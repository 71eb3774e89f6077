#pragma once

#include <functional>
#include <string>
#include <string_view>
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

/// Takes the next bytes of a snapshot file.
using SnapshotSink = std::function<Status(std::string_view)>;

/// Hands the bytes of a snapshot file to `sink`, a MiB at a time: a snapshot of a large store takes no memory to speak
/// of. Returns ABORTED where `pause`, which is released around each call, said that what is being encoded has changed;
/// or what `sink` returned.
Status EncodeSnapshot(const SnapshotPlace& place, const std::vector<SnapshotSegment>& open,
                      const std::vector<Damage>& damage, const Views& views, const SnapshotSink& sink,
                      Pause* pause = nullptr);

/// Returns DATA_LOSS where the bytes are no whole snapshot of this version: a snapshot can always be done without.
/// `again`, where it is not empty, is called now and then and gives the same bytes, perhaps elsewhere: those given
/// before are needed no more.
Result<Snapshot> DecodeSnapshot(std::string_view bytes, const std::function<std::string_view()>& again = {});

}  // namespace cairn
