#include <gtest/gtest.h>
#include <zlib.h>

#include "extract/damage_for_test.h"
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
using media::MpegFrames;
using media::MustExtract;
using media::Zeros;

Extracted FromFrame(const std::string& id, const std::string& content) {
  return MustExtract(Id3(Id3Frame(id, content)) + MpegFrames());
}
/// A frame of version 2.4 with its flags.
std::string Id3Of4(const std::string& id, const std::string& content, std::uint32_t flags) {
  const std::string frame = id + Zeros(3) + Big(content.size(), 1) + Big(flags, 2) + content;
  return "ID3\x04\0\0"s + Zeros(3) + Big(frame.size(), 1) + frame;
}
std::string Id3v1() {
  return "TAG" + "A Song"s + Zeros(24) + "Someone" + Zeros(23) + Zeros(30) + "1999" + "A word" + Zeros(22) + "\0\x07"s +
         "\x11";
}
std::string Enhanced() {
  return "TAG+" + std::string(60, 'x') + "More" + Zeros(56) + Zeros(60) + "\x03" + "Own" + Zeros(27) + "001:30002:00";
}
std::string Lyrics() {
  const std::string text = "LYRICSBEGININD00003110LYR00013[00:01]A lineETT00006A SongXYZ00001z"s;
  return text + "000066LYRICS200";
}
std::string ApeItem(const std::string& key, const std::string& value, std::uint32_t flags = 0) {
  return Little(value.size(), 4) + Little(flags, 4) + key + Zeros(1) + value;
}
std::string Ape(const std::string& items, std::uint32_t count) {
  const auto edge = [&](std::uint32_t flags) {
    return "APETAGEX" + Little(2000, 4) + Little(items.size() + 32, 4) + Little(count, 4) + Little(flags, 4) + Zeros(8);
  };
  return edge(0xa0000000) + items + edge(0x80000000);
}
std::string Everything() {
  return Id3(Id3Frame("TIT2", "\0A Song"s) + Id3Frame("PRIV", "PeakValue\0\xff\x7f\0\0"s) +
             Id3Frame("SYLT", "\0eng\2\1\0one\0"s + Big(1500, 4)) + Id3Frame("POPM", "a@b\0\xff\0\0\0\x07"s) +
             Id3Frame("RVAD", "\3\x10\x10\0\x20\0"s) + Id3Frame("APIC", "\0image/png\0\3\0"s + media::Png())) +
         MpegFrames() + Enhanced() + Lyrics() + Ape(ApeItem("Title", "A Song") + ApeItem("Bin", "\1\2", 2), 2) +
         Id3v1();
}

TEST(Id3, TellsTimesAsPeopleSayThem) {
  EXPECT_EQ(Find(FromFrame("TLEN", "\0"s + "16233"), "Length"), FieldValue("16.233 s"));
  EXPECT_EQ(Find(FromFrame("TLEN", "\0long"s), "Length"), FieldValue("long"));
  EXPECT_EQ(Find(FromFrame("TDRC", "\0"s + "2012-09-28T15:01"), "RecordingTime"), FieldValue("2012:09:28 15:01"));
  EXPECT_EQ(Find(FromFrame("TDRC", "\0"s + "2012-09"), "RecordingTime"), FieldValue("2012:09"));
  EXPECT_EQ(FromFrame("TDRC", "\0"s + "2012-09-28").core.created, "2012-09-28");
}

TEST(Id3, KnowsGenresByNumber) {
  EXPECT_EQ(Find(FromFrame("TCON", "\0(17)"s), "Genre"), FieldValue("Rock"));
  EXPECT_EQ(Find(FromFrame("TCON", "\0(4)Eurodisco"s), "Genre"), FieldValue("(Disco)Eurodisco"));
  EXPECT_EQ(Find(FromFrame("TCON", "\0"s + "17\0"s + "39"), "Genre"), FieldValue("Rock/Noise"));
  EXPECT_EQ(Find(FromFrame("TCON", "\0(255)"s), "Genre"), FieldValue("None"));
  EXPECT_EQ(Find(FromFrame("TCON", "\0((x)"s), "Genre"), FieldValue("(x)"));
}

TEST(Id3, DescriptionsOfPicturesHaveABound) {
  const auto out = FromFrame("APIC", "\0image/png\0\3"s + std::string(70000, 'a') + Zeros(1) + media::Png());
  ASSERT_EQ(out.pictures.size(), 1U);
  EXPECT_EQ(out.pictures[0].description.size(), 65536U);
}

