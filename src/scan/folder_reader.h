#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/status.h"
#include "scan/stamp.h"

namespace cairn {

enum class FileKind : std::uint8_t { kFile = 0, kFolder = 1, kLink = 2, kOther = 3 };

/// What stands in a folder.
struct Listed {
  std::string_view name;  ///< Into the listing.
  FileKind kind = FileKind::kOther;
  FileStamp stamp;
  std::int64_t born_ns = 0;  ///< 0 where the file system does not say.
};

/// The entries of a folder, by name (bytes).
struct Listing {
  std::unique_ptr<char[]> bytes;  ///< What the names point into; of small folders most of it is never touched.
  std::size_t room = 0;           ///< Of `bytes`.
  std::vector<Listed> entries;
  std::vector<std::string_view> unseen;  ///< By name: what is there, and could not be looked at.
  int unseen_error = 0;                  ///< Why, of one of them.
};

enum class LinkPolicy : std::uint8_t {
  kRecord,  ///< A link is recorded as what it is, with where it points.
  kSkip,
  kFollow,  ///< What it points to stands in its place.
};

/// Opens a file or folder, however long its path is. Returns -1 with errno.
int OpenPath(const std::string& path, int flags);

/// Lists the folder behind `fd`. What vanishes meanwhile is left out. Keeps `listing`'s memory.
/// Returns UNAVAILABLE where it cannot be read.
Status ReadFolder(int fd, std::uint64_t root_device, LinkPolicy links, Listing& listing);

/// Looks at one entry. Returns false where it is not there.
bool LookAt(int folder_fd, const char* name, std::uint64_t root_device, LinkPolicy links, Listed& out);

}  // namespace cairn
