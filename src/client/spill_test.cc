// Records that wait on disk: in their order, whole or not at all, bounded.

#include "client/spill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "temp_dir.h"

namespace cairn {
namespace {

using Records = std::vector<std::string>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class SpillTest : public testing::Test {
 protected:
  std::unique_ptr<Spill> Open(Spill::Options options = {}) {
    auto spill = Spill::Open(*FileSystem::Default(), folder_, options);
    EXPECT_TRUE(spill) << spill.status();
    return spill ? std::move(*spill) : nullptr;
  }
  Records Rest(Spill& spill) {
    Records all;
    while (!spill.empty()) {
      auto some = spill.ReadOldest();
      EXPECT_TRUE(some) << some.status();
      if (!some) break;
      all.insert(all.end(), some->begin(), some->end());
      EXPECT_TRUE(spill.DropOldest().ok());
    }
    return all;
  }
  Records Segments() const {
    Records names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() == ".spill") names.push_back(entry.path().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }
  static std::string Bytes(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }
  static void Write(const std::string& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  TempDir temp_;
  std::string folder_ = temp_.Sub("a/spill");
};

TEST_F(SpillTest, GivesBackWhatItWasGivenInOrder) {
  const Records hostile{"", "{}", std::string("\0\x1E\n", 3), std::string(100'000, 'x')};
  auto spill = Open();
  EXPECT_TRUE(spill->empty());
  ASSERT_TRUE(spill->Append(Records{"a", "b"}).ok());
  ASSERT_TRUE(spill->Append(hostile).ok());
  Records all{"a", "b"};
  all.insert(all.end(), hostile.begin(), hostile.end());
  EXPECT_EQ(Rest(*spill), all);
  EXPECT_EQ(spill->bytes(), 0U);
  EXPECT_THAT(Segments(), IsEmpty());
  ASSERT_TRUE(spill->Append(Records{"c"}).ok()) << "and goes on";
  EXPECT_THAT(Rest(*spill), ElementsAre("c"));
}

TEST_F(SpillTest, IsThereForTheNextProcess) {
  ASSERT_TRUE(Open()->Append(Records{"a"}).ok());
  ASSERT_TRUE(Open()->Append(Records{"b"}).ok());
  auto spill = Open();
  EXPECT_GT(spill->bytes(), 0U);
  ASSERT_TRUE(spill->Append(Records{"c"}).ok());
  EXPECT_THAT(Rest(*spill), ElementsAre("a", "b", "c"));
}

TEST_F(SpillTest, IsOneHoldersAlone) {
  auto spill = Open();
  const auto second = Spill::Open(*FileSystem::Default(), folder_, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), StatusCode::kUnavailable);
  EXPECT_THAT(second.error().message(), HasSubstr(folder_));
  spill.reset();
  EXPECT_TRUE(Spill::Open(*FileSystem::Default(), folder_, {}));
}

TEST_F(SpillTest, TheOldestSegmentTakesNoMoreOnceItIsRead) {
  auto spill = Open();
  ASSERT_TRUE(spill->Append(Records{"a"}).ok());
  EXPECT_THAT(*spill->ReadOldest(), ElementsAre("a"));
  ASSERT_TRUE(spill->Append(Records{"b"}).ok());
  EXPECT_THAT(*spill->ReadOldest(), ElementsAre("a"));
  ASSERT_TRUE(spill->DropOldest().ok());
  EXPECT_THAT(Rest(*spill), ElementsAre("b"));
}

TEST_F(SpillTest, IsBounded) {
  auto spill = Open({.bytes_max = 1'000, .segment_bytes = 300});
  std::size_t taken = 0;
  Status status;
  while ((status = spill->Append(Records{std::string(90, 'x')})).ok()) ++taken;
  EXPECT_EQ(status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(taken, 9U);
  EXPECT_LE(spill->bytes(), 1'000U);
  EXPECT_GT(Segments().size(), 1U);
  ASSERT_TRUE(spill->DropOldest().ok());
  EXPECT_TRUE(spill->Append(Records{std::string(90, 'x')}).ok()) << "there is room again";
}

TEST_F(SpillTest, CutAtAnyByteItKeepsWhatStoodBefore) {
  {
    auto spill = Open();
    ASSERT_TRUE(spill->Append(Records{"first", "second"}).ok());
    ASSERT_TRUE(spill->Append(Records{"third"}).ok());
  }
  const std::string path = Segments().front();
  const std::string whole = Bytes(path);
  for (std::size_t cut = 0; cut <= whole.size(); ++cut) {
    Write(path, std::string_view(whole).substr(0, cut));
    auto spill = Open();
    const auto records = spill->ReadOldest();
    ASSERT_TRUE(records) << cut;
    const std::size_t expected = cut < 8 + 13 ? 0 : cut < 8 + 13 + 14 ? 1 : cut < whole.size() ? 2 : 3;
    EXPECT_EQ(records->size(), expected) << cut;
    EXPECT_FALSE(std::filesystem::exists(folder_ + "/damaged")) << cut << ": a torn tail is no damage";
    std::filesystem::remove_all(folder_ + "/torn");
  }
}

TEST_F(SpillTest, AFlippedByteCostsWhatStandsBehindItAndThatIsKept) {
  {
    auto spill = Open();
    ASSERT_TRUE(spill->Append(Records{"first", "second", "third"}).ok());
  }
  const std::string path = Segments().front();
  std::string bytes = Bytes(path);
  bytes[bytes.find("second")] ^= 1;
  Write(path, bytes);
  auto spill = Open();
  EXPECT_THAT(Rest(*spill), ElementsAre("first"));
  std::string aside;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/damaged")) aside = Bytes(entry.path());
  EXPECT_THAT(aside, HasSubstr("third"));
}

// A damaged length reads as if a crash had torn the last frame: nothing of it is thrown away either.
TEST_F(SpillTest, BytesBehindADamagedLengthAreKept) {
  {
    auto spill = Open();
    ASSERT_TRUE(spill->Append(Records{"first", "second", "third"}).ok());
  }
  const std::string path = Segments().front();
  std::string bytes = Bytes(path);
  bytes[bytes.find("second") - 6] ^= 1;  // Its third byte.
  Write(path, bytes);
  auto spill = Open();
  EXPECT_THAT(Rest(*spill), ElementsAre("first"));
  std::string aside;
  for (const auto& entry : std::filesystem::directory_iterator(folder_ + "/torn")) aside = Bytes(entry.path());
  EXPECT_THAT(aside, HasSubstr("third"));
}

TEST_F(SpillTest, OtherFilesAreLeftAlone) {
  std::filesystem::create_directories(folder_);
  Write(folder_ + "/notes.txt", "mine");
  Write(folder_ + "/x.spill", "mine");
  auto spill = Open();
  EXPECT_TRUE(spill->empty());
  ASSERT_TRUE(spill->Append(Records{"a"}).ok());
  EXPECT_THAT(Rest(*spill), ElementsAre("a"));
  EXPECT_EQ(Bytes(folder_ + "/notes.txt"), "mine");
  EXPECT_EQ(Bytes(folder_ + "/x.spill"), "mine");
}

TEST_F(SpillTest, AFolderThatCannotBeIsUnavailable) {
  temp_.Write("file", "");
  const auto spill = Spill::Open(*FileSystem::Default(), temp_.Sub("file/spill"), {});
  ASSERT_FALSE(spill);
  EXPECT_EQ(spill.error().code(), StatusCode::kUnavailable);
}

}  // namespace
}  // namespace cairn
