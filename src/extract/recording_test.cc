#include <gtest/gtest.h>

#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::ExtractFrom;
using media::Find;

const std::vector<media::TestChapter> kChapters = {{0, "Opening"}, {1500, "Größe"}, {9000, "End"}};
const std::vector<Chapter> kFound = {
    {0, 1'500'000'000, "Opening"}, {1'500'000'000, 9'000'000'000, "Größe"}, {9'000'000'000, 12'000'000'000, "End"}};

TEST(Mp4, ReadsChaptersOfATextTrack) {
  const auto out = ExtractFrom(media::Book(kChapters, 12000), "a.m4b");
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->chapters, kFound);
  EXPECT_EQ(out->core.title, "A Book");
  EXPECT_EQ(out->core.duration, 12.0);
}

TEST(Mp4, ReadsNerosChapterList) {
  const auto out =
      ExtractFrom(media::Brands("M4B ") + media::Box("moov", media::MovieHeader(1000, 12000) +
                                                                 media::Box("udta", media::ChapterList(kChapters))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->chapters, kFound);
  EXPECT_EQ(Find(*out, "ChapterList"),
            FieldValue(std::vector<std::string>{"[0:00:00.000] Opening", "[0:00:01.500] Größe", "[0:00:09.000] End"}));
}

TEST(Mp4, RoundsTimesOfNerosChapterList) {
  const std::string list = media::Zeros(4) + media::Big(1, 1) + media::Big(595'000, 8) + media::Big(1, 1) + "A";
  const auto out =
      ExtractFrom(media::Brands("M4B ") +
                  media::Box("moov", media::MovieHeader(1000, 12000) + media::Box("udta", media::Box("chpl", list))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "ChapterList"), FieldValue("[0:00:00.060] A"));
}

TEST(Mp4, TellsFactsOfTheCover) {
  const auto out = ExtractFrom(media::Book(kChapters, 12000), "a.m4b");
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->pictures.size(), 1U);
  EXPECT_EQ(out->pictures[0],
            (Picture{"front cover", "image/png", "", 3, 2, static_cast<std::int64_t>(media::Png().size())}));
}

TEST(Mp4, DoesNotFollowChapterTablesIntoNowhere) {
  std::string book = media::Book(kChapters, 12000);
  const std::size_t count = book.find("stsz") + 12;
  book.replace(count, 4, "\x7f\xff\xff\xff");
  const auto out = ExtractFrom(book, "a.m4b");
  ASSERT_TRUE(out) << out.error();
  EXPECT_LE(out->chapters.size(), 4U);
  EXPECT_FALSE(out->warnings.empty());
}

TEST(Mp4, EndsAtTheDepthLimit) {
  std::string nested;
  for (int i = 0; i < 5000; ++i) nested = media::Box("udta", nested);
  EXPECT_TRUE(ExtractFrom(media::Brands("isom") + nested));
}

TEST(Mp3, ReadsTagChaptersAndFrames) {
  const auto out = ExtractFrom(media::Mp3());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "A Song");
  EXPECT_EQ(out->chapters, (std::vector<Chapter>{{0, 20'000'000, "One"}}));
  EXPECT_EQ(Find(*out, "AudioBitrate"), FieldValue("128 kbps"));
  EXPECT_EQ(Find(*out, "ChannelMode"), FieldValue("Single Channel"));
  EXPECT_NEAR(*out->core.duration, 834 * 8 / 128000.0, 1e-9);
}

TEST(Mp3, ReadsTextInEveryEncoding) {
  const std::string utf16 = media::Id3Frame("TPE1", std::string("\x01\xff\xfe\x47\x00\xf6\x00", 7));
  const std::string latin1 = media::Id3Frame("TALB", std::string("\0G\xf6", 3));
  const auto out =
      ExtractFrom(media::Id3(utf16 + latin1 + media::Id3Frame("TCON", media::Zeros(1) + "(17)")) + media::MpegFrames());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Artist"), FieldValue("Gö"));
  EXPECT_EQ(Find(*out, "Album"), FieldValue("Gö"));
  EXPECT_EQ(Find(*out, "Genre"), FieldValue("Rock"));
}

TEST(Flac, ReadsStreamAndComment) {
  const auto out = ExtractFrom(media::Flac());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "SampleRate"), FieldValue(std::int64_t{44100}));
  EXPECT_EQ(Find(*out, "BitsPerSample"), FieldValue(std::int64_t{16}));
  EXPECT_EQ(out->core.duration, 2.0);
  EXPECT_EQ(out->core.channels, 2);
  EXPECT_EQ(out->core.creators, std::vector<std::string>{"Someone"});
}

TEST(Opus, ReadsDurationAndChapters) {
  const auto out = ExtractFrom(media::Opus());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.duration, 2.0);
  EXPECT_EQ(out->chapters, (std::vector<Chapter>{{1'500'000'000, 2'000'000'000, "One"}}));
}

TEST(Opus, TakesNoChapterTimeThatOverflows) {
  for (const char* time :
       {"99999999999:1", "1:1:1:1:1:1:1:1:1:1:1:1:1:1", "00:00:01.9999999999999999999", "x", "1.2.3"}) {
    const auto out =
        ExtractFrom(media::OggPage(0, "OpusHead\x01\x02" + media::Zeros(9)) +
                    media::OggPage(~0ULL, "OpusTags" + media::VorbisComment({std::string("CHAPTER001=") + time})));
    ASSERT_TRUE(out) << out.error();
    ASSERT_EQ(out->chapters.size(), 1U);
    EXPECT_GE(out->chapters[0].start_ns, 0) << time;
    EXPECT_LT(out->chapters[0].start_ns, 3'000'000'000) << time;
  }
}

TEST(Wav, ReadsFormatAndTitle) {
  const auto out = ExtractFrom(media::Wav());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Encoding"), FieldValue("Microsoft PCM"));
  EXPECT_EQ(out->core.duration, 2.0);
  EXPECT_EQ(out->core.title, "A Sound");
}

TEST(Matroska, ReadsTracksAndChapters) {
  const auto out = ExtractFrom(media::Matroska());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "A Film");
  EXPECT_EQ(out->core.codec, "vp9");
  EXPECT_EQ(out->core.width, 320);
  EXPECT_EQ(out->core.duration, 5.0);
  EXPECT_EQ(out->chapters, (std::vector<Chapter>{{0, 2'000'000'000, "One"}, {2'000'000'000, 5'000'000'000, "Two"}}));
}

}  // namespace
}  // namespace cairn
