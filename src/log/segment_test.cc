#include "log/segment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "hook_file_system.h"
#include "log/log_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListSegmentsTest : public testing::Test {
 protected:
  void Make(Seq first, std::string_view suffix) { WriteFileBytes(PathOf(first, suffix), "x"); }
  void Remove(Seq first, std::string_view suffix) { std::filesystem::remove(PathOf(first, suffix)); }
  std::string PathOf(Seq first, std::string_view suffix) const {
    return temp_.Sub(SegmentName(first) + std::string(suffix));
  }
  std::vector<std::string> Listed() {
    std::vector<std::string> out;
    const auto segments = ListSegments(files_, temp_.path());
    EXPECT_TRUE(segments) << segments.status();
    if (!segments) return out;
    for (const SegmentFile& segment : *segments) {
      out.push_back(std::to_string(segment.first.value) + (segment.open ? " open" : " sealed"));
    }
    return out;
  }

  TempDir temp_;
  HookFileSystem files_;
};

TEST_F(ListSegmentsTest, TellsEachOnceInOrder) {
  EXPECT_THAT(Listed(), IsEmpty());
  Make({100}, kOpenSuffix);
  Make({20}, kSealedSuffix);
  Make({20}, kIndexSuffix);
  Make({3}, kSealedSuffix);
  Make({3}, kOpenSuffix);
  EXPECT_THAT(Listed(), ElementsAre("3 open", "20 sealed", "100 open")) << "where both stand, the lines win";
}

TEST_F(ListSegmentsTest, PassesOverOtherFiles) {
  Make({1}, ".jsonl.zst.tmp");
  Make({2}, kIndexSuffix);
  Make({0}, kOpenSuffix);
  WriteFileBytes(temp_.Sub("notes.jsonl"), "x");
  EXPECT_THAT(Listed(), IsEmpty());
}

TEST_F(ListSegmentsTest, MissingFolder) {
  EXPECT_EQ(ListSegments(files_, temp_.Sub("none")).status().code(), StatusCode::kNotFound);
}

// A folder that is read while a file in it takes another's place may show neither.
TEST_F(ListSegmentsTest, SealedWhileTheFolderIsRead) {
  Make({1}, kOpenSuffix);
  Make({2}, kOpenSuffix);
  Make({3}, kOpenSuffix);
  bool done = false;
  files_.after_list = [&](std::vector<std::string>* names) {
    if (std::exchange(done, true)) return;
    Make({2}, kSealedSuffix);
    Remove({2}, kOpenSuffix);
    std::erase(*names, SegmentName({2}) + std::string(kOpenSuffix));
  };
  EXPECT_THAT(Listed(), ElementsAre("1 open", "2 sealed", "3 open"));
}

}  // namespace
}  // namespace cairn
