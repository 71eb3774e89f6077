#include "extract/jumbf.h"

#include <gtest/gtest.h>

#include "extract/cbor.h"
#include "extract/damage_for_test.h"
#include "extract/media_for_test.h"

namespace cairn {
namespace {

using namespace std::string_literals;
using media::Big;
using media::Box;
using media::Find;
using media::MustExtract;
using media::Text;
using media::Zeros;

const std::string kUuidEnd = "\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71"s;

std::string Description(const std::string& type, const std::string& label, const std::string& more = "") {
  return Box("jumd", type + kUuidEnd + "\x03" + label + Zeros(1) + more);
}

// A manifest with a picture, a list of actions, an author and a signature.
std::string Manifest() {
  const std::string picture =
      Box("jumb", Description("\x40\xcb\x0c\x32", "c2pa.thumbnail.claim.jpeg", Box("c2sh", "\x12\xab")) +
                      Box("bfdb", "\0image/jpeg\0"s) + Box("bidb", std::string(700, 'p')));
  // {"actions": [{"action": "c2pa.opened"}, {"action": "c2pa.cropped", "when": 0("2026-01-20T10:11:12Z")}],
  //  "c2pa_manifest": {"url": "self#x", "hash": h'010203'}, "dc:title": "A.jpg"}
  const std::string actions =
      "\xa3\x67"
      "actions\x82\xa1\x66"
      "action\x6b"
      "c2pa.opened\xa2\x66"
      "action\x6c"
      "c2pa.cropped\x64"
      "when\xc0\x74"
      "2026-01-20T10:11:12Z\x6d"
      "c2pa_manifest\xa2\x63"
      "url\x66"
      "self#x\x64"
      "hash\x43\1\2\3\x68"
      "dc:title\x65"
      "A.jpg";
  const std::string author =
      R"({"@type":"CreativeWork","author":[{"name":"Jo"},{"name":"Al"}],"year":2026,"dc:title":"B"})";
  return Box("jumb", Description("c2pa", "c2pa") +
                         Box("jumb", Description("c2as", "c2pa.assertions") + picture +
                                         Box("jumb", Description("cbor", "c2pa.actions") + Box("cbor", actions)) +
                                         Box("jumb", Description("json", "stds.schema-org.CreativeWork") +
                                                         Box("json", author))) +
                         Box("jumb", Description("c2cs", "c2pa.signature") + Box("cbor", "\xd2\x83\x42xy\xa0\xf6")));
}

std::string Segment(const std::string& content) { return "\xff\xeb" + Big(content.size() + 2, 2) + content; }

// Two segments, the second one first.
std::string Jpeg() {
  const std::string whole = Manifest();
  const std::size_t half = whole.size() / 2;
  const std::string head = "JP" + Big(7, 2);
  return "\xff\xd8" + Segment(head + Big(1, 4) + whole.substr(0, half)) +
         Segment(head + Big(2, 4) + whole.substr(0, 8) + whole.substr(half)) + media::Jpeg().substr(2);
}

void TellsTheManifest(const Extracted& out) {
  EXPECT_EQ(Find(out, "JUMDType"), Text("(c2pa)-0011-0010-800000aa00389b71"));
  EXPECT_EQ(Find(out, "JUMDLabel"), Text("c2pa"));
  EXPECT_EQ(Find(out, "C2paThumbnailClaimJpegSalt"), Text("12ab"));
  EXPECT_EQ(Find(out, "C2paThumbnailClaimJpegType"), Text("image/jpeg"));
  EXPECT_EQ(Find(out, "C2paThumbnailClaimJpegData"), Text("(Binary data 700 bytes)"));
  EXPECT_EQ(Find(out, "ActionsAction"), FieldValue(std::vector<std::string>{"c2pa.opened", "c2pa.cropped"}));
  EXPECT_EQ(Find(out, "ActionsWhen"), Text("2026:01:20 10:11:12Z"));
  EXPECT_EQ(Find(out, "C2Pa_ManifestUrl"), Text("self#x"));
  EXPECT_EQ(Find(out, "C2Pa_ManifestHash"), Text("(Binary data 3 bytes)"));
  EXPECT_EQ(Find(out, "Type"), Text("CreativeWork"));
  EXPECT_EQ(Find(out, "AuthorName"), FieldValue(std::vector<std::string>{"Jo", "Al"}));
  EXPECT_EQ(Find(out, "Year"), media::Number(2026));
  EXPECT_EQ(Find(out, "Item0"), Text("(Binary data 2 bytes)"));
  EXPECT_EQ(Find(out, "Item2"), Text("null"));
  EXPECT_TRUE(out.warnings.empty()) << out.warnings[0];
}

TEST(Jumbf, InJpeg) {
  const Extracted out = MustExtract(Jpeg());
  TellsTheManifest(out);
  EXPECT_EQ(Find(out, "Title"), Text("A.jpg")) << "of two boxes the first counts";
  EXPECT_EQ(out.core.title, "") << "the manifest tells of other files too";
}

TEST(Jumbf, InPngWebpAndMp4) {
  const std::string png = media::Png();
  TellsTheManifest(
      MustExtract(png.substr(0, png.size() - 12) + media::PngChunk("caBX", Manifest()) + media::PngChunk("IEND", "")));
  const std::string webp = media::Webp();
  const std::string chunks = webp.substr(8) + media::Chunk("C2PA", Manifest());
  TellsTheManifest(MustExtract("RIFF" + media::Little(chunks.size(), 4) + chunks));
  const std::string uuid = "\xd8\xfe\xc3\xd6\x1b\x0e\x48\x3c\x92\x97\x58\x28\x87\x7e\xc4\x81";
  TellsTheManifest(MustExtract(media::Brands("isom") +
                               Box("uuid", uuid + Zeros(4) + "manifest\0"s + Zeros(8) + Manifest()) +
                               Box("moov", media::MovieHeader(1000, 5000))));
}

TEST(Jumbf, DamageIsTold) {
  std::string whole = Manifest();
  whole.replace(whole.find("\xa3\x67"), 1, "\xbc");
  Extracted out;
  ReadJumbf(whole, {}, out);
  ASSERT_EQ(out.warnings.size(), 1U);
  EXPECT_EQ(out.warnings[0], "the box \"c2pa.actions\" of JUMBF is damaged");
  EXPECT_EQ(Find(out, "Year"), media::Number(2026)) << "what follows is read";
}

TEST(Jumbf, SurvivesCutsAndFlippedBytes) { damage::SurvivesDamage(Jpeg()); }

TEST(Jumbf, BoxesWithoutAnEnd) {
  std::string deep;
  for (int i = 0; i < 3000; ++i) deep += Big(0, 4) + "jumb";
  Extracted out;
  ReadJumbf(deep, {}, out);
  EXPECT_EQ(out.warnings.size(), 1U);
}

FieldValue Only(const std::string& bytes) {
  TreeFields fields(100);
  EXPECT_TRUE(ReadCbor(bytes, fields));
  return fields.fields().size() == 1 ? fields.fields()[0].value : FieldValue("not one");
}

// RFC 8949, appendix A.
TEST(Cbor, ExamplesOfTheStandard) {
  EXPECT_EQ(Only("\x18\x64"), media::Number(100));
  EXPECT_EQ(Only("\x1b\xff\xff\xff\xff\xff\xff\xff\xff"), Text("18446744073709551615"));
  EXPECT_EQ(Only("\x39\x03\xe7"), media::Number(-1000));
  EXPECT_EQ(Only("\x3b\xff\xff\xff\xff\xff\xff\xff\xff"), FieldValue(-18446744073709551616.0));
  EXPECT_EQ(Only("\xf9\x3e\0"s), FieldValue(1.5));
  EXPECT_EQ(Only("\xf9\0\1"s), FieldValue(5.96046447753906e-8));
  EXPECT_EQ(Only("\xf9\xc4\0"s), media::Number(-4));
  EXPECT_EQ(Only("\xfa\x7f\x7f\xff\xff"), FieldValue(3.402823e+38));
  EXPECT_EQ(Only("\xfb\x3f\xf1\x99\x99\x99\x99\x99\x9a"), FieldValue(1.1));
  EXPECT_EQ(Only("\xf5"), Text("True"));
  EXPECT_EQ(Only("\xf0"), Text("Unknown (16)"));
  EXPECT_EQ(Only("\xc1\x1a\x51\x4b\x67\xb0"), Text("2013:03:21 20:04:00Z"));
  EXPECT_EQ(Only("\xd8\x20\x63url"), Text("url")) << "other tags say nothing";
  EXPECT_EQ(Only("\x7f\x65strea\x64ming\xff"), Text("streaming"));
  EXPECT_EQ(Only("\xa1\1\x9f\x61z\xff"), Text("z"));
}

TEST(Cbor, WhatIsNoneIsRefused) {
  for (const std::string& bytes :
       {""s, "\x18"s, "\x42x"s, "\x82\x01"s, "\xa1\x61"s, "\xa1\x80\x01"s, "\x1c"s, "\x7f\x41x\xff"s, "\xff"s,
        std::string(200, '\x81'), std::string(200, '\xc2'), "\x9b\xff\xff\xff\xff\xff\xff\xff\xff\x01"s}) {
    TreeFields fields(100);
    EXPECT_FALSE(ReadCbor(bytes, fields)) << bytes.size();
  }
}

TEST(TreeFields, EndAtTheirNumber) {
  TreeFields fields(2);
  EXPECT_FALSE(ReadCbor("\x83\x01\x02\x03", fields));
  EXPECT_EQ(fields.fields().size(), 2U);
}

TEST(TreeFields, NamesAreThoseOfExifTool) {
  EXPECT_EQ(TreeFields::Below("", "claim_generator"), "claim_generator");
  EXPECT_EQ(TreeFields::Below("claim_generator_info", "name"), "claim_Generator_InfoName");
  EXPECT_EQ(TreeFields::Below("Item1", "1"), "Item1_1");
  TreeFields fields(10);
  fields.Take("stEvt:action", Text("x"));
  fields.Take("@context", Text("y"));
  EXPECT_EQ(fields.fields()[0].name, "StEvt_action");
  EXPECT_EQ(fields.fields()[1].name, "Context");
}

}  // namespace
}  // namespace cairn
