#include "scan/scan_report.h"

namespace cairn {

ScanReport ReportOf(const ScanCounts& counts) {
  ScanReport report;
  report.folders = counts.folders;
  report.unchanged = counts.unchanged;
  report.to_read = counts.to_read;
  report.read = counts.read;
  report.added = counts.added;
  report.changed = counts.changed;
  report.same = counts.same;
  report.removed = counts.removed;
  report.renamed = counts.renamed;
  report.extracted = counts.extracted;
  report.reused = counts.reused;
  report.problems = counts.problems;
  report.ignored = counts.ignored;
  report.bytes_hashed = counts.bytes_hashed;
  report.records = counts.records;
  return report;
}

void ScanCounts::Clear() {
  for (auto* count : {&folders, &unchanged, &to_read, &read, &added, &changed, &same, &removed, &renamed, &extracted,
                      &reused, &problems, &ignored, &bytes_hashed, &records}) {
    count->store(0);
  }
}

}  // namespace cairn
