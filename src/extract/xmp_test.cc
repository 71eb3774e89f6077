#include "extract/xmp.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "extract/jpeg_xmp.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using Texts = std::vector<std::string>;

constexpr std::string_view kRdf = R"(xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#")";

Extracted Read(const std::string& description, const std::string& names = "") {
  Extracted out;
  const std::string packet = "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF " + std::string(kRdf) +
                             "><rdf:Description rdf:about=\"\" " + names + ">" + description +
                             "</rdf:Description></rdf:RDF></x:xmpmeta>";
  ReadXmp(packet, {}, out);
  return out;
}

std::vector<FieldValue> All(const Extracted& in, std::string_view name) {
  std::vector<FieldValue> out;
  for (const auto& field : in.fields) {
    if (field.name == name) out.push_back(field.value);
  }
  return out;
}

FieldValue Find(const Extracted& in, std::string_view name) {
  const auto all = All(in, name);
  return all.empty() ? FieldValue("nothing") : all.front();
}

std::string Item(const std::string& fields) { return R"(<rdf:li rdf:parseType="Resource">)" + fields + "</rdf:li>"; }

TEST(XmpNames, FieldsOfKnownStructuresHaveShortNames) {
  const auto out = Read(
      "<Iptc4xmpCore:CreatorContactInfo "
      "rdf:parseType=\"Resource\"><Iptc4xmpCore:CiEmailWork>a@b</Iptc4xmpCore:CiEmailWork>"
      "<Iptc4xmpCore:CiOther>c</Iptc4xmpCore:CiOther></Iptc4xmpCore:CreatorContactInfo>");
  EXPECT_EQ(Find(out, "CreatorWorkEmail"), FieldValue("a@b"));
  EXPECT_EQ(Find(out, "CreatorContactInfoCiOther"), FieldValue("c"));
}

TEST(XmpNames, FieldsOfListedStructuresAreLists) {
  const auto out = Read("<mwg-rs:Regions rdf:parseType=\"Resource\"><mwg-rs:RegionList><rdf:Bag>" +
                        Item(R"(<mwg-rs:Name>Ann</mwg-rs:Name><mwg-rs:Area stArea:x="0.5" stArea:y="0.25"/>)") +
                        Item(R"(<mwg-rs:Name>Ben</mwg-rs:Name><mwg-rs:Area stArea:x="0.75" stArea:y="0.5"/>)") +
                        "</rdf:Bag></mwg-rs:RegionList></mwg-rs:Regions>");
  EXPECT_EQ(Find(out, "RegionName"), FieldValue(Texts{"Ann", "Ben"}));
  EXPECT_EQ(Find(out, "RegionAreaX"), FieldValue(Texts{"0.5", "0.75"}));
}

TEST(XmpNames, FieldsOfUnknownStructuresAreOneFieldEach) {
  const auto out = Read("<my:Parts><rdf:Seq>" + Item("<my:size>1</my:size><my:kind>a</my:kind>") +
                        Item("<my:size>2</my:size><my:kind>a</my:kind>") + "</rdf:Seq></my:Parts>");
  EXPECT_EQ(All(out, "PartsSize"), (std::vector<FieldValue>{1, 2}));
  EXPECT_EQ(All(out, "PartsKind"), (std::vector<FieldValue>{"a"}));
}

