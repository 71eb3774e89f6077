#include <gtest/gtest.h>

#include <algorithm>

#include "extract/icc.h"
#include "extract/iptc.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::Big;
using media::ExtractFrom;
using media::Find;
using media::Little;
using media::Number;
using media::Text;
using media::TiffEntry;
using media::Zeros;

std::string Segment(char marker, const std::string& content) {
  return std::string("\xff") + marker + Big(content.size() + 2, 2) + content;
}
std::string Frame() { return Segment('\xc0', "\x08" + Big(48, 2) + Big(64, 2) + std::string("\x01\x01\x11\x00", 4)); }
std::string Jpeg(const std::string& segments, const std::string& behind = "") {
  return "\xff\xd8" + segments + Frame() + "\xff\xd9" + behind;
}
std::string DataSet(char record, char set, const std::string& value) {
  return std::string("\x1c") + record + set + Big(value.size(), 2) + value;
}
std::string Resource(std::uint16_t id, const std::string& value) {
  return "8BIM" + Big(id, 2) + Zeros(2) + Big(value.size(), 4) + value + (value.size() % 2 == 1 ? Zeros(1) : "");
}

TEST(JpegSegments, ReadsPictureInfo) {
  const auto out = ExtractFrom(Jpeg(Segment('\xec', "[picture info]\r\nQ=5\r\nFNumber=F2.8\r\nshtr=10000\r\n")));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "TagQ"), FieldValue("5")) << "names of one letter";
  EXPECT_EQ(Find(*out, "FNumber"), FieldValue("2.8"));
  EXPECT_EQ(Find(*out, "ExposureTime"), FieldValue("1/100"));
}

TEST(JpegSegments, ListsThePicturesOfMultiPictureFormat) {
  const std::string image = Big(0x20030000, 4) + Big(200, 4) + Zeros(8);
  const std::string preview = Big(0x00010001, 4) + Big(16, 4) + Big(40, 4) + Zeros(4);
  const std::string body = "II" + Little(42, 2) + Little(8, 4) + Little(3, 2) + TiffEntry(0xb000, 7, 4, 0x30303130) +
                           TiffEntry(0xb001, 4, 1, 2) + TiffEntry(0xb002, 7, 32, 50) + Zeros(4);
  std::string list;
  for (const std::string& entry : {image, preview}) {
    for (const std::size_t at : {0U, 4U, 8U}) list += std::string(entry.rend() - 4 - at, entry.rend() - at);
    list += Zeros(4);
  }
  const auto out = ExtractFrom(Jpeg(Segment('\xe2', std::string("MPF\0", 4) + body + list), Zeros(100)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "MPFVersion"), Text("0100"));
  EXPECT_EQ(Find(*out, "NumberOfImages"), Number(2));
  EXPECT_EQ(Find(*out, "MPImageType"), Text("Baseline MP Primary Image"));
  EXPECT_EQ(Find(*out, "MPImageFlags"), Text("Representative image"));
  EXPECT_EQ(Find(*out, "PreviewImage"), Text("(Binary data 16 bytes)"));
}

TEST(JpegSegments, BoundsWhatEntriesOfMultiPictureFormatCost) {
  // 5,000 entries that all point at the same 4 KiB of pictures, or of numbers.
  constexpr std::uint32_t kEntries = 5000;
  constexpr std::uint32_t kBytes = 4096;
  for (const int tag : {0xb002, 0xb001}) {
    std::string body = "II" + Little(42, 2) + Little(8, 4) + Little(kEntries, 2);
    for (std::uint32_t i = 0; i < kEntries; ++i) body += TiffEntry(tag, tag == 0xb002 ? 7 : 1, kBytes, 100);
    const std::string segment = Segment('\xe2', std::string("MPF\0", 4) + body);
    const auto out = ExtractFrom(Jpeg(segment + segment));
    ASSERT_TRUE(out) << out.error();
    EXPECT_LE(out->fields.size(), 2000U);
    EXPECT_LE(std::count_if(out->fields.begin(), out->fields.end(),
                            [](const Field& field) { return field.name == "NumberOfImages"; }),
              32);
  }
}

