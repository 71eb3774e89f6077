#include "log/control.h"

#include <gtest/gtest.h>

#include "fault_file_system.h"
#include "log/log_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

class Control : public testing::Test {
 protected:
  Result<std::unique_ptr<ControlFile>> Open(bool read_only = false) {
    return ControlFile::Open(*FileSystem::Default(), path_, read_only);
  }

  // The page as the format has it: five words, little-endian, and zeros. The numbers carry a check in their upper bits.
  static std::string Page(std::string_view magic, std::uint64_t version, std::uint64_t durable, std::uint64_t active,
                          std::uint64_t boot = 0) {
    std::string out(magic);
    const auto checked = [](std::uint64_t number) {
      return number | ((number * 0x9E3779B97F4A7C15) & 0xFFFF000000000000);
    };
    for (const std::uint64_t word : {version, checked(durable), checked(active), boot}) {
      for (int i = 0; i < 8; ++i) out += static_cast<char>(word >> (8 * i));
    }
    out.resize(64, '\0');
    return out;
  }

  static std::uint64_t ThisBoot() {
    const std::string id = ReadFileBytes("/proc/sys/kernel/random/boot_id");
    return std::stoull(id.substr(0, 8) + id.substr(9, 4) + id.substr(14, 4), nullptr, 16);
  }

  TempDir temp_;
  const std::string path_ = temp_.Sub("LOCK");
};

TEST_F(Control, ANewOneKnowsNothing) {
  auto control = Open();
  ASSERT_TRUE(control.has_value()) << control.status();
  EXPECT_EQ((*control)->durable(), Seq{0});
  EXPECT_EQ((*control)->active(), Seq{0});
}

TEST_F(Control, WhatOnePublishesEveryOtherSees) {
  auto writer = Open();
  auto other = Open();
  auto reader = Open(true);
  ASSERT_TRUE(writer && other && reader);
  (*writer)->Publish({12}, {7});
  for (const auto* control : {&other, &reader}) {
    EXPECT_EQ((**control)->durable(), Seq{12});
    EXPECT_EQ((**control)->active(), Seq{7});
  }
}

TEST_F(Control, IsWrittenAsTheFormatSays) {
  auto control = Open();
  ASSERT_TRUE(control.has_value());
  (*control)->Publish({0x030405060708}, {9});
  control = Status(StatusCode::kCancelled, "closed");
  EXPECT_EQ(ReadFileBytes(path_), Page("CAIRNLCK", 1, 0x030405060708, 9, ThisBoot()));
}

TEST_F(Control, IsExactWhatWasPublishedSinceTheMachineStarted) {
  FaultFileSystem files(temp_.path());
  {
    auto writer = ControlFile::Open(files, path_, false);
    auto other = ControlFile::Open(files, path_, false);
    ASSERT_TRUE(writer && other);
    EXPECT_FALSE((*writer)->exact());
    (*writer)->Publish({12}, {7});
    EXPECT_TRUE((*writer)->exact() && (*other)->exact());
  }
  const std::string page = ReadFileBytes(path_);
  EXPECT_TRUE((*ControlFile::Open(files, path_, false))->exact()) << "another process, later";
  files.Crash(1);
  WriteFileBytes(path_, page);
  auto after = ControlFile::Open(files, path_, false);
  EXPECT_EQ((*after)->durable(), Seq{12}) << "at least";
  EXPECT_FALSE((*after)->exact());
  (*after)->Publish({12}, {7});
  EXPECT_TRUE((*after)->exact());
}

TEST_F(Control, DamagedIsNotExact) {
  const std::string page = Page("CAIRNLCK", 1, 0, 1, ThisBoot());
  WriteFileBytes(path_, page);
  EXPECT_TRUE((*Open())->exact()) << "0 is a number like others";
  for (std::size_t bit = 16 * 8; bit < 40 * 8; ++bit) {
    std::string flipped = page;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    WriteFileBytes(path_, flipped);
    EXPECT_FALSE((*Open())->exact()) << bit;
  }
}

TEST_F(Control, OneHoldsTheLock) {
  auto one = Open();
  auto other = Open();
  ASSERT_TRUE(one && other);
  ASSERT_TRUE((*one)->lock()->Lock().ok());
  EXPECT_EQ((*other)->lock()->TryLock().code(), StatusCode::kUnavailable);
  (*one)->lock()->Unlock();
  EXPECT_TRUE((*other)->lock()->TryLock().ok());
}

