#include <gtest/gtest.h>

#include "extract/matroska_fields.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::Big;
using media::Ebml;
using media::ExtractFrom;
using media::Find;

std::string Film(const std::string& segment) {
  return Ebml(0x1a45dfa3, Ebml(0x4282, "matroska")) + Ebml(0x18538067, segment);
}
std::string Tag(const std::string& name, const std::string& text, const std::string& within = "") {
  return Ebml(0x67c8, Ebml(0x45a3, name) + Ebml(0x4487, text) + within);
}

TEST(Matroska, NamesWhatATrackSaysByItsType) {
  const std::string sound = Ebml(0xae, Ebml(0x83, Big(2, 1)) + Ebml(0x86, "A_AAC") + Ebml(0x258688, "Codec") +
                                           Ebml(0x23e383, Big(21'333'333, 4)) + Ebml(0xb9, Big(1, 1)));
  const std::string text = Ebml(0xae, Ebml(0x86, "S_TEXT/UTF8") + Ebml(0x83, Big(17, 1)));
  const auto out = ExtractFrom(Film(Ebml(0x1654ae6b, sound + text)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "AudioCodecID"), FieldValue("A_AAC"));
  EXPECT_EQ(Find(*out, "AudioCodecName"), FieldValue("Codec"));
  EXPECT_EQ(Find(*out, "DefaultDuration"), FieldValue("21.333333 ms"));
  EXPECT_EQ(Find(*out, "TrackUsed"), FieldValue("Yes"));
  EXPECT_EQ(Find(*out, "CodecID"), FieldValue("S_TEXT/UTF8"));
  EXPECT_EQ(out->core.codec, "aac");
}

TEST(Matroska, TagsHaveTheirLanguageAndMayStandWithinOthers) {
  const std::string targets = Ebml(0x63c0, Ebml(0x68ca, Big(50, 1)) + Ebml(0x63ca, "MOVIE"));
  const std::string english = Ebml(0x67c8, Ebml(0x45a3, "BPS") + Ebml(0x447a, "eng") + Ebml(0x4487, "7"));
  const auto out = ExtractFrom(
      Film(Ebml(0x1254c367, Ebml(0x7373, targets + english + Tag("ARTIST", "Someone", Tag("SORT_WITH", "One, Some")) +
                                             Tag("DATE_RECORDED", "2020-01-02")))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "TargetTypeValue"), FieldValue(std::int64_t{50}));
  EXPECT_EQ(Find(*out, "TargetType"), FieldValue("MOVIE"));
  EXPECT_EQ(Find(*out, "BPS-eng"), FieldValue("7"));
  EXPECT_EQ(Find(*out, "Artist"), FieldValue("Someone"));
  EXPECT_EQ(Find(*out, "SortWith"), FieldValue("One, Some"));
  EXPECT_EQ(out->core.creators, (std::vector<std::string>{"Someone"}));
  EXPECT_EQ(out->core.created, "2020-01-02");
}

TEST(Matroska, NamesOfTags) {
  EXPECT_EQ(MatroskaTagName("TOTAL_PARTS"), "TotalParts");
  EXPECT_EQ(MatroskaTagName("encoder"), "Encoder");
  EXPECT_EQ(MatroskaTagName("_STATISTICS_WRITING_DATE_UTC"), "StatisticsWritingDateUtc");
  EXPECT_EQ(MatroskaTagName("IMDB_URL"), "IMDBURL");
  EXPECT_EQ(MatroskaTagName("DATE_DIGITIZED"), "CreateDate");
  EXPECT_EQ(MatroskaTagName("_"), "");
}

TEST(Matroska, TellsOfAttachmentsWithoutReadingThem) {
  const auto out =
      ExtractFrom(Film(Ebml(0x1941a469, Ebml(0x61a7, Ebml(0x466e, "a.png") + Ebml(0x465c, std::string(5000, 'x')) +
                                                         Ebml(0x46ae, "\x01\x02")))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "AttachedFileData"), FieldValue("(Binary data 5000 bytes)"));
  EXPECT_EQ(Find(*out, "AttachedFileUID"), FieldValue("0102"));
}

TEST(Matroska, ASegmentWithinAnotherDoesNotLeadBack) {
  const std::string info = Ebml(0x1549a966, Ebml(0x7ba9, "A Film"));
  const auto out = ExtractFrom(Film(Ebml(0x18538067, Ebml(0xec, "x")) + info + Ebml(0x1f43b675, "y")));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->fields, (std::vector<Field>{{"DocType", "matroska"}, {"Title", "A Film"}}));
}

TEST(Matroska, ADateThatIsNoneIsNotInTheCore) {
  const auto created = [](std::uint64_t ns) {
    return ExtractFrom(Film(Ebml(0x1549a966, Ebml(0x4461, Big(ns, 8)))))->core.created;
  };
  EXPECT_EQ(created(0), "2001-01-01T00:00:00Z");
  EXPECT_EQ(created(~(std::uint64_t{1} << 63)), "");
}

TEST(Matroska, FieldsOfChaptersTellOfTheLast) {
  const auto out = ExtractFrom(media::Matroska());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "ChapterTimeStart"), FieldValue("2.00 s"));
  EXPECT_EQ(Find(*out, "ChapterString"), FieldValue("Two"));
  EXPECT_EQ(out->chapters.size(), 2U);
}

}  // namespace
}  // namespace cairn