TEST(JpegSegments, JoinsAProfileByTheNumbersOfItsParts) {
  std::string profile = Zeros(48) + "DELL" + Zeros(76) + Zeros(4);
  const auto part = [&](char number, std::size_t at, std::size_t size) {
    return Segment('\xe2', std::string("ICC_PROFILE\0", 12) + number + "\x02" + profile.substr(at, size));
  };
  const auto out = ExtractFrom(Jpeg(part(2, 40, 92) + part(1, 0, 40)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "DeviceManufacturer"), Text("Dell Computer Corporation"));
}

TEST(JpegSegments, GapsAreToldOnce) {
  std::string segments = Segment('\xfe', "text");
  for (int i = 0; i < 10; ++i) segments += "stray" + Segment('\xfe', "text");
  const auto out = ExtractFrom(Jpeg(segments));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->warnings, std::vector<std::string>{"no segment begins at byte 10, where one should"});
}

TEST(JpegSegments, ReadsWhatOldCamerasWrote) {
  const std::string info =
      "[picture info]\r\nTimeDate=2001-05-04\r\nShutter=4000\r\nType=C1 Flash=1\r\nFNumber=F2.8\r\n";
  const auto out = ExtractFrom(Jpeg(Segment('\xec', info)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "ExposureTime"), Text("1/250"));
  EXPECT_EQ(Find(*out, "CameraType"), Text("C1"));
  EXPECT_EQ(Find(*out, "Flash"), Text("On"));
  EXPECT_EQ(Find(*out, "FNumber"), Text("2.8"));
  EXPECT_EQ(out->core.created, "2001-05-04");
}

TEST(JpegSegments, ReadsRicohsOwnFields) {
  const std::string names = std::string("Sign type\0Location\0", 19);
  const std::string values = std::string("Warning\0\0", 9);
  const auto section = [](int type, const std::string& bytes) {
    return Big(type, 2) + Big(bytes.size() + 2, 2) + bytes;
  };
  const std::string body = "MM" + Zeros(6) + Big(10, 2) + Big(2, 2) + Zeros(8) + section(1, names) +
                           section(2, values) + section(3, Big(2, 2) + Big(4, 2)) + Zeros(4);
  const auto out = ExtractFrom(Jpeg(Segment('\xe5', std::string("RMETA\0", 6) + body)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "SignType"), Text("Warning"));
  EXPECT_EQ(Find(*out, "Location"), Number(4));
}

TEST(JpegSegments, GoesOnBehindBytesThatBelongToNoSegment) {
  const auto out = ExtractFrom(Jpeg(Segment('\xfe', "first") + "stray" + Segment('\xed', "Adobe_CM" + Big(2, 2))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "AdobeCMType"), Number(2));
  EXPECT_EQ(Find(*out, "ImageWidth"), Number(64));
  ASSERT_EQ(out->warnings.size(), 1U);
}

