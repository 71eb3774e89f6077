#include <gtest/gtest.h>

#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::Big;
using media::ExtractFrom;
using media::Find;
using media::Little;
using media::Number;
using media::PngChunk;
using media::Text;
using media::TiffEntry;
using media::Zeros;

// One directory whose values that do not fit follow it, from `ValuesAt` on.
std::string Tiff(const std::vector<std::string>& entries, const std::string& values = "") {
  std::string out = "II" + Little(42, 2) + Little(8, 4) + Little(entries.size(), 2);
  for (const auto& entry : entries) out += entry;
  return out + Zeros(4) + values;
}
std::uint32_t ValuesAt(std::size_t entries) { return static_cast<std::uint32_t>(14 + 12 * entries); }

TEST(Tiff, TellsBitsAndCodesThatAreUnknown) {
  const auto out = ExtractFrom(Tiff({TiffEntry(0x124, 4, 1, 5), TiffEntry(0x125, 4, 1, 0),
                                     TiffEntry(0x9209, 3, 1, 0x48), TiffEntry(0xa300, 7, 4, 3)}));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "T4Options"), Text("2-Dimensional encoding, Fill bits added"));
  EXPECT_EQ(Find(*out, "T6Options"), Text("(none)"));
  EXPECT_EQ(Find(*out, "Flash"), Text("Unknown (0x48)"));
  EXPECT_EQ(Find(*out, "FileSource"), Text("Sigma Digital Camera"));
}

TEST(Tiff, TextWithoutLettersIsAField) {
  const auto out = ExtractFrom(Tiff({TiffEntry(0x10e, 2, 0, 0), TiffEntry(0x112, 3, 0, 0)}));
  ASSERT_TRUE(out) << out.error();
  ASSERT_EQ(out->fields.size(), 1U);
  EXPECT_EQ(out->fields[0], (Field{"ImageDescription", std::string()}));
}

TEST(Tiff, NamesAPictureInOneStripAsPreview) {
  const auto out =
      ExtractFrom(Tiff({TiffEntry(0x103, 3, 1, 7), TiffEntry(0x111, 4, 1, 8), TiffEntry(0x117, 4, 1, 20)}, Zeros(16)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "PreviewImageStart"), Number(8));
  EXPECT_EQ(Find(*out, "PreviewImage"), Text("(Binary data 20 bytes)"));
  const auto full = ExtractFrom(Tiff({TiffEntry(0xfe, 4, 1, 0), TiffEntry(0x103, 3, 1, 7), TiffEntry(0x111, 4, 1, 8)}));
  ASSERT_TRUE(full) << full.error();
  EXPECT_EQ(Find(*full, "StripOffsets"), Number(8));
}

TEST(Tiff, OfManyNumbersTheLettersAreCounted) {
  std::string tiles;
  for (int i = 0; i < 400; ++i) tiles += Little(0, 4) + Little(0xfffffff6, 4) + Little(0x7fffffff, 4);
  const auto size = [&](int type) {
    return Find(media::MustExtract(Tiff({TiffEntry(0x144, type, 1200, ValuesAt(1))}, tiles)), "TileOffsets");
  };
  EXPECT_EQ(size(4), Text("(Binary data 9599 bytes)"));  // 0 4294967286 2147483647
  EXPECT_EQ(size(9), Text("(Binary data 6799 bytes)"));  // 0 -10 2147483647
  EXPECT_EQ(Find(media::MustExtract(Tiff({TiffEntry(0x144, 9, 1, 0xfffffff6)})), "TileOffsets"), Number(-10));
}

TEST(Tiff, ReadsDngAndPrivateTags) {
  const std::string digest = "\x01\xab" + Zeros(14);
  const auto out = ExtractFrom(Tiff({TiffEntry(0x84e3, 1, 1, 9), TiffEntry(0xc65a, 3, 1, 17),
                                     TiffEntry(0xc71c, 1, 16, ValuesAt(4)), TiffEntry(0xc6fd, 4, 1, 1)},
                                    digest));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "RasterPadding"), Text("Sector"));
  EXPECT_EQ(Find(*out, "CalibrationIlluminant1"), Text("Standard Light A"));
  EXPECT_EQ(Find(*out, "RawImageDigest"), Text("01ab0000000000000000000000000000"));
  EXPECT_EQ(Find(*out, "ProfileEmbedPolicy"), Text("Embed if Used"));
}

