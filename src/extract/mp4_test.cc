#include <gtest/gtest.h>

#include "extract/damage_for_test.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using namespace std::string_literals;
using media::Big;
using media::Box;
using media::ExtractFrom;
using media::Find;
using media::ItunesValue;
using media::MustExtract;
using media::Zeros;

Extracted Movie(const std::string& boxes) {
  return MustExtract(media::Brands("qt  ") + Box("moov", media::MovieHeader(1000, 5000) + boxes));
}
Extracted Items(const std::string& items) { return Movie(media::UserData(items)); }
std::string FreeItem(const std::string& name, const std::vector<std::string>& values) {
  std::string out = Box("mean", Zeros(4) + "com.apple.iTunes") + Box("name", Zeros(4) + name);
  for (const auto& value : values) out += Box("data", Big(1, 4) + Zeros(4) + value);
  return Box("----", out);
}
struct Key {
  std::string name;
  std::uint32_t kind;
  std::string value;
};
std::string Keys(const std::vector<Key>& keys) {
  std::string names = Zeros(4) + Big(keys.size(), 4);
  std::string values;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    names += Box("mdta", keys[i].name);
    values += ItunesValue(Big(i + 1, 4), keys[i].kind, keys[i].value);
  }
  return Box("meta", Box("hdlr", Zeros(8) + "mdta" + Zeros(13)) + Box("keys", names) + Box("ilst", values));
}
std::string Text(const std::string& text, std::uint32_t language) {
  return Big(text.size(), 2) + Big(language, 2) + text;
}

TEST(Mp4Items, TellsNumbersByTheirKind) {
  const auto out = Items(ItunesValue("stik", 21, "\2") + ItunesValue("tmpo", 0, Big(120, 2)) +
                         ItunesValue("cpil", 21, "\1") + ItunesValue("rtng", 21, "\4") +
                         ItunesValue("sfID", 21, Big(143441, 4)) + ItunesValue("trkn", 0, Big(3, 4) + Big(12, 2)));
  EXPECT_EQ(Find(out, "MediaType"), FieldValue("Audiobook"));
  EXPECT_EQ(Find(out, "BeatsPerMinute"), FieldValue(std::int64_t{120}));
  EXPECT_EQ(Find(out, "Compilation"), FieldValue("Yes"));
  EXPECT_EQ(Find(out, "Rating"), FieldValue("Explicit (old)"));
  EXPECT_EQ(Find(out, "AppleStoreCountry"), FieldValue("United States"));
  EXPECT_EQ(Find(out, "TrackNumber"), FieldValue("3 of 12"));
}

TEST(Mp4Items, TellsTheDayAsADate) {
  const auto out = Items(ItunesValue("\251day", 1, "2012-09-28T15:01:12+0200"));
  EXPECT_EQ(Find(out, "ContentCreateDate"), FieldValue("2012:09:28 15:01:12+02:00"));
  EXPECT_EQ(out.core.created, "2012-09-28T15:01:12+02:00");
}

TEST(Mp4Items, TextsOfDigitsReachTheCommonCore) {
  const auto out =
      Items(ItunesValue("\251nam", 1, "1999") + ItunesValue("\251ART", 1, "311") + ItunesValue("\251day", 1, "2010"));
  EXPECT_EQ(Find(out, "Title"), FieldValue(std::int64_t{1999}));
  EXPECT_EQ(out.core.title, "1999");
  EXPECT_EQ(out.core.creators, std::vector<std::string>{"311"});
  EXPECT_EQ(out.core.created, "2010");
}

TEST(Mp4Items, BytesThatAreNoTextDoNotReachTheCommonCore) {
  const auto out = Items(ItunesValue("\251nam", 0, "\1\2\3"));
  EXPECT_EQ(Find(out, "Title"), FieldValue("(Binary data 3 bytes)"));
  EXPECT_EQ(out.core.title, "");
}

