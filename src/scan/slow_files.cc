#include "scan/slow_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/json.h"
#include "scan/state_db.h"

namespace cairn {
namespace {

bool IsSlower(const SlowFile& a, const SlowFile& b) { return a.took != b.took ? a.took > b.took : a.path < b.path; }

}  // namespace

Result<std::vector<SlowFile>> SlowestFiles(const std::string& state_folder, std::size_t limit) {
  auto state = StateDb::OpenToRead(state_folder);
  if (!state) return state.error();
  std::vector<SlowFile> out;  // A heap: the quickest of those kept stands first.
  Status read = (*state)->EachFolder("/", [&](std::string_view folder, const StoredFolder& stored) {
    for (EntryReader reader(stored.entries); reader.entry() != nullptr; reader.Next()) {
      const StateEntry& entry = *reader.entry();
      const std::chrono::microseconds took(entry.cost_us);
      if (entry.kind != FileKind::kFile || limit == 0) continue;
      if (out.size() == limit && took <= out.front().took) continue;
      if (out.size() == limit) {
        std::pop_heap(out.begin(), out.end(), IsSlower);
        out.pop_back();
      }
      std::string path(folder);
      if (path != "/") path += '/';
      out.push_back({path.append(entry.name), took, entry.stamp.size});
      std::push_heap(out.begin(), out.end(), IsSlower);
    }
  });
  if (!read.ok()) return read;
  std::sort(out.begin(), out.end(), IsSlower);
  return out;
}

std::string SlowFileJson(const SlowFile& file) {
  return fmt::format(R"({{"path":{},"seconds":{:.6f},"bytes":{}}})", JsonString(file.path),
                     std::chrono::duration<double>(file.took).count(), file.bytes);
}

}  // namespace cairn
