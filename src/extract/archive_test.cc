#include <gtest/gtest.h>

#include "extract/archives_for_test.h"

namespace cairn {
namespace {

using archives::Gzip;
using archives::TarOf;
using media::ExtractFrom;
using media::Find;

bool Warns(const Extracted& of, std::string_view text) {
  for (const auto& warning : of.warnings) {
    if (warning.find(text) != std::string::npos) return true;
  }
  return false;
}

void ExpectFolderWithFile(const Extracted& out) {
  ASSERT_EQ(out.children.size(), 2U);
  EXPECT_EQ(out.children[0].path, "f/");
  EXPECT_TRUE(out.children[0].folder);
  EXPECT_EQ(out.children[1].path,
            "f/gr\xc3\xb6\xc3\x9f"
            "e.txt");
  EXPECT_EQ(out.children[1].bytes, 7);
  EXPECT_EQ(out.children[1].modified, "2010-05-03T14:00:07Z");
}
const std::vector<archives::TarMember> kFolderWithFile = {{"f/", "", '5'},
                                                          {"f/gr\xc3\xb6\xc3\x9f"
                                                           "e.txt",
                                                           "content"}};

TEST(Tar, ListsItsMembers) {
  const auto out = ExtractFrom(TarOf(kFolderWithFile));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->type, "application/x-tar");
  EXPECT_TRUE(out->warnings.empty());
  ExpectFolderWithFile(*out);
}

TEST(Tar, OfTheOldKindIsToldByItsChecksum) {
  const auto out = ExtractFrom(TarOf(kFolderWithFile, false));
  ASSERT_TRUE(out) << out.error();
  ExpectFolderWithFile(*out);
}

TEST(Tar, NamesThatAreNoUtf8Survive) {
  const auto out =
      ExtractFrom(TarOf({{"gr\xf6\xdf"
                          "e",
                          "x"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->children.at(0).path,
            "gr\xf6\xdf"
            "e");
}

TEST(Tar, PackedIsListedToo) {
  const auto out = ExtractFrom(Gzip(TarOf(kFolderWithFile), "a.tar"));
  ASSERT_TRUE(out) << out.error();
  ExpectFolderWithFile(*out);
  EXPECT_EQ(Find(*out, "ArchivedFileName"), FieldValue("a.tar"));
  EXPECT_EQ(Find(*out, "ModifyDate"), FieldValue("2010:05:03 14:00:07+00:00"));
}

TEST(Tar, CutOffSaysSo) {
  const std::string tar = TarOf({{"a", std::string(2000, 'a')}, {"b", "content"}});
  const auto out = ExtractFrom(tar.substr(0, 1000));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->children.size(), 1U);
  EXPECT_TRUE(Warns(*out, "the archive is damaged after 1 members"));
}

TEST(Tar, MembersBehindALinkAreWarnedOf) {
  const auto out = ExtractFrom(TarOf({{"l", "/etc", '2'}, {"l/passwd", "x"}, {"lx/ok", "x"}, {"../up", "x"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "1 members would be unpacked through a link: l/passwd"));
  EXPECT_TRUE(Warns(*out, "1 members would be unpacked outside the folder: ../up"));
}

TEST(Tar, ABombIsToldAndUnpackedOnlyUpToTheLimit) {
  const std::string bomb = Gzip(TarOf({{"zeros", std::string(std::size_t{32} << 20, '\0')}, {"behind", "x"}}), "b.tar");
  const auto out = ExtractFrom(bomb);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "times as many"));
  ExtractContext context;
  context.type = "application/gzip";
  context.limits.total_bytes = 1 << 20;
  const auto bounded = ExtractorFor(context.type)->Extract(MemoryBytes(bomb), context);
  ASSERT_TRUE(bounded) << bounded.error();
  EXPECT_EQ(bounded->children.size(), 1U);
  EXPECT_TRUE(Warns(*bounded, "only the first 1048576 bytes are unpacked"));
}

TEST(Tar, MoreMembersThanTheLimitAreLeftOut) {
  std::vector<archives::TarMember> members;
  members.reserve(20);
  for (int i = 0; i < 20; ++i) members.push_back({std::to_string(i), ""});
  ExtractContext context;
  context.type = "application/x-tar";
  context.limits.entries = 10;
  const auto out = ExtractorFor(context.type)->Extract(MemoryBytes(TarOf(members)), context);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->children.size(), 10U);
  EXPECT_TRUE(Warns(*out, "only the first 10 members are listed"));
}

TEST(Gzip, OfASingleFileHasOneMember) {
  const auto out = ExtractFrom(Gzip("content", "notes.txt"), "n.gz");
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->children.size(), 1U);
  EXPECT_EQ(out->children[0].path, "notes.txt");
  const auto unnamed = ExtractFrom("\x1f\x8b\x08" + std::string(7, '\0') + "damaged", "other.txt.gz");
  ASSERT_TRUE(unnamed) << unnamed.error();
  EXPECT_EQ(unnamed->children.at(0).path, "other.txt");
}

TEST(Gzip, InGzipInGzipEnds) {
  std::string bytes = "content";
  for (int i = 0; i < 40; ++i) bytes = Gzip(bytes, "again.gz");
  const auto out = ExtractFrom(bytes);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "too many filters"));
}

TEST(SevenZip, ListsItsMembers) {
  for (const std::string& bytes : {archives::SevenZip(), archives::StoredSevenZip()}) {
    const auto out = ExtractFrom(bytes);
    ASSERT_TRUE(out) << out.error();
    EXPECT_TRUE(out->warnings.empty());
    ASSERT_EQ(out->children.size(), 3U);
    EXPECT_EQ(out->children[0].path, "f");
    EXPECT_TRUE(out->children[0].folder);
    EXPECT_EQ(out->children[1].path, "f/e");
    EXPECT_FALSE(out->children[1].folder);
    EXPECT_EQ(out->children[1].bytes, 0);
    EXPECT_EQ(out->children[2].path, "f/a.txt");
    EXPECT_EQ(out->children[2].bytes, 7);
    EXPECT_EQ(out->children[2].crc32, 0xfec530a9U);
    EXPECT_EQ(out->children[2].modified, "2010-05-03T14:00:07Z");
  }
}

TEST(SevenZip, WithoutItsHeadersPlaceIsWarnedOf) {
  const std::string start = archives::SevenZip().substr(0, 8) + std::string(24, '\0');
  const auto empty = ExtractFrom(start);
  ASSERT_TRUE(empty) << empty.error();
  EXPECT_TRUE(empty->warnings.empty());
  const auto out = ExtractFrom(start + "content");
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->children.empty());
  EXPECT_EQ(out->warnings,
            std::vector<std::string>{"where the archive's header stands is missing: it was not completed"});
}

TEST(SevenZip, SaysWhatIsWrong) {
  const std::string whole = archives::SevenZip();
  const auto cut = ExtractFrom(whole.substr(0, whole.size() - 1));
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().message(), "the archive is cut off: its header, at its end, is missing");
  ExtractContext context;
  context.type = "application/x-7z-compressed";
  context.limits.entries = 2;
  const auto many = ExtractorFor(context.type)->Extract(MemoryBytes(whole), context);
  ASSERT_FALSE(many);
  EXPECT_EQ(many.error().code(), StatusCode::kResourceExhausted);
}

}  // namespace
}  // namespace cairn