TEST(Mp4Items, ListsValuesOfOneFreeItem) {
  const auto out = Items(FreeItem("ARTISTS", {"One", "Two"}) + FreeItem("MusicBrainz Album Type", {"album"}) +
                         FreeItem("iTunNORM", {" 000009DD 00000ACD"}));
  EXPECT_EQ(Find(out, "Artists"), FieldValue(std::vector<std::string>{"One", "Two"}));
  EXPECT_EQ(Find(out, "MusicBrainzAlbumType"), FieldValue("album"));
  EXPECT_EQ(Find(out, "VolumeNormalization"), FieldValue("9DD ACD"));
}

TEST(Mp4Keys, HaveTheirNamesAndKinds) {
  const auto out = Movie(Keys({{"com.apple.quicktime.creationdate", 1, "2019-05-01T12:00:00+0200"},
                               {"com.apple.quicktime.location.ISO6709", 1, "+27.5916+086.5640+8850/"},
                               {"com.apple.quicktime.location.role", 21, "\1"},
                               {"com.android.capture.fps", 23, "\x41\xf0\0\0"s},
                               {"com.apple.quicktime.live-photo.auto", 22, "\1"},
                               {"samsung.android.utc_offset", 1, "+0200"}}));
  EXPECT_EQ(Find(out, "CreationDate"), FieldValue("2019:05:01 12:00:00+02:00"));
  EXPECT_EQ(Find(out, "GPSCoordinates"),
            FieldValue("27 deg 35' 29.76\" N, 86 deg 33' 50.40\" E, 8850 m Above Sea Level"));
  EXPECT_EQ(Find(out, "LocationRole"), FieldValue("Real Location"));
  EXPECT_EQ(Find(out, "AndroidCaptureFps"), FieldValue(std::int64_t{30}));
  EXPECT_EQ(Find(out, "LivePhotoAuto"), FieldValue(std::int64_t{1}));
  EXPECT_EQ(Find(out, "SamsungAndroidUtcOffset"), FieldValue("+0200"));
  EXPECT_EQ(out.core.position, (Position{27.5916, 86.564, 8850}));
}

TEST(Mp4UserData, HasTextsOfSeveralLanguages) {
  const auto out = Movie(Box("udta", Box("\251nam", Text("One", 0x15c7) + Text("Zwei", 0x10b5))));
  EXPECT_EQ(Find(out, "Title"), FieldValue("One"));
  EXPECT_EQ(Find(out, "Title-deu"), FieldValue("Zwei"));
  EXPECT_EQ(out.core.title, "One");
}

TEST(Mp4UserData, TextsOfOneLanguageReachTheCommonCore) {
  const auto out = Movie(Box("udta", Box("\251nam", Text("Eins", 0x10b5)) + Box("titl", Zeros(4) + "\x10\xb5Zwei\0"s)));
  EXPECT_EQ(Find(out, "Title-deu"), FieldValue("Eins"));
  EXPECT_EQ(out.core.title, "Eins");
  EXPECT_EQ(Movie(Box("udta", Box("\251nam", Text("Zwei", 0x10b5) + Text("Two", 0x15c7)))).core.title, "Two");
}

TEST(Mp4UserData, HasBoxesOf3gpp) {
  const std::string place =
      Zeros(4) + Big(0x15c7, 2) + "Here\0\1"s + Big(557056, 4) + Big(3096576, 4) + Big(400 << 16, 4) + "earth\0none\0"s;
  const auto out = Movie(Box(
      "udta", Box("yrrc", Zeros(4) + Big(2005, 2)) + Box("albm", Zeros(4) + Big(0x15c7, 2) + "An Album" + Zeros(1)) +
                  Box("kywd", Zeros(4) + Big(0x15c7, 2) + "\2\3one\3two"s) + Box("loci", place)));
  EXPECT_EQ(Find(out, "Year"), FieldValue(std::int64_t{2005}));
  EXPECT_EQ(Find(out, "Album"), FieldValue("An Album"));
  EXPECT_EQ(Find(out, "Keywords"), FieldValue("one, two"));
  EXPECT_EQ(Find(out, "LocationInformation"),
            FieldValue("Here Role=real Lat=47.25000 Lon=8.50000 Alt=400.00 Body=earth Notes=none"));
  EXPECT_EQ(out.core.position, (Position{47.25, 8.5, 400}));
}

