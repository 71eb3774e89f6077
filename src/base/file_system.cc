#include "base/file_system.h"

namespace cairn {

std::string JoinPath(std::string_view dir, std::string_view name) {
  std::string out(dir);
  if (!out.empty() && out.back() != '/') out += '/';
  out += name;
  return out;
}

std::string ParentOf(const std::string& path) {
  const std::size_t end = path.find_last_not_of('/');
  if (end == std::string::npos) return path.empty() ? "." : "/";
  const std::size_t slash = path.rfind('/', end);
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

Status MakeDirsDurably(FileSystem& files, const std::string& dir) {
  if (files.Exists(dir)) return Status::Ok();
  const std::string parent = ParentOf(dir);
  if (parent != "." && parent != "/") {
    if (Status status = MakeDirsDurably(files, parent); !status.ok()) return status;
  }
  if (Status status = files.MakeDirs(dir); !status.ok()) return status;
  return files.SyncDir(parent);
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
  return files.SyncDir(ParentOf(path));
}

}  // namespace cairn
