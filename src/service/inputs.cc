#include "service/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

namespace cairn {
namespace {

namespace fs = std::filesystem;

bool IsInputName(const std::string& name) {
  for (const std::string_view end : {".json", ".jsonl", ".ndjson", ".gz", ".zst"}) {
    if (name.size() > end.size() && name.ends_with(end)) return !name.starts_with(kRejectsPrefix);
  }
  return false;
}

bool IsStore(const fs::path& dir) {
  std::error_code ignored;
  return fs::exists(dir / "LOCK", ignored) && fs::is_directory(dir / "log", ignored);
}

void ListFolder(const fs::path& top, Inputs& out) {
  // A folder's files before its folders' files; depth first, without recursion, so that depth costs no stack.
  std::vector<fs::path> pending{top};
  while (!pending.empty()) {
    const fs::path dir = std::move(pending.back());
    pending.pop_back();
    if (IsStore(dir)) continue;
    std::vector<std::string> files;
    std::vector<fs::path> dirs;
    std::error_code error;
    fs::directory_iterator entry(dir, error);
    for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
      std::error_code ignored;
      if (entry->is_directory(ignored)) {
        if (!entry->is_symlink(ignored)) dirs.push_back(entry->path());
      } else if (IsInputName(entry->path().filename().string())) {
        files.push_back(entry->path().string());
      } else {
        ++out.passed_over;
      }
    }
    if (error)
      out.unreadable.emplace_back(dir.string(),
                                  Status(StatusCode::kUnavailable, "cannot be listed: " + error.message()));
    std::sort(files.begin(), files.end());
    std::sort(dirs.rbegin(), dirs.rend());
    out.files.insert(out.files.end(), files.begin(), files.end());
    pending.insert(pending.end(), dirs.begin(), dirs.end());
  }
}

}  // namespace

Result<Inputs> ListInputs(const std::vector<std::string>& paths) {
  Inputs out;
  for (const std::string& path : paths) {
    std::error_code error;
    const fs::file_status status = path == "-" ? fs::file_status(fs::file_type::regular) : fs::status(path, error);
    if (status.type() == fs::file_type::not_found) {
      return Status(StatusCode::kNotFound, fmt::format("{}: there is no such file or folder", path));
    }
    if (status.type() == fs::file_type::directory) {
      ListFolder(path, out);
    } else {
      out.files.push_back(path);
    }
  }
  return out;
}

}  // namespace cairn