TEST(Mp4Boxes, ALengthOf64BitsStandsWithinItsContainer) {
  // Eight bytes are left, the rest of the header would be the 16 bytes back to the box before.
  const std::string inner = Box("abcd", Zeros(8)) + Big(1, 4) + "efgh";
  const auto out = Movie(Box("udta", inner) + Big(~std::uint64_t{15}, 8) + Zeros(8));
  for (const auto& warning : out.warnings) EXPECT_EQ(warning.find("more boxes"), std::string::npos) << warning;
}

TEST(Mp4Boxes, AMovieOfUnknownLengthHasNoDuration) {
  const auto movie = [](std::uint64_t length) {
    return MustExtract(media::Brands("isom") +
                       Box("moov", Box("mvhd", "\1"s + Zeros(19) + Big(1000, 4) + Big(length, 8) + Zeros(80))));
  };
  EXPECT_EQ(movie(~std::uint64_t{0}).core.duration, std::nullopt);
  EXPECT_EQ(movie(5000).core.duration, 5.0);
}

TEST(Mp4UserData, NamesTracks) {
  const auto out = Movie(Box("trak", Box("udta", Box("name", "Stereo"))) + Box("udta", Box("name", "A Film")));
  EXPECT_EQ(Find(out, "Track1Name"), FieldValue("Stereo"));
  EXPECT_EQ(Find(out, "Name"), FieldValue("A Film"));
}

std::string Track(const std::string& handler, const std::string& entry, const std::string& media = "",
                  const std::string& track = "") {
  return Box("trak",
             track + Box("mdia", Box("hdlr", Zeros(8) + handler + Zeros(13)) +
                                     Box("minf", media + Box("stbl", Box("stsd", Zeros(4) + Big(1, 4) + entry)))));
}
std::string Recording() {
  const std::string sound = Zeros(16) + Big(2, 2) + Big(16, 2) + Zeros(4) + Big(44100 << 16, 4);
  const std::string scheme = Box("frma", "mp4a") + Box("schm", Zeros(4) + "itun" + Zeros(4)) +
                             Box("schi", Box("user", Big(7, 4)) + Box("righ", "veID" + Big(9, 4) + "toolP452"));
  const std::string layout = Box("chan", Zeros(4) + Big(1 << 16, 4) + Big(0x603, 4) + Zeros(4));
  const std::string picture =
      Zeros(78) + Box("fiel", "\1\6") + Box("gama", Big(0x23333, 4)) +
      Box("clap", Big(640, 4) + Big(1, 4) + Big(480, 4) + Big(1, 4) + Zeros(8) + Big(1, 4) + Big(2, 4));
  const std::string clock = Zeros(12) + Big(1, 4) + Big(60000, 4) + Big(1001, 4) + Zeros(2);
  const std::string look = Box("tcmi", Zeros(6) + Big(3, 2) + Big(10, 2) + Zeros(2) + Zeros(12) + "\x05Times");
  return media::Brands("qt  ") +
         Box("moov", media::MovieHeader(1000, 5000) +
                         Track("vide", Box("avc1", picture), "", Box("tref", Box("tmcd", Big(3, 4)))) +
                         Track("soun", Box("drms", sound + layout + Box("sinf", scheme))) +
                         Track("tmcd", Box("tmcd", clock), Box("gmhd", Box("tmcd", look))));
}

