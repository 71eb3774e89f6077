#include "scan/scan_status.h"

#include <gmock/gmock.h>

#include <fstream>

#include "scan/scan_for_test.h"

namespace cairn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ScanStatusTest : public ScanTest {
 protected:
  std::optional<ScanStatus> Read() {
    auto read = ReadScanStatus(*FileSystem::Default(), stores_.Sub("store/scan"));
    EXPECT_TRUE(read) << read.status();
    return read ? std::move(*read) : std::nullopt;
  }
  std::string Folder() { return stores_.Sub("store/scan"); }
};

TEST_F(ScanStatusTest, AScanIsSeenWhileItRunsAndAfterwards) {
  EXPECT_FALSE(Read()) << "none was ever";
  Picture("a.jpg", "a");
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner) << scanner.status();
  {
    ScanStatusWriter writer(**scanner, Folder());
    std::optional<ScanStatus> status;
    while (!status) status = Read();
    EXPECT_TRUE(status->is_running);
    EXPECT_EQ(status->state(), "running");
    EXPECT_EQ(status->pid, ::getpid());
    EXPECT_THAT(status->roots, ElementsAre(tree_.path()));
    writer.End((*scanner)->Scan(stop_));
    status = Read();
    ASSERT_TRUE(status);
    EXPECT_FALSE(status->is_running) << "the last word was said";
    EXPECT_EQ(status->state(), "done");
    EXPECT_EQ(status->report.read, 1u);
  }
  EXPECT_EQ(Read()->state(), "done");
  EXPECT_THAT(ScanStatusJson(*Read()), HasSubstr(R"("state":"done","running":false)"));
}

TEST_F(ScanStatusTest, HowItEndedIsTold) {
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner) << scanner.status();
  { const ScanStatusWriter watch(**scanner, Folder()); }
  EXPECT_EQ(Read()->state(), "stopped");
  {
    ScanStatusWriter writer(**scanner, Folder());
    writer.End(Status(StatusCode::kResourceExhausted, "the disk is full"));
  }
  EXPECT_EQ(Read()->state(), "the disk is full");
}

TEST_F(ScanStatusTest, AProcessThatWasKilledIsSeenToBeGone) {
  auto scanner = OpenScanner(*store_, "store");
  ASSERT_TRUE(scanner) << scanner.status();
  { const ScanStatusWriter writer(**scanner, Folder()); }
  std::string text = *FileSystem::Default()->Read(Folder() + "/status.json");
  text.replace(text.find("stopped"), 7, "");
  std::ofstream(Folder() + "/status.json") << text;
  EXPECT_EQ(Read()->state(), "its process is gone");
  std::ofstream(Folder() + "/status.json") << "{}";
  EXPECT_EQ(ReadScanStatus(*FileSystem::Default(), Folder()).status().code(), StatusCode::kDataLoss);
}

}  // namespace
}  // namespace cairn