TEST(XmpNames, ANamespaceTellsTheSchemaWhateverItsPrefix) {
  const auto out = Read("<a:PixelXDimension>7</a:PixelXDimension><b:TransmissionReference>r</b:TransmissionReference>",
                        R"(xmlns:a="http://ns.adobe.com/exif/1.0/" xmlns:b="http://ns.adobe.com/photoshop/1.0")");
  EXPECT_EQ(Find(out, "ExifImageWidth"), FieldValue(7));
  EXPECT_EQ(Find(out, "TransmissionReference"), FieldValue("r"));
}

TEST(XmpNames, APrefixIsBoundOnlyInsideItsElement) {
  const auto out = Read(R"(<my:One xmlns:q="http://ns.adobe.com/exif/1.0/" rdf:parseType="Resource"/>)"
                        R"(<q:PixelXDimension>7</q:PixelXDimension>)");
  EXPECT_EQ(Find(out, "PixelXDimension"), FieldValue(7));
}

TEST(XmpNames, LargeLettersAndSignsAreMadeReadable) {
  const auto out = Read(
      "<pdfx:MY_OWN_NAME>1</pdfx:MY_OWN_NAME><pdfx:PTEX.Fullbanner>2</pdfx:PTEX.Fullbanner>"
      "<pdfx:x>3</pdfx:x>");
  EXPECT_EQ(Find(out, "MyOwnName"), FieldValue(1));
  EXPECT_EQ(Find(out, "PTEXFullbanner"), FieldValue(2));
  EXPECT_EQ(Find(out, "TagX"), FieldValue(3));
}

TEST(XmpNames, FieldsEndAtTheLimit) {
  std::string many;
  for (int i = 0; i < 300; ++i) many += " a:x" + std::to_string(i) + "=\"1\"";
  ExtractContext context;
  context.limits.fields = 100;
  Extracted out;
  ReadXmp("<rdf:RDF><rdf:Description" + many + "/></rdf:RDF>", context, out);
  EXPECT_EQ(out.fields.size(), 100U);
}

TEST(XmpNames, NamesWithoutEndAreLeftOut) {
  const auto out = Read("<a:" + std::string(100'000, 'n') + ">1</a:" + std::string(100'000, 'n') + "><a:bc>2</a:bc>");
  ASSERT_EQ(out.fields.size(), 1U);
  EXPECT_EQ(out.fields[0].name, "Bc");
}

TEST(XmpNames, DeepNestingAndManyNamespacesEnd) {
  std::string deep;
  std::string close;
  for (int i = 0; i < 3000; ++i) {
    deep += "<a:b xmlns:p" + std::to_string(i) + "=\"http://ns.adobe.com/exif/1.0/\">";
    close += "</a:b>";
  }
  const auto out = Read("<dc:format>x</dc:format>" + deep + close);
  EXPECT_EQ(Find(out, "Format"), FieldValue("x"));
}

std::string Part(const std::string& id, std::uint32_t size, std::uint32_t at, const std::string& bytes) {
  return std::string("http://ns.adobe.com/xmp/extension/\0", 35) + id + media::Big(size, 4) + media::Big(at, 4) + bytes;
}

TEST(XmpInJpeg, PartsOfAnExtendedPacketAreJoinedByTheirPlace) {
  const std::string id(32, 'A');
  ImageBlocks blocks;
  TakeJpegXmp(Part(id, 6, 4, "ef"), 1000, &blocks);
  TakeJpegXmp(Part(std::string(32, 'B'), 4, 0, "xxxx"), 1000, &blocks);
  TakeJpegXmp(Part(id, 6, 0, "abcd"), 1000, &blocks);
  EXPECT_EQ(JoinXmpParts(blocks.xmp_parts, id), "abcdef");
  EXPECT_EQ(JoinXmpParts(blocks.xmp_parts, "A"), "");
}

TEST(XmpInJpeg, AnExtendedPacketWithAHoleIsNone) {
  const std::string id(32, 'A');
  ImageBlocks blocks;
  TakeJpegXmp(Part(id, 9, 0, "abcd"), 1000, &blocks);
  TakeJpegXmp(Part(id, 9, 7, "gh"), 1000, &blocks);
  EXPECT_EQ(JoinXmpParts(blocks.xmp_parts, id), "");
}

TEST(XmpInJpeg, PacketsAreTakenWithAndWithoutTheirHeaderUpToALimit) {
  const std::string header("http://ns.adobe.com/xap/1.0/\0", 29);
  ImageBlocks blocks;
  TakeJpegXmp("Exif <?xpacket", 1000, &blocks);
  TakeJpegXmp(header + "<a/>", 1000, &blocks);
  TakeJpegXmp(header + "<a/>", 1000, &blocks);
  TakeJpegXmp("other <?xpacket?>", 1000, &blocks);
  TakeJpegXmp(header + std::string(2000, ' '), 1000, &blocks);
  EXPECT_EQ(blocks.xmp, "<a/>");
  EXPECT_EQ(blocks.xmp_more, Texts{"<?xpacket?>"});
}

TEST(XmpValues, CodesAreWords) {
  const auto out = Read(
      "<plus:ModelReleaseStatus>http://ns.useplus.org/ldf/vocab/MR-NON</plus:ModelReleaseStatus>"
      "<xmpDM:audioSampleType>16Int</xmpDM:audioSampleType><crs:PerspectiveUpright>0</crs:PerspectiveUpright>"
      "<photomechanic:ColorClass>1</photomechanic:ColorClass><photomechanic:Prefs>0:1:2:34</photomechanic:Prefs>"
      "<exif:ColorSpace>4294967295</exif:ColorSpace><xmpDM:stretchMode>odd</xmpDM:stretchMode>");
  EXPECT_EQ(Find(out, "ModelReleaseStatus"), FieldValue("None"));
  EXPECT_EQ(Find(out, "AudioSampleType"), FieldValue("16-bit integer"));
  EXPECT_EQ(Find(out, "PerspectiveUpright"), FieldValue("Off"));
  EXPECT_EQ(Find(out, "ColorClass"), FieldValue("1 (Winner)"));
  EXPECT_EQ(Find(out, "Prefs"), FieldValue("Tagged:0, ColorClass:1, Rating:2, FrameNum:34"));
  EXPECT_EQ(Find(out, "ColorSpace"), FieldValue("Uncalibrated"));
  EXPECT_EQ(Find(out, "StretchMode"), FieldValue("Unknown (odd)"));
}

TEST(XmpValues, LensesTruthPlacesAndDistances) {
  const auto out = Read(
      "<aux:LensInfo>180/10 2000/10 35/10 56/10</aux:LensInfo><crs:HasCrop>false</crs:HasCrop>"
      "<exif:GPSLatitude>48,30.0N</exif:GPSLatitude><exif:GPSLongitude>9,15</exif:GPSLongitude>"
      "<my:Ratio>3/0</my:Ratio>");
  EXPECT_EQ(Find(out, "LensInfo"), FieldValue("18-200mm f/3.5-5.6"));
  EXPECT_EQ(Find(out, "HasCrop"), FieldValue("False"));
  EXPECT_EQ(Find(out, "GPSLatitude"), FieldValue("48 deg 30' 0.00\" N"));
  EXPECT_EQ(Find(out, "GPSLongitude"), FieldValue("9 deg 15' 0.00\" E"));
  EXPECT_EQ(Find(out, "Ratio"), FieldValue("inf"));
  ASSERT_TRUE(out.core.position);
  EXPECT_EQ(out.core.position->latitude, 48.5);
  EXPECT_EQ(out.core.position->longitude, 9.25);
}

TEST(XmpValues, PlacesThatAreNoneStayText) {
  const auto out = Read("<exif:GPSLatitude>55/1 54/1</exif:GPSLatitude><exif:GPSLongitude>9,15Q</exif:GPSLongitude>");
  EXPECT_EQ(Find(out, "GPSLatitude"), FieldValue("55/1 54/1"));
  EXPECT_EQ(Find(out, "GPSLongitude"), FieldValue("9,15Q"));
  EXPECT_FALSE(out.core.position);
}

TEST(XmpValues, OnlyDatesAreTimesInPart) {
  const auto out = Read(
      "<photoshop:DateCreated>2015-01</photoshop:DateCreated><my:Code>2015-01-22</my:Code>"
      "<my:At>2015-01-22T10:11:12 +01:00</my:At>");
  EXPECT_EQ(Find(out, "DateCreated"), FieldValue("2015:01"));
  EXPECT_EQ(Find(out, "Code"), FieldValue("2015-01-22"));
  EXPECT_EQ(Find(out, "At"), FieldValue("2015:01:22 10:11:12+01:00"));
  EXPECT_EQ(out.core.created, "2015-01");
}

TEST(XmpValues, PicturesAreMeasured) {
  const auto out = Read("<xmp:Thumbnails><rdf:Alt>" + Item("<xmpGImg:image>AAEC&#xA;AwQF</xmpGImg:image>") +
                        "</rdf:Alt></xmp:Thumbnails>");
  EXPECT_EQ(Find(out, "ThumbnailImage"), FieldValue("(Binary data 6 bytes)"));
}

TEST(XmpValues, WhatIsEmptyIsTold) {
  const auto out =
      Read(R"(<xmpMM:DerivedFrom rdf:parseType="Resource"/><dc:source/><xmpMM:RenditionOf stRef:fromPart="all"/>)");
  EXPECT_EQ(Find(out, "DerivedFrom"), FieldValue(""));
  EXPECT_EQ(Find(out, "Source"), FieldValue(""));
  EXPECT_TRUE(All(out, "RenditionOf").empty());
  EXPECT_EQ(Find(out, "RenditionOfFromPart"), FieldValue("all"));
}

TEST(XmpValues, LanguagesOfOnlyWhatHasThem) {
  const auto out = Read(
      "<dc:title><rdf:Alt><rdf:li xml:lang=\"EN-us\">a</rdf:li></rdf:Alt></dc:title>"
      "<dc:subject><rdf:Bag><rdf:li xml:lang=\"en\">b</rdf:li><rdf:li "
      "xml:lang=\"de\">c</rdf:li></rdf:Bag></dc:subject>");
  EXPECT_EQ(Find(out, "Title-en-US"), FieldValue("a"));
  EXPECT_EQ(Find(out, "Subject"), FieldValue(Texts{"b", "c"}));
}

TEST(XmpCore, TakesTheFirstLanguageWhereNoneIsTheDefault) {
  const auto named = [](const std::string& language, const std::string& text) {
    return "<rdf:li xml:lang=\"" + language + "\">" + text + "</rdf:li>";
  };
  const auto out = Read("<dc:title><rdf:Alt>" + named("en-US", "One") + named("de-DE", "Eins") +
                        "</rdf:Alt></dc:title><dc:description><rdf:Alt>" + named("fr", "Un") +
                        named("x-default", "First") + "</rdf:Alt></dc:description>");
  EXPECT_EQ(out.core.title, "One");
  EXPECT_EQ(out.core.description, "First");
}

}  // namespace
}  // namespace cairn
