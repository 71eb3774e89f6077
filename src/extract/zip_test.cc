#include <gtest/gtest.h>
#include <zlib.h>

#include "extract/documents_for_test.h"
#include "extract/zip_reader.h"

namespace cairn {
namespace {

using documents::ZipOf;
using media::ExtractFrom;
using media::Find;
using media::Little;

bool Warns(const Extracted& of, std::string_view text) {
  for (const auto& warning : of.warnings) {
    if (warning.find(text) != std::string::npos) return true;
  }
  return false;
}

TEST(Zip, ListsItsMembers) {
  const auto out = ExtractFrom(ZipOf({{"folder/", ""}, {"folder/a.txt", "content"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->warnings.empty());
  ASSERT_EQ(out->children.size(), 2U);
  EXPECT_TRUE(out->children[0].folder);
  EXPECT_EQ(out->children[1].path, "folder/a.txt");
  EXPECT_EQ(out->children[1].bytes, 7);
  EXPECT_EQ(out->children[1].modified, "2010-09-02T11:41:20");
  EXPECT_EQ(out->children[1].crc32, 0xfec530a9U);
  EXPECT_EQ(Find(*out, "ZipCompression"), FieldValue("None"));
}

TEST(Zip, CutOffIsListedFromTheFront) {
  const std::string zip = ZipOf({{"a", "content"}, {"b", "more"}});
  const auto out = ExtractFrom(zip.substr(0, zip.find("PK\x01\x02")));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->children.size(), 2U);
  EXPECT_TRUE(Warns(*out, "no directory at its end"));
}

TEST(Zip, BehindAProgramIsRead) {
  const std::string zip = std::string(1000, 'x') + ZipOf({{"a", "content"}}, true);
  ExtractContext context;
  const MemoryBytes bytes(zip);
  auto reader = ZipReader::Open(bytes, context);
  ASSERT_TRUE(reader) << reader.error();
  auto content = reader->Read(reader->members()[0]);
  ASSERT_TRUE(content) << content.error();
  EXPECT_EQ(*content, "content");
}

TEST(Zip, PathsThatLeadOutsideAreWarnedOf) {
  for (const std::string path : {"../etc/passwd", "/etc/passwd", "a/../../b", "C:\\x", "a\\..\\..\\b"}) {
    const auto out = ExtractFrom(ZipOf({{path, "x"}}));
    ASSERT_TRUE(out) << out.error();
    EXPECT_TRUE(Warns(*out, "outside the folder")) << path;
  }
  const auto harmless = ExtractFrom(ZipOf({{"a/..b/c..", "x"}}));
  ASSERT_TRUE(harmless) << harmless.error();
  EXPECT_TRUE(harmless->warnings.empty());
}

TEST(Zip, DoublesAndControlsAreWarnedOf) {
  const auto out = ExtractFrom(ZipOf({{"a", "x"}, {"a", "y"}, {"b\nc", "z"}}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "1 members have the name of another: a"));
  EXPECT_TRUE(Warns(*out, "control characters"));
}

TEST(Zip, ABombIsToldAndNotUnpacked) {
  const std::string bomb = ZipOf({{"zeros", std::string(std::size_t{64} << 20, '\0')}}, true);
  const auto out = ExtractFrom(bomb);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "times as many"));
  ExtractContext context;
  const MemoryBytes bytes(bomb);
  auto reader = ZipReader::Open(bytes, context);
  ASSERT_TRUE(reader) << reader.error();
  const auto content = reader->Read(reader->members()[0]);
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code(), StatusCode::kResourceExhausted);
}

// All members share one body: Fifield, "A better zip bomb", 2019.
TEST(Zip, MembersThatOverlapAreWarnedOf) {
  const std::string body = ZipOf({{"a", std::string(100, 'x')}});
  const std::size_t at = body.find("PK\x01\x02");
  const std::size_t end = body.find("PK\x05\x06");
  const std::string entry = body.substr(at, end - at);
  const std::string zip = body.substr(0, at) + entry + entry + "PK\x05\x06" + Little(0, 4) + Little(2, 2) +
                          Little(2, 2) + Little(entry.size() * 2, 4) + Little(at, 4) + Little(0, 2);
  const auto out = ExtractFrom(zip);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(Warns(*out, "begin within another"));
}

TEST(Zip, MoreMembersThanTheLimitAreLeftOut) {
  std::vector<documents::TestMember> members;
  members.reserve(100);
  for (int i = 0; i < 100; ++i) members.push_back({std::to_string(i), ""});
  ExtractContext context;
  context.type = "application/zip";
  context.limits.entries = 10;
  const auto out = ExtractorFor(context.type)->Extract(MemoryBytes(ZipOf(members)), context);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->children.size(), 10U);
  EXPECT_TRUE(Warns(*out, "10 of 100 members are listed"));
}

