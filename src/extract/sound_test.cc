#include <gtest/gtest.h>

#include <algorithm>

#include "extract/damage_for_test.h"
#include "extract/file_type.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using namespace std::string_literals;
using media::Big;
using media::Find;
using media::Id3;
using media::Id3Frame;
using media::kNone;
using media::Little;
using media::MustExtract;
using media::Zeros;

std::string Chunk(const std::string& type, const std::string& content) {
  return type + Big(content.size(), 4) + content + Zeros(content.size() % 2);
}
Extracted FromAifc(const std::string& chunks) {
  return MustExtract("FORM" + Big(chunks.size() + 4, 4) + "AIFC" + chunks);
}
std::string Common(const std::string& compression) {
  return Chunk("COMM", Big(2, 2) + Big(44100, 4) + Big(16, 2) + Big(0x400e, 2) + Big(44100ULL << 48, 8) + compression);
}
Extracted FromComments(const std::vector<std::string>& comments) {
  return MustExtract(media::OggPage(0, "OpusHead\x01\x02" + Little(312, 2) + Little(48000, 4) + Zeros(3)) +
                     media::OggPage(0, "OpusTags" + media::VorbisComment(comments)));
}
std::size_t Count(const Extracted& from, std::string_view name) {
  return static_cast<std::size_t>(
      std::count_if(from.fields.begin(), from.fields.end(), [&](const auto& field) { return field.name == name; }));
}

TEST(FlacBehindId3, IsAFlacWithTheFieldsOfBoth) {
  const std::string end = "TAG" + "A Song"s + Zeros(119);
  const std::string tag = Id3(Id3Frame("TPE1", "\0Somebody"s) + Id3Frame("TALB", "\0The Album"s));
  const Extracted out = MustExtract(tag + media::Flac() + end);
  EXPECT_EQ(out.type, "audio/flac");
  EXPECT_EQ(Find(out, "TotalSamples"), FieldValue(std::int64_t{88200}));
  EXPECT_EQ(Find(out, "Title"), FieldValue("A Song"s));
  EXPECT_EQ(Find(out, "Album"), FieldValue("The Album"s));
  EXPECT_EQ(out.core.creators, std::vector<std::string>{"Someone"});
}

TEST(FlacBehindId3, IsToldFromAnMp3) {
  const std::string tag = Id3(Id3Frame("TIT2", "\0A"s));
  EXPECT_EQ(FileType(tag + media::Flac(), ""), "audio/flac");
  EXPECT_EQ(FileType(tag + media::MpegFrames(), ""), "audio/mpeg");
}

TEST(VorbisComment, OnlySomeNamesAreLists) {
  const Extracted out = FromComments({"ARTIST=One", "ARTIST=Two", "GENRE=a", "GENRE=b", "DISCNUMBER=02"});
  EXPECT_EQ(Find(out, "Artist"), FieldValue(std::vector<std::string>{"One", "Two"}));
  EXPECT_EQ(Count(out, "Genre"), 2U);
  EXPECT_EQ(Find(out, "Discnumber"), FieldValue("02"s));
}

TEST(VorbisComment, NamesKeepWhatNoWordBeginsBehind) {
  const Extracted out = FromComments({"MY_TAG=a", "MY TAG=b", "A_1=c", "AA-BB=d", "1X=e", "AA_B_C=f"});
  EXPECT_EQ(Count(out, "MyTag"), 2U);
  EXPECT_EQ(Find(out, "A_1"), FieldValue("c"s));
  EXPECT_EQ(Find(out, "Aa-bb"), FieldValue("d"s));
  EXPECT_EQ(Find(out, "Tag1x"), FieldValue("e"s));
  EXPECT_EQ(Find(out, "AaB_c"), FieldValue("f"s));
}

// The limit of a text lies within the last character.
const std::string kLong = std::string(65535, 'a') + "\xc3\xa9";