TEST(Mp4Samples, HaveBoxesOfTheirOwn) {
  const auto out = ExtractFrom(Recording());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "VideoFieldOrder"), FieldValue("Progressive; 6"));
  EXPECT_EQ(Find(*out, "Gamma"), FieldValue(2.2));
  EXPECT_EQ(Find(*out, "CleanApertureOffsetY"), FieldValue(0.5));
  EXPECT_EQ(Find(*out, "LayoutFlags"), FieldValue("UseBitmap"));
  EXPECT_EQ(Find(*out, "AudioChannelTypes"), FieldValue("Left, Right, LeftSurroundDirect, RightSurroundDirect"));
  EXPECT_EQ(Find(*out, "OriginalFormat"), FieldValue("mp4a"));
  EXPECT_EQ(Find(*out, "SchemeType"), FieldValue("itun"));
  EXPECT_EQ(Find(*out, "UserID"), FieldValue("0x00000007"));
  EXPECT_EQ(Find(*out, "ItemVendorID"), FieldValue("0x00000009"));
  EXPECT_EQ(Find(*out, "ItemTool"), FieldValue("P452"));
  EXPECT_EQ(Find(*out, "TimeCode"), FieldValue(std::int64_t{3}));
  EXPECT_EQ(Find(*out, "PlaybackFrameRate"), FieldValue(59.94005994));
  EXPECT_EQ(Find(*out, "TextFace"), FieldValue("Bold, Italic"));
  EXPECT_EQ(Find(*out, "FontName"), FieldValue("Times"));
}

// A sound track of a sample entry that says 2 channels and 1000 Hz, whatever its boxes say.
Extracted Sound(const std::string& format, const std::string& boxes) {
  return Movie(Track("soun", Box(format, Zeros(6) + Big(1, 2) + Zeros(8) + Big(2, 2) + Big(16, 2) + Zeros(4) +
                                             Big(1000U << 16U, 4) + boxes)));
}
std::string Descriptor(std::uint8_t tag, const std::string& content) {
  return Big(tag, 1) + "\x80\x80\x80" + Big(content.size(), 1) + content;
}
std::string Esds(std::uint8_t type, const std::string& config) {
  return Box("esds",
             Zeros(4) + Descriptor(3, Zeros(3) + Descriptor(4, Big(type, 1) + Zeros(12) +
                                                                   (config.empty() ? "" : Descriptor(5, config)))));
}

TEST(Mp4Sound, CodecsKnowBetterThanTheSampleEntry) {
  struct Case {
    std::string format;
    std::string boxes;
    std::int64_t rate;
    std::int64_t channels;
    std::string codec;
  };
  const std::string config = Zeros(9) + "\x18"s + Zeros(3) + "\2"s + Zeros(10) + Big(96000, 4);
  const std::vector<Case> cases = {
      {"mp4a", "", 1000, 2, "aac"},
      {"mp4a", Esds(0x40, "\x12\x08"), 44100, 1, "aac"},
      {"mp4a", Esds(0x40, "\x11\xb0\x56\xe5\x00"s), 48000, 6, "aac"},
      {"mp4a", Esds(0x40, "\x13\x88\x56\xe5\xa5\x48\x80"s), 44100, 2, "aac"},  // 22,050 Hz mono, SBR and PS
      {"mp4a", Esds(0x40, "\x2b\x92\x08\x00"s), 44100, 2, "aac"},              // SBR in front
      {"mp4a", Esds(0x6b, ""), 1000, 2, "mp3"},
      {"ac-3", Box("dac3", "\x10\x3d\xe0"), 48000, 6, "ac-3"},
      {"ec-3", Box("dec3", "\x0e\x00\x20\x0f\x00"s), 48000, 6, "ec-3"},
      {"alac", Box("alac", config), 96000, 2, "alac"},
      {"alac", Box("alac", Zeros(4)), 1000, 2, "alac"},
  };
  for (const Case& c : cases) {
    const Extracted out = Sound(c.format, c.boxes);
    EXPECT_EQ(out.core.sample_rate, c.rate) << c.format;
    EXPECT_EQ(out.core.channels, c.channels) << c.format;
    EXPECT_EQ(out.core.codec, c.codec);
    EXPECT_EQ(Find(out, "AudioSampleRate"), FieldValue(std::int64_t{1000}));
    EXPECT_EQ(Find(out, "AudioChannels"), FieldValue(std::int64_t{2}));
  }
}