TEST_F(Control, TheLockGoesWithItsHolder) {
  auto one = Open();
  ASSERT_TRUE((*one)->lock()->Lock().ok());
  one = Status(StatusCode::kCancelled, "closed");
  auto other = Open();
  EXPECT_TRUE((*other)->lock()->TryLock().ok());
}

TEST_F(Control, NewerVersion) {
  WriteFileBytes(path_, Page("CAIRNLCK", 2, 12, 7));
  for (const bool read_only : {false, true}) {
    auto control = Open(read_only);
    ASSERT_FALSE(control.has_value());
    EXPECT_EQ(control.error().code(), StatusCode::kFailedPrecondition);
    EXPECT_NE(control.error().message().find("newer version"), std::string::npos);
  }
  EXPECT_EQ(ReadFileBytes(path_), Page("CAIRNLCK", 2, 12, 7)) << "it is left as it is";
}

TEST_F(Control, APageThatWasLostKnowsNothing) {
  WriteFileBytes(path_, std::string(64, '\0'));
  for (const bool read_only : {false, true}) {
    auto control = Open(read_only);
    ASSERT_TRUE(control.has_value()) << control.status();
    EXPECT_EQ((*control)->durable(), Seq{0});
  }
}

TEST_F(Control, APageThatIsNoneOfOursKnowsNothing) {
  WriteFileBytes(path_, std::string(64, 'x'));
  for (const bool read_only : {false, true}) {
    auto control = Open(read_only);
    ASSERT_TRUE(control.has_value()) << control.status();
    EXPECT_EQ((*control)->durable(), Seq{0});
    EXPECT_EQ((*control)->active(), Seq{0});
  }
}

// A number that is not what was published would let the log jump to it.
TEST_F(Control, FlippedBitInANumberKnowsNothing) {
  for (const std::uint64_t number : {std::uint64_t{1}, std::uint64_t{12}, (std::uint64_t{1} << 48) - 1}) {
    const std::string page = Page("CAIRNLCK", 1, number, number);
    for (std::size_t bit = 0; bit < 64; ++bit) {
      std::string flipped = page;
      flipped[16 + bit / 8] = static_cast<char>(flipped[16 + bit / 8] ^ (1 << bit % 8));
      WriteFileBytes(path_, flipped);
      auto control = Open(true);
      ASSERT_TRUE(control.has_value());
      ASSERT_EQ((*control)->durable(), Seq{0}) << number << ", bit " << bit;
      ASSERT_EQ((*control)->active(), Seq{number});
    }
  }
}

TEST_F(Control, AShortPageIsLengthenedByAWriterAndUnknownToAReader) {
  for (const std::size_t bytes : {0, 8, 63}) {
    WriteFileBytes(path_, Page("CAIRNLCK", 1, 12, 7).substr(0, bytes));
    auto reader = Open(true);
    ASSERT_TRUE(reader.has_value());
    EXPECT_EQ((*reader)->durable(), Seq{0});
    EXPECT_EQ(std::filesystem::file_size(path_), bytes) << "a reader writes nothing";
    ASSERT_TRUE(Open().has_value());
    EXPECT_EQ(std::filesystem::file_size(path_), 64U);
  }
}

TEST_F(Control, AReaderMakesNoFileAndHasNoLock) {
  auto control = Open(true);
  ASSERT_TRUE(control.has_value()) << control.status();
  EXPECT_EQ((*control)->durable(), Seq{0});
  EXPECT_EQ((*control)->lock(), nullptr);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Control, DiskFull) {
  FaultFileSystem files(temp_.path());
  files.SetDiskBytes(10);
  auto control = ControlFile::Open(files, path_, false);
  ASSERT_FALSE(control.has_value());
  EXPECT_EQ(control.error().code(), StatusCode::kResourceExhausted);
}

TEST_F(Control, CannotBeOpened) {
  auto control = ControlFile::Open(*FileSystem::Default(), temp_.Sub("no/such/LOCK"), false);
  EXPECT_FALSE(control.has_value());
  std::filesystem::create_directory(path_);
  EXPECT_FALSE(Open().has_value()) << "a folder";
}

}  // namespace
}  // namespace cairn
