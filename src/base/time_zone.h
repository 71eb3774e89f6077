#pragma once

#include <string>
#include <vector>

#include "base/file_system.h"
#include "cairn/status.h"
#include "cairn/time.h"

namespace cairn {

/// How far the clocks of a place are ahead of UTC, and when that changes: a zone of the tz database as the system has
/// it under /usr/share/zoneinfo (the format is RFC 9636, TZif; the table of transitions alone is read).
class TimeZone {
 public:
  /// By name, `Europe/Berlin`; `UTC` is always there. Returns NOT_FOUND for a zone that the system does not have,
  /// DATA_LOSS where its file cannot be read.
  static Result<TimeZone> Load(const std::string& name, FileSystem& files = *FileSystem::Default());
  /// Reads the bytes of such a file.
  static Result<TimeZone> Parse(std::string_view bytes);

  /// Seconds ahead of UTC at that instant.
  [[nodiscard]] std::int64_t OffsetAt(Timestamp time) const;
  /// The first instant of the day, in that place, which is `days` after the one that `time` is in.
  [[nodiscard]] Timestamp DayOf(Timestamp time, int days = 0) const;

 private:
  struct Change {
    std::int64_t second;  ///< Since 1970, from when on.
    std::int64_t offset;
  };
  std::int64_t first_offset_ = 0;
  std::vector<Change> changes_;
};

}  // namespace cairn
