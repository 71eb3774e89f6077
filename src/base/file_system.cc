#include "base/file_system.h"

namespace cairn {

std::string JoinPath(std::string_view dir, std::string_view name) {
  std::string out(dir);
  if (!out.empty() && out.back() != '/') out += '/';
  out += name;
  return out;
}

Status WriteFileDurably(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string temporary = path + ".tmp";
  if (Status removed = files.Remove(temporary); !removed.ok()) return removed;
  auto file = files.OpenAppend(temporary, true);
  if (!file) return file.error();
  if (Status status = (*file)->Append(bytes); !status.ok()) {
    (void)files.Remove(temporary);
    return status;
  }
  if (Status status = (*file)->Sync(); !status.ok()) return status;
  if (Status status = files.Rename(temporary, path); !status.ok()) return status;
  const std::size_t slash = path.rfind('/');
  return files.SyncDir(slash == std::string::npos ? "." : path.substr(0, slash));
}

}  // namespace cairn