TEST(Tiff, ReadsGeoTiff) {
  const auto key = [](int id, int where, int count, int value) {
    return Little(id, 2) + Little(where, 2) + Little(count, 2) + Little(value, 2);
  };
  const std::string keys =
      key(1, 1, 0, 4) + key(1024, 0, 1, 1) + key(1026, 0x87b1, 6, 0) + key(2057, 0x87b0, 1, 0) + key(3072, 0, 1, 26711);
  const auto at = ValuesAt(3);
  const auto out = ExtractFrom(
      Tiff({TiffEntry(0x87af, 3, 20, at), TiffEntry(0x87b0, 12, 1, at + 40), TiffEntry(0x87b1, 2, 6, at + 48)},
           keys + Little(0x4158549800000000, 8) + "Place|"));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "GeoTiffVersion"), Text("1.1.0"));
  EXPECT_EQ(Find(*out, "GTModelType"), Text("Projected"));
  EXPECT_EQ(Find(*out, "GTCitation"), Text("Place"));
  EXPECT_EQ(Find(*out, "GeogSemiMajorAxis"), Number(6378080));
  EXPECT_EQ(Find(*out, "ProjectedCSType"), Text("NAD27 UTM zone 11N"));
}

TEST(Tiff, KeysOfGeoTiffThatStandAgainAreLeft) {
  constexpr std::uint32_t kKeys = 5000;
  std::string keys = Little(1, 2) + Little(1, 2) + Little(0, 2) + Little(kKeys, 2);
  for (std::uint32_t i = 0; i < kKeys; ++i)
    keys += Little(1026, 2) + Little(0x87b1, 2) + Little(1000, 2) + Little(0, 2);
  const auto at = ValuesAt(2);
  const auto out =
      ExtractFrom(Tiff({TiffEntry(0x87af, 3, 4 * (kKeys + 1), at), TiffEntry(0x87b1, 2, 1000, at + 8 * (kKeys + 1))},
                       keys + std::string(1000, 'x')));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->fields.size(), 2U);
  EXPECT_EQ(Find(*out, "GTCitation"), Text(std::string(1000, 'x')));
}

TEST(Tiff, DegreesInLettersAreNoPlace) {
  const std::string gps = Little(2, 2) + TiffEntry(2, 2, 8, 0) + TiffEntry(4, 2, 8, 0) + Zeros(4);
  const auto out = ExtractFrom(Tiff({TiffEntry(0x8825, 4, 1, ValuesAt(1))}, gps));
  ASSERT_TRUE(out) << out.error();
  EXPECT_FALSE(out->core.position);
}

TEST(Png, ReadsSmallChunks) {
  const auto out = ExtractFrom(
      "\x89PNG\r\n\x1a\n" + PngChunk("IHDR", Big(3, 4) + Big(2, 4) + std::string("\x08\x03\x00\x00\x00", 5)) +
      PngChunk("tRNS", std::string("\xff\x00", 2)) + PngChunk("sTER", "\x01") + PngChunk("iDOT", Zeros(28)) +
      PngChunk("cICP", std::string("\x09\x10\x00\x01", 4)) + PngChunk("IEND", ""));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Transparency"), Text("255 0"));
  EXPECT_EQ(Find(*out, "StereoMode"), Text("Diverging-fuse Layout"));
  EXPECT_EQ(Find(*out, "AppleDataOffsets"), Text("(Binary data 28 bytes)"));
  EXPECT_EQ(Find(*out, "ColorPrimaries"), Text("BT.2020, BT.2100"));
}

TEST(Png, ColoursBeyondTheirFourNumbersAreLeft) {
  const auto out = ExtractFrom("\x89PNG\r\n\x1a\n" + PngChunk("bKGD", Big(1, 2) + Big(2, 2) + Big(3, 2) + Zeros(4000)) +
                               PngChunk("sBIT", "\x05\x06\x05" + Zeros(4000)) + PngChunk("IEND", ""));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "BackgroundColor"), Text("1 2 3 0"));
  EXPECT_EQ(Find(*out, "SignificantBits"), Text("5 6 5 0"));
}

}  // namespace
}  // namespace cairn
