#include "scan/slow_files.h"

#include <gmock/gmock.h>

#include "scan/scan_for_test.h"

namespace cairn {
namespace {

class SlowFilesTest : public ScanTest {};

TEST_F(SlowFilesTest, TheSlowestComeFirst) {
  EXPECT_EQ(SlowestFiles(stores_.Sub("store/scan"), 3).status().code(), StatusCode::kNotFound);
  for (const char* name : {"a.jpg", "b/c.jpg", "b/d.jpg", "e.jpg"}) Picture(name, name);
  Scan();
  const auto files = SlowestFiles(stores_.Sub("store/scan"), 3);
  ASSERT_TRUE(files) << files.status();
  ASSERT_EQ(files->size(), 3u);
  for (std::size_t i = 1; i < 3; ++i) EXPECT_GE((*files)[i - 1].took, (*files)[i].took);
  const auto all = SlowestFiles(stores_.Sub("store/scan"), 100);
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 4u);
  EXPECT_TRUE(std::equal(files->begin(), files->end(), all->begin(),
                         [](const SlowFile& x, const SlowFile& y) { return x.path == y.path; }));
  EXPECT_EQ(SlowestFiles(stores_.Sub("store/scan"), 0)->size(), 0u);
}

}  // namespace
}  // namespace cairn