// A film without samples in its header, 1000 units per second; what follows in fragments.
std::string Fragmented(const std::string& extends, const std::string& runs) {
  const std::string header =
      Box("tkhd", Zeros(12) + Big(7, 4) + Zeros(68)) +
      Box("mdia", Box("mdhd", Zeros(12) + Big(500, 4) + Zeros(8)) + Box("hdlr", Zeros(8) + "soun" + Zeros(13)));
  return media::Brands("iso5") +
         Box("moov",
             media::MovieHeader(1000, 0) + Box("trak", header) +
                 Box("mvex", extends + Box("trex", Zeros(4) + Big(7, 4) + Big(1, 4) + Big(100, 4) + Zeros(8)))) +
         runs;
}
std::string Fragment(std::uint32_t flags, const std::string& header, const std::string& run) {
  return Box("moof", Box("traf", Box("tfhd", Big(flags, 4) + Big(7, 4) + header) + Box("trun", run)));
}

TEST(Mp4Fragments, SayHowLongTheFilmLasts) {
  const std::string by_track = Fragment(0, "", Big(0, 4) + Big(3, 4));
  const std::string by_fragment = Fragment(0x3a, Zeros(4) + Big(200, 4) + Zeros(8), Big(0, 4) + Big(2, 4));
  // With an offset, flags of the first sample, and of each sample time and size.
  const std::string by_sample =
      Fragment(0x1, Zeros(8), Big(0x305, 4) + Big(2, 4) + Zeros(8) + Big(30, 4) + Big(9, 4) + Big(20, 4) + Big(9, 4));
  EXPECT_EQ(MustExtract(Fragmented("", by_track + by_fragment + by_sample)).core.duration, (300 + 400 + 50) / 500.0);
  EXPECT_EQ(MustExtract(Fragmented(Box("mehd", Zeros(4) + Big(2500, 4)), by_track)).core.duration, 2.5);
  EXPECT_FALSE(MustExtract(Fragmented("", "")).core.duration);
  EXPECT_FALSE(MustExtract(Fragmented("", Fragment(0, "", Big(0x100, 4) + Big(~0U, 4)))).core.duration);
}

TEST(Mp4Fragments, SurviveCutsAndFlippedBytes) {
  damage::SurvivesDamage(
      Fragmented(Box("mehd", Zeros(8)), Fragment(0x8, Big(200, 4), Big(0x100, 4) + Big(2, 4) + Zeros(8))));
}

TEST(Mp4Sound, QuickTimesSecondDescriptionHasItsOwnPlaces) {
  const Extracted out = Movie(Track(
      "soun", Box("lpcm", Zeros(6) + Big(1, 2) + Big(2, 2) + Zeros(6) + Big(3, 2) + Big(16, 2) + Big(0xfffe0000, 4) +
                              Big(0x10000, 4) + Big(72, 4) + Big(0x4107700000000000, 8) + Big(1, 4) + Zeros(20))));
  EXPECT_EQ(out.core.sample_rate, 192000);
  EXPECT_EQ(out.core.channels, 1);
}

TEST(Mp4Sound, SurvivesCutsAndFlippedBytes) {
  damage::SurvivesDamage(
      media::Brands("M4A ") +
      Box("moov", Track("soun", Box("mp4a", Zeros(28) + Esds(0x40, "\x13\x88\x56\xe5\xa5\x48\x80"s)))));
}

TEST(Mp4Samples, SurviveCutsAndFlippedBytes) { damage::SurvivesDamage(Recording()); }

TEST(Mp4UserData, SurvivesCutsAndFlippedBytes) {
  const std::string whole =
      media::Brands("qt  ") +
      Box("moov", media::MovieHeader(1000, 5000) + Keys({{"com.apple.quicktime.location.ISO6709", 1, "+27.5+086.5/"}}) +
                      Box("udta", Box("\251nam", Text("One", 0x15c7) + Text("Zwei", 0x10b5)) +
                                      Box("kywd", Zeros(4) + Big(0x15c7, 2) + "\2\3one\3two"s) +
                                      Box("loci", Zeros(6) + "Here\0\1"s + Zeros(12) + "earth\0none\0"s) +
                                      Box("clsf", Zeros(4) + "ABCD\0\1\x15\xc7"
                                                             "Class\0"s)));
  damage::SurvivesDamage(whole);
}

}  // namespace
}  // namespace cairn