TEST(Id3, NamesLanguagesOfComments) {
  EXPECT_EQ(Find(FromFrame("COMM", "\0engabout\0A word"s), "Comment"), FieldValue("(about) A word"));
  EXPECT_EQ(Find(FromFrame("COMM", "\0XXX\0A word"s), "Comment-xxx"), FieldValue("A word"));
  EXPECT_EQ(Find(FromFrame("USLT", "\0deu\0Ein Wort"s), "Lyrics-deu"), FieldValue("Ein Wort"));
  EXPECT_EQ(Find(FromFrame("USER", "\0engTerms"s), "TermsOfUse"), FieldValue("Terms"));
}

TEST(Id3, ReadsAddresses) {
  EXPECT_EQ(Find(FromFrame("WOAR", "http://a/\0x"s), "ArtistURL"), FieldValue("http://a/"));
  EXPECT_EQ(Find(FromFrame("WXXX", "\0About\0http://a/"s), "UserDefinedURL"), FieldValue("(About) http://a/"));
  EXPECT_EQ(Find(FromFrame("WXXX", "\1\xff\xfe\0\0http://a/"s), "UserDefinedURL"), FieldValue("http://a/"));
}

TEST(Id3, ReadsListsOfPeople) {
  EXPECT_EQ(Find(FromFrame("IPLS", "\0producer\0Someone\0"s), "InvolvedPeople"), FieldValue("producer/Someone"));
  EXPECT_EQ(Find(FromFrame("TMCL", "\1\xff\xfe"s + "a\0\0\0\xff\xfe"s + "b\0"s), "MusicianCredits"), FieldValue("a/b"));
}

TEST(Id3, ListsReachTheCommonCoreAsLists) {
  const auto artists = FromFrame("TPE1", "\0AC/DC\0B\0"s);
  EXPECT_EQ(Find(artists, "Artist"), FieldValue("AC/DC/B"));
  EXPECT_EQ(artists.core.creators, (std::vector<std::string>{"AC/DC", "B"}));
  EXPECT_EQ(FromFrame("TCON", "\0"s + "17\0"s + "39").core.keywords, (std::vector<std::string>{"Rock", "Noise"}));
  EXPECT_EQ(FromFrame("TIT2", "\0A Song\0x"s).core.title, "A Song");
}