TEST(Zip, PathsAreBoundedTogether) {
  std::vector<documents::TestMember> members;
  members.reserve(400);
  for (int i = 0; i < 400; ++i) members.push_back({std::string(60'000, 'a') + std::to_string(i), ""});
  const auto out = ExtractFrom(ZipOf(members));
  ASSERT_TRUE(out) << out.error();
  EXPECT_LT(out->children.size(), 300U);
  EXPECT_TRUE(Warns(*out, "members are left out"));
}

TEST(Zip, SizesBeyond32BitsStandInTheExtraField) {
  const std::string name = "large";
  const std::string extra = Little(1, 2) + Little(24, 2) + Little(std::uint64_t{5} << 32, 8) +
                            Little(std::uint64_t{4} << 32, 8) + Little(0, 8);
  const std::string entry = "PK\x01\x02" + Little(45, 2) + Little(45, 2) + Little(0, 2) + Little(8, 2) + Little(0, 4) +
                            Little(7, 4) + Little(0xffffffff, 4) + Little(0xffffffff, 4) + Little(name.size(), 2) +
                            Little(extra.size(), 2) + Little(0, 2) + Little(0, 2) + Little(0, 2) + Little(0, 4) +
                            Little(0xffffffff, 4) + name + extra;
  const std::string front = "PK\x03\x04" + std::string(26, '\0');
  const std::string zip = front + entry + "PK\x05\x06" + Little(0, 4) + Little(1, 2) + Little(1, 2) +
                          Little(entry.size(), 4) + Little(front.size(), 4) + Little(0, 2);
  const auto out = ExtractFrom(zip);
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->children.size(), 1U);
  EXPECT_EQ(out->children[0].bytes, std::int64_t{5} << 32);
  EXPECT_EQ(out->children[0].packed_bytes, std::int64_t{4} << 32);
}

std::string WithExtra(const std::string& name, const std::string& extra, std::uint16_t flags = 0) {
  const std::string entry = "PK\x01\x02" + Little(20, 2) + Little(20, 2) + Little(flags, 2) + std::string(18, '\0') +
                            Little(name.size(), 2) + Little(extra.size(), 2) + std::string(14, '\0') + name + extra;
  const std::string front = "PK\x03\x04" + std::string(26, '\0');
  return front + entry + "PK\x05\x06" + Little(0, 4) + Little(1, 2) + Little(1, 2) + Little(entry.size(), 4) +
         Little(front.size(), 4) + Little(0, 2);
}

std::string PathOf(const std::string& zip) {
  const auto out = ExtractFrom(zip);
  return out && out->children.size() == 1 ? out->children[0].path : "";
}

TEST(Zip, NamesWithoutTheMarkOfUtf8AreOfCodePage437) {
  EXPECT_EQ(PathOf(WithExtra("\x84\xe1.txt", "")), "\u00e4\u00df.txt");
  EXPECT_EQ(PathOf(WithExtra("\u00e4.txt", "")), "\u00e4.txt");
  EXPECT_EQ(PathOf(WithExtra("\x84.txt", "", 1 << 11)), "\x84.txt");
}

TEST(Zip, UnicodeNamesStandInTheExtraField) {
  const std::string name = "\x80uro.txt";
  const auto crc = crc32(0, reinterpret_cast<const Bytef*>(name.data()), static_cast<uInt>(name.size()));
  const auto field = [](std::uint64_t version, std::uint64_t sum, const std::string& text) {
    return Little(1, 2) + Little(0, 2) + Little(0x7075, 2) + Little(5 + text.size(), 2) + Little(version, 1) +
           Little(sum, 4) + text;
  };
  EXPECT_EQ(PathOf(WithExtra(name, field(1, crc, "\u20acuro.txt"))), "\u20acuro.txt");
  // Of another name, of an unknown version, and no UTF-8.
  EXPECT_EQ(PathOf(WithExtra(name, field(1, crc + 1, "\u20acuro.txt"))), "\u00c7uro.txt");
  EXPECT_EQ(PathOf(WithExtra(name, field(2, crc, "\u20acuro.txt"))), "\u00c7uro.txt");
  EXPECT_EQ(PathOf(WithExtra(name, field(1, crc, "\x80uro.txt"))), "\u00c7uro.txt");
}

}  // namespace
}  // namespace cairn