TEST(JpegSegments, JoinsExifOfSeveralSegments) {
  const std::string exif = std::string("Exif\0\0", 6);
  const std::string tiff = media::Tiff();
  const auto out =
      ExtractFrom(Jpeg(Segment('\xe1', exif + tiff.substr(0, 160)) + Segment('\xe1', exif + tiff.substr(160))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Make"), Text("Maker"));
  EXPECT_EQ(out->core.created, "2008-10-22T16:28:39");
}

TEST(JpegSegments, JoinsXmpThatThePacketNames) {
  const std::string guid = "0123456789ABCDEF0123456789ABCDEF";
  const std::string head = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description ";
  const std::string packet = "http://ns.adobe.com/xap/1.0/" + Zeros(1) + head +
                             "xmlns:xmpNote='http://ns.adobe.com/xmp/note/' xmpNote:HasExtendedXMP='" + guid +
                             "'/></rdf:RDF>";
  const std::string more = head + "xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Label='Far behind'/></rdf:RDF>";
  const auto part = [&](const std::string& name, std::size_t at, const std::string& text) {
    return Segment('\xe1',
                   "http://ns.adobe.com/xmp/extension/" + Zeros(1) + name + Big(more.size(), 4) + Big(at, 4) + text);
  };
  const auto out = ExtractFrom(Jpeg(Segment('\xe1', packet) + part(guid, 90, more.substr(90)) +
                                    part(std::string(32, 'F'), 0, "another's") + part(guid, 0, more.substr(0, 90))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Label"), Text("Far behind"));
}

TEST(JpegTrailers, AreReadFromTheEnd) {
  const std::string iptc = DataSet(2, 5, "A title");
  const std::string foto = iptc + Big(1, 2) + Big(iptc.size() + 10, 4) + "\xa1\xb2\xc3\xd4";
  const std::string edits =
      DataSet(2, '\xdd', Big(1, 4)) + DataSet(2, '\xde', Big(6, 4)) + DataSet(2, '\xd1', Big(32768, 4));
  const std::string mechanic = edits + Big(edits.size(), 4) + "cbipcbbl";
  const auto out = ExtractFrom(Jpeg("", foto + mechanic));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "Tagged"), Text("Yes"));
  EXPECT_EQ(Find(*out, "ColorClass"), Text("6 (Typical alt)"));
  EXPECT_EQ(Find(*out, "RawCropLeft"), Text("50.000%"));
  EXPECT_EQ(out->core.title, "A title");
}

TEST(JpegTrailers, ThatPointBeyondTheFileAreLeft) {
  for (const std::string& behind :
       {"\xff" + Big(0xfffffff0, 4) + "cbipcbbl", Big(1, 2) + Big(0xfffffff0, 4) + "\xa1\xb2\xc3\xd4",
        "AXS!" + Big(0xfffffff0, 4) + Zeros(4), "AXS!" + Big(0, 4) + Zeros(4)}) {
    const auto out = ExtractFrom(Jpeg("", behind));
    ASSERT_TRUE(out) << out.error();
    EXPECT_EQ(Find(*out, "ImageWidth"), Number(64));
  }
}

TEST(JpegTrailers, OfAfcpHoldIptc) {
  const std::string head = Jpeg("");
  const std::string iptc = DataSet(2, 25, "one") + DataSet(2, 25, "two");
  const std::string trailer = "AXS!" + Big(1, 2) + Big(1, 2) + Zeros(4) + "IPTC" + Big(iptc.size(), 4) +
                              Big(head.size() + 24, 4) + iptc + "AXS!" + Big(head.size(), 4) + Zeros(4);
  const auto out = ExtractFrom(head + trailer);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.keywords, (std::vector<std::string>{"one", "two"}));
}

TEST(JpegTrailers, ThatAllHoldTheSameBytesAreBounded) {
  const std::string head = Jpeg("") + DataSet(2, 25, std::string(30'000, 'x'));
  std::string file = head;
  for (int i = 0; i < 4; ++i) {
    const std::size_t at = file.size();
    file += "AXS!" + Big(1, 2) + Big(64, 2) + Zeros(4);
    for (int entry = 0; entry < 64; ++entry) file += "IPTC" + Big(30'005, 4) + Big(head.size() - 30'005, 4);
    file += "AXS!" + Big(at, 4) + Zeros(4);
  }
  const auto out = ExtractFrom(file);
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(std::get<std::vector<std::string>>(Find(*out, "Keywords")).size(), 34U);
}

TEST(Iptc, ReadsEveryRecord) {
  const std::string iptc = DataSet(1, 20, Big(11, 2)) + DataSet(1, 60, "1") + DataSet(1, 80, "100051+0000") +
                           DataSet(2, '\xdd', "0:3:2:-00001") + DataSet(2, '\x37', "2015-01-22") +
                           DataSet(2, '\x4b', "x") + DataSet(7, 10, "\x01");
  const auto out = ExtractFrom(Jpeg(Segment('\xed', std::string("Photoshop 3.0\0", 14) + Resource(1028, iptc))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "FileFormat"), Text("JPEG File Interchange (JFIF)"));
  EXPECT_EQ(Find(*out, "EnvelopePriority"), Text("1 (most urgent)"));
  EXPECT_EQ(Find(*out, "TimeSent"), Text("10:00:51+00:00"));
  EXPECT_EQ(Find(*out, "Prefs"), Text("Tagged:0, ColorClass:3, Rating:2, FrameNum:-00001"));
  EXPECT_EQ(Find(*out, "DateCreated"), Text("2015:01:22"));
  EXPECT_EQ(Find(*out, "ObjectCycle"), Text("Unknown (x)"));
  EXPECT_EQ(Find(*out, "SizeMode"), Text("Size Known"));
}

TEST(Iptc, OfSeveralBlocksIsOne) {
  const auto out = ExtractFrom(
      Jpeg(Segment('\xed', std::string("Photoshop 3.0\0", 14) + Resource(1028, DataSet(2, 5, "One"))) +
           Segment('\xed', std::string("Photoshop 3.0\0", 14) + Resource(1028, DataSet(2, '\x78', "Two")))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(out->core.title, "One");
  EXPECT_EQ(out->core.description, "Two");
}

TEST(Iptc, KeywordsThatStandTwiceAreOnceInTheCore) {
  const std::string names = DataSet(2, 80, "Me") + DataSet(2, 25, "one") + DataSet(2, 25, "two");
  Extracted out;
  ReadIptc(names + names, out);
  EXPECT_EQ(out.core.keywords, (std::vector<std::string>{"one", "two"}));
  EXPECT_EQ(out.core.creators, std::vector<std::string>{"Me"});
  EXPECT_EQ(Find(out, "Keywords"), FieldValue(std::vector<std::string>{"one", "two", "one", "two"}));
}

TEST(Iptc, PreferencesAreThreeNumbersAndAText) {
  const auto read = [](const std::string& text) {
    Extracted out;
    ReadIptc(DataSet(2, '\xdd', text), out);
    return Find(out, "Prefs");
  };
  EXPECT_EQ(read("1: 2:3:"), Text("Tagged:1, ColorClass:2, Rating:3, FrameNum:"));
  EXPECT_EQ(read("1:a:3:4"), Text("1:a:3:4"));
  EXPECT_EQ(read("1:2:3"), Text("1:2:3"));
}

TEST(Iptc, TextsOfDigitsReachTheCore) {
  const std::string iptc = DataSet(2, 5, "1999") + DataSet(2, '\x78', "42") + DataSet(2, '\x37', "2002");
  const auto out = ExtractFrom(Jpeg(Segment('\xed', std::string("Photoshop 3.0\0", 14) + Resource(1028, iptc))));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "ObjectName"), Number(1999));
  EXPECT_EQ(out->core.title, "1999");
  EXPECT_EQ(out->core.description, "42");
  EXPECT_EQ(out->core.created, "2002");
}

TEST(Iptc, EndsAtItsLimitOfDataSets) {
  std::string iptc;
  for (int i = 0; i < 30'000; ++i) iptc += DataSet(2, 25, std::to_string(10'000 + i));
  Extracted out;
  ReadIptc(iptc, out);
  EXPECT_EQ(out.core.keywords.size(), 20'000U);
  EXPECT_EQ(out.warnings, std::vector<std::string>{"the IPTC records from byte 200000 on are left out"});
}

TEST(Icc, OfPhotoshopIsReadWhereNoOtherIs) {
  const auto profile = [](const std::string& maker) { return Zeros(48) + maker + Zeros(80); };
  const std::string resources = Segment('\xed', std::string("Photoshop 3.0\0", 14) + Resource(1039, profile("DELL")));
  EXPECT_EQ(Find(media::MustExtract(Jpeg(resources)), "DeviceManufacturer"), Text("Dell Computer Corporation"));
  const std::string own = Segment('\xe2', std::string("ICC_PROFILE\0\x01\x01", 14) + profile("KODA"));
  EXPECT_EQ(Find(media::MustExtract(Jpeg(resources + own)), "DeviceManufacturer"), Text("Kodak"));
}

TEST(Icc, WhatTextsInOnePlaceCostIsBounded) {
  // 100 tags of 64 languages each, which all share one text.
  std::string names = "mluc" + Zeros(4) + Big(64, 4) + Big(12, 4);
  for (int i = 0; i < 64; ++i)
    names += "de" + std::string(1, static_cast<char>('A' + i % 26)) + "E" + Big(40'000, 4) + Big(784, 4);
  names += std::string(40'000, 'x');
  std::string profile = Zeros(128) + Big(100, 4);
  for (int i = 0; i < 100; ++i) profile += (i % 2 == 0 ? "desc" : "dscm") + Big(1332, 4) + Big(names.size(), 4);
  Extracted out;
  ReadIcc(profile + names, out);
  std::size_t bytes = 0;
  for (const auto& field : out.fields) {
    if (const auto* text = std::get_if<std::string>(&field.value)) bytes += text->size();
  }
  EXPECT_GT(bytes, 100'000U);
  EXPECT_LT(bytes, 400'000U);
}

TEST(Icc, TextsEndAtNul) {
  const std::string text = Zeros(1) + "R" + Zeros(2) + Zeros(1) + "G" + Zeros(2);
  const std::string names = "mluc" + Zeros(4) + Big(1, 4) + Big(12, 4) + "enUS" + Big(8, 4) + Big(28, 4) + text;
  Extracted out;
  ReadIcc(Zeros(128) + Big(1, 4) + "desc" + Big(144, 4) + Big(names.size(), 4) + names, out);
  EXPECT_EQ(Find(out, "ProfileDescription"), Text("R"));
}

TEST(Icc, NamesMakersAndLanguages) {
  const auto wide = [](const std::string& text) {
    std::string out;
    for (const char c : text) out += Zeros(1) + c;
    return out;
  };
  const std::string names = "mluc" + Zeros(4) + Big(2, 4) + Big(12, 4) + "enUS" + Big(10, 4) + Big(40, 4) + "deDE" +
                            Big(10, 4) + Big(50, 4) + wide("Paper") + wide("Bogen");
  const std::string inks = "clrt" + Zeros(4) + Big(1, 4) + "Cyan" + Zeros(28) + Big(1, 2) + Big(2, 2) + Big(3, 2);
  std::string profile = Zeros(48) + "DELL" + Zeros(76) + Big(2, 4) + "desc" + Big(156, 4) + Big(names.size(), 4) +
                        "clrt" + Big(156 + names.size(), 4) + Big(inks.size(), 4) + names + inks;
  const auto out = ExtractFrom(Jpeg(Segment('\xe2', std::string("ICC_PROFILE\0\x01\x01", 14) + profile)));
  ASSERT_TRUE(out) << out.error();
  EXPECT_EQ(Find(*out, "DeviceManufacturer"), Text("Dell Computer Corporation"));
  EXPECT_EQ(Find(*out, "PrimaryPlatform"), Text("Unknown ()"));
  EXPECT_EQ(Find(*out, "ProfileDescription"), Text("Paper"));
  EXPECT_EQ(Find(*out, "ProfileDescription-de-DE"), Text("Bogen"));
  EXPECT_EQ(Find(*out, "Colorant1Name"), Text("Cyan"));
  EXPECT_EQ(Find(*out, "Colorant1Coordinates"), Text("1 2 3"));
}

}  // namespace
}  // namespace cairn
