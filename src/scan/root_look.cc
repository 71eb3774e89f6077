#include "scan/root_look.h"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <memory>
#include <string_view>

namespace cairn {
namespace {

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

}  // namespace

std::optional<RootLook> LookAtRoot(const std::string& path) {
  const std::unique_ptr<DIR, CloseFolder> folder(::opendir(path.c_str()));
  struct stat seen {};
  if (folder == nullptr || ::fstat(::dirfd(folder.get()), &seen) != 0) return std::nullopt;
  RootLook look{fmt::format("{} {}", seen.st_dev, seen.st_ino), true};
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    look.is_empty = false;
    break;
  }
  return look;
}

}  // namespace cairn