TEST(VorbisComment, LongTextsAreCutBetweenCharacters) {
  const std::string block = media::VorbisComment({"TITLE=" + kLong});
  EXPECT_TRUE(MustExtract("fLaC\x84" + Big(block.size(), 3) + block).core.title == std::string(65535, 'a'));
}

TEST(FlacPicture, TextsHaveABound) {
  const std::string block = Big(3, 4) + Big(70000, 4) + std::string(70000, 'm') + Big(70000, 4) +
                            std::string(70000, 'a') + Zeros(16) + Big(1, 4) + "x";
  const Extracted out = MustExtract("fLaC\x86" + Big(block.size(), 3) + block);
  ASSERT_EQ(out.pictures.size(), 1U);
  EXPECT_EQ(out.pictures[0].mime.size(), 65536U);
  EXPECT_EQ(out.pictures[0].description.size(), 65536U);
}

TEST(Aifc, LongTextsAreCutBetweenCharacters) {
  EXPECT_TRUE(FromAifc(Chunk("NAME", kLong)).core.title == std::string(65535, 'a'));
  EXPECT_TRUE(FromAifc(Chunk("NAME", std::string(70000, '\x8e'))).core.title.starts_with("\xc3\xa9\xc3\xa9"));
}

TEST(VorbisComment, CoverArtIsAPictureInBase64) {
  const Extracted out = FromComments({"COVERART=AAECAwQ="});
  EXPECT_EQ(Find(out, "CoverArt"), FieldValue("(Binary data 5 bytes)"s));
  ASSERT_EQ(out.pictures.size(), 1U);
  EXPECT_EQ(out.pictures[0].bytes, 5U);
}

TEST(Aifc, CompressionIsInWordsWithItsName) {
  const Extracted out = FromAifc(Common("sowt\x05hello"));
  EXPECT_EQ(Find(out, "CompressionType"), FieldValue("Little-endian, no compression"s));
  EXPECT_EQ(Find(out, "CompressorName"), FieldValue("hello"s));
  EXPECT_EQ(out.core.codec, "pcm");
  EXPECT_EQ(Find(FromAifc(Common("zzzz")), "CompressionType"), FieldValue("Unknown (zzzz)"s));
  EXPECT_FALSE(FromAifc(Common("ulaw")).core.bitrate);
}

TEST(Aifc, CommentsHaveTimesAndMarkers) {
  const std::string first = Big(3000000000, 4) + Big(7, 2) + Big(3, 2) + "ab\x8e" + Zeros(1);
  const Extracted out = FromAifc(Chunk("COMT", Big(2, 2) + first + Big(0, 6) + Big(2, 2) + "cd"));
  EXPECT_EQ(Find(out, "CommentTime"), FieldValue("1999:01:24 05:20:00"s));
  EXPECT_EQ(Find(out, "MarkerID"), FieldValue(std::int64_t{7}));
  EXPECT_EQ(Find(out, "Comment"), FieldValue("ab\xc3\xa9"s));
  EXPECT_EQ(Count(out, "MarkerID"), 1U);
  EXPECT_EQ(Count(out, "Comment"), 2U);
}

TEST(Aifc, CommentCutOffIsTold) {
  const Extracted out = FromAifc(Chunk("COMT", Big(1, 2) + Big(0, 6) + Big(9, 2) + "cd"));
  EXPECT_EQ(Find(out, "Comment"), kNone);
  EXPECT_FALSE(out.warnings.empty());
}

TEST(Aifc, VersionAndApplicationDataAreRead) {
  const Extracted out = FromAifc(Chunk("FVER", Big(0xa2805140, 4)) + Chunk("APPL", "pdosabc"));
  EXPECT_EQ(Find(out, "FormatVersionTime"), FieldValue("1990:05:23 14:40:00"s));
  EXPECT_EQ(Find(out, "ApplicationData"), FieldValue("pdosabc"s));
}

// A page of the stream `serial`.
std::string Page(std::uint32_t serial, std::uint64_t granule, const std::string& packet) {
  std::string page = media::OggPage(granule, packet);
  return page.replace(14, 4, Little(serial, 4));
}

