#include <gtest/gtest.h>

#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::ExtractFrom;
using media::Find;

TEST(Exif, GivesValuesInWords) {
  const auto out = ExtractFrom(media::Tiff());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "ImageWidth"), FieldValue(std::int64_t{640}));
  EXPECT_EQ(Find(*out, "Make"), FieldValue("Maker"));
  EXPECT_EQ(Find(*out, "Orientation"), FieldValue("Rotate 90 CW"));
  EXPECT_EQ(Find(*out, "ExposureTime"), FieldValue("1/250"));
  EXPECT_EQ(Find(*out, "GPSLatitude"), FieldValue("54 deg 59' 30.00\""));
  EXPECT_EQ(Find(*out, "GPSLatitudeRef"), FieldValue("South"));
}

TEST(Exif, FillsTheCommonCore) {
  const auto out = ExtractFrom(media::Jpeg());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.created, "2008-10-22T16:28:39");
  ASSERT_TRUE(out->core.position);
  EXPECT_NEAR(out->core.position->latitude, -54.991667, 1e-6);
  EXPECT_NEAR(out->core.position->longitude, 10.5, 1e-6);
}

TEST(Exif, EndsWhereDirectoriesPointInACircle) {
  std::string tiff = "II" + media::Little(42, 2) + media::Little(8, 4);
  tiff += media::Little(1, 2) + media::TiffEntry(0x8769, 4, 1, 8) + media::Little(8, 4);
  const auto out = ExtractFrom(tiff);
  ASSERT_TRUE(out) << out.error();
  EXPECT_TRUE(out->fields.empty());
}

TEST(Exif, BoundsWhatValuesCostTogether) {
  // 4,000 entries that all point at the same MiB.
  constexpr std::uint32_t kEntries = 4000;
  const std::uint32_t at = 8 + 2 + kEntries * 12 + 4;
  std::string tiff = "II" + media::Little(42, 2) + media::Little(8, 4) + media::Little(kEntries, 2);
  for (std::uint32_t i = 0; i < kEntries; ++i) tiff += media::TiffEntry(0x10f, 2, 1 << 20, at);
  tiff += media::Zeros(4) + std::string(1 << 20, 'x');
  const auto out = ExtractFrom(tiff);
  ASSERT_TRUE(out) << out.error();
  EXPECT_LE(out->fields.size(), 32U);
  EXPECT_EQ(std::get<std::string>(out->fields[0].value).size(), ExtractLimits().value_bytes);
}

TEST(Jpeg, SaysThatASegmentIsCutOff) {
  const auto out = ExtractFrom(media::Jpeg().substr(0, 60));
  ASSERT_TRUE(out) << out.error();
  ASSERT_FALSE(out->warnings.empty());
  EXPECT_EQ(out->warnings[0], "the segment at byte 2 is cut off");
}

TEST(Png, ReadsChunksAndTexts) {
  const auto out = ExtractFrom(media::Png());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Gamma"), FieldValue(2.2));
  EXPECT_EQ(Find(*out, "ColorType"), FieldValue("RGB"));
  EXPECT_EQ(out->core.title, "A picture");
  EXPECT_EQ(out->core.width, 3);
}

TEST(Gif, CountsLoopsAndTime) {
  const auto out = ExtractFrom(media::Gif());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "AnimationIterations"), FieldValue("Infinite"));
  EXPECT_EQ(out->core.duration, 1.5);
}

TEST(Webp, ReadsItsSizeAndItsExif) {
  const auto out = ExtractFrom(media::Webp());
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.width, 320);
  EXPECT_EQ(out->core.height, 200);
  EXPECT_EQ(Find(*out, "Make"), FieldValue("Maker"));
}

TEST(Xmp, FlattensStructuresAndKeepsLists) {
  const std::string packet =
      R"(<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="kit"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">)"
      R"(<rdf:Description rdf:about="" xmlns:dc="d" xmlns:exif="e" exif:ExposureTime="1/250">)"
      R"(<dc:subject><rdf:Bag><rdf:li>one</rdf:li><rdf:li>two</rdf:li></rdf:Bag></dc:subject>)"
      R"(<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Name</rdf:li><rdf:li xml:lang="de-de">Titel</rdf:li></rdf:Alt></dc:title>)"
      R"(</rdf:Description></rdf:RDF></x:xmpmeta>)";
  std::string png = "\x89PNG\r\n\x1a\n" + media::PngChunk("iTXt", "XML:com.adobe.xmp" + media::Zeros(5) + packet);
  const auto out = ExtractFrom(png);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Subject"), FieldValue(std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(Find(*out, "Title"), FieldValue("Name"));
  EXPECT_EQ(Find(*out, "Title-de-DE"), FieldValue("Titel"));
  EXPECT_EQ(Find(*out, "ExposureTime"), FieldValue("1/250"));
  EXPECT_EQ(Find(*out, "XMPToolkit"), FieldValue("kit"));
  EXPECT_EQ(out->core.keywords, (std::vector<std::string>{"one", "two"}));
}

TEST(Png, TimesMayNameTheWeekdayWithoutAComma) {
  for (const std::string time : {"Fri, 23 Jan 2009 23:17:35 -0600", "Fri 23 Jan 2009 23:17:35 -0600"}) {
    const auto out =
        ExtractFrom("\x89PNG\r\n\x1a\n" +
                    media::PngChunk("IHDR", media::Big(3, 4) + media::Big(2, 4) + std::string("\x08\x02\0\0\0", 5)) +
                    media::PngChunk("tEXt", std::string("Creation Time\0", 14) + time) + media::PngChunk("IEND", ""));
    ASSERT_TRUE(out) << out.error();
    EXPECT_EQ(out->core.created, "2009-01-23T23:17:35-06:00");
  }
}

}  // namespace
}  // namespace cairn
