#include "cli/scan_view.h"

#include <gtest/gtest.h>

namespace cairn {
namespace {

TEST(ScanView, ProgressIsAnObjectForPrograms) {
  ScanCounts counts;
  counts.folders = 2;
  counts.to_read = 5;
  counts.read = 3;
  counts.bytes_hashed = 700;
  EXPECT_EQ(
      ScanProgressEvent(counts, 1.04),
      R"({"event":"progress","seconds":1.0,"folders":2,"unchanged":0,"to_read":5,"read":3,"problems":0,"bytes":700})");
  counts.Clear();
  EXPECT_EQ(counts.folders + counts.read + counts.bytes_hashed, 0U) << "the next scan begins with nothing";
}

}  // namespace
}  // namespace cairn