TEST(Ogg, TellsThePictureAndTheSoundOfAVideo) {
  const std::string theora = "\x80theora\3\2\1"s + Big(40, 2) + Big(30, 2) + Big(633, 3) + Big(475, 3) + "\3\5" +
                             Big(30000, 4) + Big(1001, 4) + Big(4, 3) + Big(3, 3) + "\1" + Big(64000, 3) +
                             Big(50U << 10U | 6U << 5U | 2U << 3U, 2);
  const std::string vorbis = "\1vorbis" + Zeros(4) + "\2" + Little(48000, 4) + Zeros(4) + Little(110000, 4) + Zeros(6);
  const std::string file = Page(1, 0, theora) + Page(2, 0, vorbis) +
                           Page(1, 0, "\x81theora" + media::VorbisComment({"TITLE=A Film"})) +
                           Page(2, 0, "\3vorbis" + media::VorbisComment({"ARTIST=Someone"})) + Page(2, 96000, "x") +
                           Page(1, 90U << 6U | 10U, "y");
  EXPECT_EQ(FileType(file, ""), "video/ogg");
  const Extracted out = MustExtract(file);
  EXPECT_EQ(Find(out, "TheoraVersion"), FieldValue("3.2.1"));
  EXPECT_EQ(Find(out, "ImageWidth"), FieldValue(std::int64_t{633}));
  EXPECT_EQ(Find(out, "YOffset"), FieldValue(std::int64_t{5}));
  EXPECT_EQ(Find(out, "PixelAspectRatio"), FieldValue("4:3"));
  EXPECT_EQ(Find(out, "ColorSpace"), FieldValue("Rec. 470M"));
  EXPECT_EQ(Find(out, "NominalVideoBitrate"), FieldValue("64 kbps"));
  EXPECT_EQ(Find(out, "Quality"), FieldValue(std::int64_t{50}));
  EXPECT_EQ(Find(out, "PixelFormat"), FieldValue("4:2:2"));
  EXPECT_EQ(Find(out, "SampleRate"), FieldValue(std::int64_t{48000}));
  EXPECT_EQ(out.core.title, "A Film");
  EXPECT_EQ(out.core.creators, std::vector<std::string>{"Someone"});
  EXPECT_EQ(out.core.codec, "theora");
  EXPECT_EQ(out.core.height, 475);
  EXPECT_EQ(out.core.channels, 2);
  ASSERT_TRUE(out.core.duration && out.core.frame_rate);
  EXPECT_NEAR(*out.core.frame_rate, 29.97, 0.001);
  EXPECT_NEAR(*out.core.duration, 100 / 29.97, 0.001) << "the longest of the streams";
  EXPECT_TRUE(out.warnings.empty()) << out.warnings[0];
}

TEST(Ogg, FlacWithoutItsNumberOfSamplesLastsAsThePagesSay) {
  const auto lasts = [](std::uint64_t samples) {
    const std::string info = Big(4096, 2) + Big(4096, 2) + Zeros(6) +
                             Big(44100ULL << 44 | 1ULL << 41 | 15ULL << 36 | samples, 8) + Zeros(16);
    return MustExtract(Page(1, 0, "\x7f"s + "FLAC\1\0\0\1fLaC\0"s + Big(info.size(), 3) + info) +
                       Page(1, 0, "\x84" + Big(20, 3) + media::VorbisComment({"A=B"})) + Page(1, 88200, "x"))
        .core.duration;
  };
  EXPECT_EQ(lasts(0), 2.0);
  EXPECT_EQ(lasts(44100), 1.0);
}

TEST(Ogg, SurvivesCutsAndFlippedBytes) {
  damage::SurvivesDamage(Page(1, 0, "\x80theora" + Zeros(35)) + Page(2, 0, "OpusHead\x01\x02" + Zeros(9)) +
                         Page(2, 0, "OpusTags" + media::VorbisComment({"TITLE=A"})) + Page(2, 9, "x"));
}

}  // namespace
}  // namespace cairn