TEST(Id3, TakesMarksOutOfLongLists) {
  std::string list = "\1\xff\xfe"s;
  for (int i = 0; i < 500'000; ++i) list += "\0\0\xff\xfe"s;
  const auto out = FromFrame("TMCL", list + "a\0"s);
  EXPECT_EQ(std::get<std::string>(Find(out, "MusicianCredits")), std::string(65536, '/'));
}

TEST(Id3, ReadsFramesOfTheirOwnForm) {
  EXPECT_EQ(Find(FromFrame("PCNT", Big(256, 5)), "PlayCounter"), FieldValue(std::int64_t{256}));
  EXPECT_EQ(Find(FromFrame("POPM", "a@b\0\xff\0\0\0\x07"s), "Popularimeter"), FieldValue("a@b Rating=255 Count=7"));
  EXPECT_EQ(Find(FromFrame("RVA2", "track\0\1\4\0\0"s), "RelativeVolumeAdjustment"),
            FieldValue("+25.9% Master (track)"));
  EXPECT_EQ(Find(FromFrame("RVAD", "\1\x10\x10\0\x20\0"s), "RelativeVolumeAdjustment"),
            FieldValue("+6.3% Right, -12.5% Left"));
  EXPECT_EQ(Find(FromFrame("OWNE", "\0EUR1.00\0"s + "20200102Shop"), "Ownership"),
            FieldValue("EUR1.00 2020:01:02 Shop"));
  EXPECT_EQ(Find(FromFrame("SYLT", "\0eng\2\1\0one\0"s + Big(3661500, 4)), "SynchronizedLyricsText"),
            FieldValue(std::vector<std::string>{"[1:01:01.50]one"}));
}

TEST(Id3, ReadsPrivateFrames) {
  EXPECT_EQ(Find(FromFrame("PRIV", "PeakValue\0\xff\x7f\0\0"s), "PeakValue"), FieldValue(std::int64_t{32767}));
  EXPECT_EQ(Find(FromFrame("PRIV", "WM/Provider\0A\0B\0\0\0"s), "WM_Provider"), FieldValue("AB"));
  EXPECT_EQ(Find(FromFrame("PRIV", "WM/WMContentID\0"s + Little(1, 4) + Little(2, 2) + Little(3, 2) + Big(4, 8)),
                 "WM_ContentID"),
            FieldValue("00000001-0002-0003-0000-000000000004"));
  const std::string packet =
      "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
      "<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:CreatorTool='A Tool'/></rdf:RDF></x:xmpmeta>";
  EXPECT_EQ(Find(FromFrame("PRIV", "XMP\0"s + packet), "CreatorTool"), FieldValue("A Tool"));
}

TEST(Id3, UnpacksFrames) {
  // zlib, stored: the text "\0A Song".
  const std::string packed = "\x78\x01\x01\x07\0\xf8\xff\0A Song\x06\x09\x01\xf9"s;
  const auto out = MustExtract(Id3Of4("TIT2", Zeros(3) + "\x07" + packed, 0x09) + MpegFrames());
  EXPECT_EQ(Find(out, "Title"), FieldValue("A Song"));
  EXPECT_EQ(Find(MustExtract(Id3Of4("TIT2", "\1\xff\0\xfe"s + "A\0"s, 0x02) + MpegFrames()), "Title"), FieldValue("A"));
  EXPECT_EQ(Find(MustExtract(Id3Of4("TIT2", "\x05\0A"s, 0x40) + MpegFrames()), "Title"), FieldValue("A"));
  EXPECT_EQ(Find(MustExtract(Id3Of4("TIT2", "not packed", 0x08) + MpegFrames()), "Title"), kNone);
}

TEST(Id3, FramesOf4SayThemselvesWhetherTheyAreUnsynchronised) {
  std::string tag = Id3Of4("APIC", "\0image/png\0\3\0\xff\0\xff\0"s, 0);
  tag[5] = '\x80';
  const auto out = MustExtract(tag + MpegFrames());
  ASSERT_EQ(out.pictures.size(), 1U);
  EXPECT_EQ(out.pictures[0].bytes, 4);
}

TEST(Id3, TakesPlainLengthsOf4) {
  const auto frame = [](const std::string& id, const std::string& content) {
    return id + Big(content.size(), 4) + Zeros(2) + content;
  };
  for (const std::size_t size : {130, 160, 256}) {
    const std::string text = std::string(size - 1, 'a');
    // The last is followed by padding.
    std::string tag = Id3(frame("TIT2", "\0"s + text) + frame("TALB", "\0An Album"s) +
                          frame("TPE1", "\0"s + std::string(149, 'b')) + Zeros(20));
    tag[3] = 4;
    const auto out = MustExtract(tag + MpegFrames());
    EXPECT_EQ(out.core.title, text);
    EXPECT_EQ(Find(out, "Album"), FieldValue("An Album"));
    EXPECT_EQ(out.core.creators, std::vector<std::string>{std::string(149, 'b')});
  }
}

TEST(Id3, PackedFramesShareOneBound) {
  const std::string zeros = Zeros((std::size_t{64} << 20) + 1);
  uLongf size = compressBound(zeros.size());
  std::string bomb(size, '\0');
  ASSERT_EQ(compress(reinterpret_cast<Bytef*>(bomb.data()), &size, reinterpret_cast<const Bytef*>(zeros.data()),
                     zeros.size()),
            Z_OK);
  bomb.resize(size);
  const std::string packed = "\x78\x01\x01\x07\0\xf8\xff\0A Song\x06\x09\x01\xf9"s;
  const auto frame = [](const std::string& id, std::uint32_t bytes, const std::string& content) {
    return id + Big(content.size() + 4, 4) + Big(0x80, 2) + Big(bytes, 4) + content;
  };
  EXPECT_EQ(MustExtract(Id3(frame("TIT2", 7, packed)) + MpegFrames()).core.title, "A Song");
  const auto out = MustExtract(Id3(frame("TALB", 1, bomb) + frame("TIT2", 7, packed)) + MpegFrames());
  EXPECT_EQ(Find(out, "Title"), kNone);
  EXPECT_EQ(out.warnings.size(), 2U);
}

TEST(Id3, ReadsTheEndOfTheFile) {
  const auto out = MustExtract(MpegFrames() + Lyrics() + Enhanced() + Id3v1());
  EXPECT_EQ(Find(out, "Title"), FieldValue("A Song"));
  EXPECT_EQ(Find(out, "Track"), FieldValue(std::int64_t{7}));
  EXPECT_EQ(Find(out, "Artist2"), FieldValue("More"));
  EXPECT_EQ(Find(out, "Speed"), FieldValue("Fast"));
  EXPECT_EQ(Find(out, "StartTime"), FieldValue("001:30"));
  EXPECT_EQ(Find(out, "ExtendedTrackTitle"), FieldValue("A Song"));
  EXPECT_EQ(Find(out, "Lyrics"), FieldValue("[00:01]A line"));
  EXPECT_EQ(Find(out, "Lyrics3_XYZ"), FieldValue("z"));
  EXPECT_EQ(out.core.duration, 834 * 8 / 128000.0);
}

TEST(Id3, ReadsOldLyrics) {
  EXPECT_EQ(Find(MustExtract(MpegFrames() + "LYRICSBEGINA lineLYRICSEND" + Id3v1()), "Lyrics"), FieldValue("A line"));
}

TEST(ApeTag, ReadsItems) {
  const auto out =
      MustExtract(MpegFrames() + Ape(ApeItem("Title", "A Song") + ApeItem("Artist", "One\0Two"s) +
                                         ApeItem("REPLAYGAIN_TRACK_GAIN", "-4.08 dB") + ApeItem("Track", "3/12") +
                                         ApeItem("Cover Art (Front)", "c.png\0"s + media::Png(), 2),
                                     5));
  EXPECT_EQ(out.core.title, "A Song");
  EXPECT_EQ(out.core.creators, (std::vector<std::string>{"One", "Two"}));
  EXPECT_EQ(Find(out, "ReplaygainTrackGain"), FieldValue("-4.08 dB"));
  EXPECT_EQ(Find(out, "Track"), FieldValue("3/12"));
  EXPECT_EQ(Find(out, "CoverArtFrontDesc"), FieldValue("c.png"));
  ASSERT_EQ(out.pictures.size(), 1U);
  EXPECT_EQ(out.pictures[0].width, 3);
}

TEST(ApeTag, EndsWhereAnItemIsCutOff) {
  const auto out =
      MustExtract(MpegFrames() + Ape(ApeItem("Title", "A Song") + Little(0xffffffff, 4) + Zeros(5) + "x", 2));
  EXPECT_EQ(out.core.title, "A Song");
  EXPECT_FALSE(out.warnings.empty());
}

TEST(MpegAudio, NamesTheEncoder) {
  const auto with = [](const std::string& encoder) {
    std::string first = "\xff\xfb\x90\xc4" + Zeros(17) + "Info" + Big(1, 4) + Big(3, 4) + encoder;
    first.resize(417);
    return Find(MustExtract(first + MpegFrames()), "Encoder");
  };
  EXPECT_EQ(with("LAME3.100"), FieldValue("LAME3.100"));
  EXPECT_EQ(with("LAME3.88 (beta)     "), FieldValue("LAME3.88 (beta)"));
  EXPECT_EQ(with("MPGE"), FieldValue("Gogo (<3.0)"));
}

TEST(MpegAudio, AFrameThatTellsOfOthersNeedsNoneBehindIt) {
  // 48 kbit/s at 44,100 Hz; then bytes that are no frame, and two frames of another kind.
  const std::string first = "\xff\xfb\x30\x64" + Zeros(32) + "Xing" + Big(1, 4) + Big(7620, 4) + Zeros(200);
  const auto out = MustExtract(Id3(Id3Frame("TIT2", "\0A"s)) + first + MpegFrames());
  EXPECT_EQ(Find(out, "AudioBitrate"), FieldValue("48 kbps"));
  EXPECT_EQ(Find(out, "VBRFrames"), FieldValue(std::int64_t{7620}));
  ASSERT_TRUE(out.core.duration);
  EXPECT_NEAR(*out.core.duration, 7620 * 1152 / 44100.0, 1e-9);
}

TEST(MpegAudio, TakesTheDurationOfVbri) {
  std::string first = "\xff\xfb\x90\xc4" + Zeros(32) + "VBRI" + Big(1, 2) + Zeros(4) + Big(8299, 4) + Big(41, 4);
  first.resize(417);
  const auto out = MustExtract(first + MpegFrames());
  ASSERT_TRUE(out.core.duration && out.core.bitrate);
  EXPECT_NEAR(*out.core.duration, 41 * 1152 / 44100.0, 1e-9);
  EXPECT_EQ(*out.core.bitrate, 61989);
}

TEST(Id3, SurvivesCutsAndFlippedBytes) {
  const std::string whole = Everything();
  damage::SurvivesDamage(whole);
  for (std::size_t at = 3; at < whole.size(); ++at) damage::Survives("audio/mpeg", "ID3" + whole.substr(at));
}

}  // namespace
}  // namespace cairn
