#pragma once

#include <optional>
#include <string>

namespace cairn {

/// What stands at the root of a scan. Where a disk or share is not mounted, the empty folder that it is mounted on
/// stands there: another folder than before. One whose files were deleted is the same folder still.
struct RootLook {
  std::string identity;  ///< Of the folder: device and inode.
  bool is_empty = false;
};

/// None where there is no folder, or it cannot be read.
std::optional<RootLook> LookAtRoot(const std::string& path);

}  // namespace cairn
