#include <filesystem>

#include "lab.h"
#include "scratch.h"
#include "workload.h"

namespace cairn::bench {
namespace {

void DiskPerRecord(Lab& lab, const Report& report) {
  const std::string folder = lab.NewFolder();
  {
    const auto store = OpenStore(folder);
    IngestInto(*store, lab.data(), 2);
    Must(store->Seal(), "sealing");
  }
  std::uintmax_t bytes = 0;  // Of the log as it stands: .zst, .idx and the empty segment that takes what comes.
  for (const auto& entry : std::filesystem::directory_iterator(folder + "/log")) bytes += entry.file_size();
  const std::uintmax_t all = FolderBytes(folder);
  const auto records = static_cast<double>(lab.data().size());
  const auto each = [&](std::uintmax_t total) {
    const double value = static_cast<double>(total) / records;
    return Spread{value, value, value};
  };
  lab.Remove(folder);
  const Spread json = each(lab.data().bytes());
  report({"disk_per_record", each(bytes), "bytes", "the JSON", json, {Bound::Of::kValueBelow, 110}});
  report({"disk_per_record/with_views", each(all), "bytes", "the JSON", json, {}});
}

}  // namespace

std::vector<Workload> DiskWorkloads() {
  return {{"disk_per_record", "bytes on disk for each record once sealed, index included", DiskPerRecord}};
}

}  // namespace cairn::bench
