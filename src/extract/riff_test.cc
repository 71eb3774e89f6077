#include <gtest/gtest.h>

#include "extract/media_for_test.h"

namespace cairn {
namespace {

using media::Chunk;
using media::ExtractFrom;
using media::Find;
using media::Little;
using media::Zeros;

std::string Padded(std::string text, std::size_t size) {
  text.resize(size);
  return text;
}
std::string List(const std::string& type, const std::string& chunks) { return Chunk("LIST", type + chunks); }
std::string Riff(const std::string& form, const std::string& chunks) { return Chunk("RIFF", form + chunks); }
std::string Wave(const std::string& chunks, std::uint16_t format = 1) {
  return Riff("WAVE", Chunk("fmt ", Little(format, 2) + Little(1, 2) + Little(8000, 4) + Little(16000, 4) +
                                        Little(2, 2) + Little(16, 2)) +
                          chunks + Chunk("data", Zeros(32)));
}
Extracted Read(const std::string& bytes) {
  auto out = ExtractFrom(bytes);
  EXPECT_TRUE(out) << out.error();
  return out ? std::move(*out) : Extracted();
}
std::string Bext() {
  return Padded("A take", 256) + Padded("Recorder", 32) + Padded("R1", 32) + "2020-01-02" + "03:04:05" + Little(5, 4) +
         Little(1, 4) + Little(1, 2) + std::string(64, '\xab') + Zeros(190) + "A=PCM\r\n";
}

TEST(Riff, ReadsBroadcastWave) {
  const Extracted out = Read(Wave(Chunk("bext", Bext())));
  EXPECT_EQ(Find(out, "Originator"), FieldValue("Recorder"));
  EXPECT_EQ(Find(out, "DateTimeOriginal"), FieldValue("2020:01:02 03:04:05"));
  EXPECT_EQ(Find(out, "TimeReference"), FieldValue(std::int64_t{4'294'967'301}));
  EXPECT_EQ(Find(out, "CodingHistory"), FieldValue("A=PCM"));
  EXPECT_EQ(out.core.description, "A take");
  EXPECT_EQ(out.core.created, "2020-01-02T03:04:05");
}

TEST(Riff, PackedSoundLastsAsItsFactSays) {
  const auto lasts = [](std::uint16_t format, std::uint32_t samples) {
    return Read(Wave(Chunk("fact", Little(samples, 4)), format)).core.duration;
  };
  EXPECT_EQ(lasts(2, 4000), 0.5);
  EXPECT_EQ(lasts(1, 4000), 0.002) << "bytes of PCM can be counted";
  EXPECT_EQ(lasts(2, 0), 0.002);
  EXPECT_EQ(lasts(2, 0xffffffff), 0.002);
}

TEST(Riff, CutsLongTextsBetweenCharacters) {
  const std::string text = std::string(65535, 'a') + "\xc3\xa9";
  EXPECT_TRUE(Read(Wave(List("INFO", Chunk("INAM", text)))).core.title == std::string(65535, 'a'));
}

TEST(Riff, ReadsSamplerAndLoops) {
  std::string sampler;
  for (const std::uint32_t value : {1U, 2U, 22675U, 60U, 0U, 25U, 0x01020304U, 1U, 0U}) sampler += Little(value, 4);
  const std::string acid =
      Little(3, 4) + Little(57, 2) + Zeros(6) + Little(32, 4) + Little(4, 2) + Little(3, 2) + Little(0x42970000, 4);
  const Extracted out = Read(Wave(Chunk("smpl", sampler + Zeros(24)) + Chunk("acid", acid)));
  EXPECT_EQ(Find(out, "SMPTEFormat"), FieldValue("25 fps"));
  EXPECT_EQ(Find(out, "SMPTEOffset"), FieldValue("01:02:03:04"));
  EXPECT_EQ(Find(out, "SamplerData"), FieldValue("(Binary data 24 bytes)"));
  EXPECT_EQ(Find(out, "AcidizerFlags"), FieldValue("One shot, Root note set"));
  EXPECT_EQ(Find(out, "RootNote"), FieldValue("A"));
  EXPECT_EQ(Find(out, "Meter"), FieldValue("3/4"));
  EXPECT_EQ(Find(out, "Tempo"), FieldValue(75.5));
}

TEST(Riff, ReadsLabelsAndExif) {
  const Extracted out =
      Read(Wave(List("adtl", Chunk("labl", Little(7, 4) + "Verse")) +
                List("exif", Chunk("ever", "0220") + Chunk("eucm", std::string("ASCII\0\0\0Hello", 13)))));
  EXPECT_EQ(Find(out, "CuePointLabel"), FieldValue("7 Verse"));
  EXPECT_EQ(Find(out, "ExifVersion"), FieldValue("0220"));
  EXPECT_EQ(Find(out, "UserComment"), FieldValue("Hello"));
}

TEST(Riff, TellsTimesOfInfo) {
  const Extracted out = Read(Wave(List("INFO", Chunk("ICRD", "2001-02-03") + Chunk("TLEN", "1234") +
                                                   Chunk("STAT", "7 3 3.4 1") + Chunk("TCOD", "36610000000"))));
  EXPECT_EQ(Find(out, "DateCreated"), FieldValue("2001:02:03"));
  EXPECT_EQ(Find(out, "Length"), FieldValue("1.234 s"));
  EXPECT_EQ(Find(out, "Statistics"), FieldValue("7 frames captured; 3 dropped; Data rate 3.4; OK"));
  EXPECT_EQ(Find(out, "StartTimecode"), FieldValue("1:01:01.00"));
  EXPECT_EQ(out.core.created, "2001-02-03");
}

TEST(Riff, ReadsWhatCamerasWriteOfTheTime) {
  for (const auto& [text, wanted] :
       {std::pair{"MON MAR 10 15:04:43 2003\n", "2003:03:10 15:04:43"},
        std::pair{"2003/03/10 15:04", "2003:03:10 15:04:00"}, std::pair{"2003-03-10 15:04:43", "2003:03:10 15:04:43"},
        std::pair{"Mon", "Mon"}, std::pair{"20030", "20030"},
        std::pair{"Mon Foo 10 15:04:43 2003", "Mon Foo 10 15:04:43 2003"}}) {
    const Extracted out = Read(Riff("AVI ", Chunk("IDIT", text)));
    EXPECT_EQ(Find(out, "DateTimeOriginal"), FieldValue(wanted)) << text;
  }
}

TEST(Riff, ReadsTextInJunkAlone) {
  EXPECT_EQ(Find(Read(Riff("AVI ", Chunk("JUNK", "Writer 1.2" + Zeros(6)))), "TextJunk"), FieldValue("Writer 1.2"));
  for (const std::string& junk : {Zeros(8), std::string("a\0b", 3), std::string("\x01\x02")}) {
    for (const auto& field : Read(Riff("AVI ", Chunk("JUNK", junk))).fields) EXPECT_NE(field.name, "TextJunk");
  }
}

TEST(Riff, FindsWhatFollowsMoreThanFourGigabytes) {
  std::string file = Wave("");
  const std::string size = Chunk("ds64", Little(0, 8) + Little(32, 8) + Little(16, 8));
  file = "RF64\xff\xff\xff\xff" + file.substr(8, 4) + size + file.substr(12) + Chunk("bext", Bext());
  file.replace(file.rfind("data") + 4, 4, "\xff\xff\xff\xff");
  const Extracted out = Read(file);
  EXPECT_EQ(Find(out, "DataSize64"), FieldValue("32 bytes"));
  EXPECT_EQ(Find(out, "Originator"), FieldValue("Recorder"));
}

TEST(Riff, NamesEncodings) {
  EXPECT_EQ(Find(Read(Wave("", 0x31)), "Encoding"), FieldValue("Microsoft GSM610"));
  EXPECT_EQ(Find(Read(Wave("", 0xffff)), "Encoding"), FieldValue("Development"));
  EXPECT_EQ(Find(Read(Wave("", 0x1234)), "Encoding"), FieldValue("Unknown (0x1234)"));
}

TEST(Riff, ReadsChunksCutAtEveryByte) {
  const std::string file = Wave(Chunk("bext", Bext()) + List("adtl", Chunk("ltxt", Zeros(20) + "x")) +
                                List("INFO", Chunk("IDIT", "Mon Mar 10 15:04:43 2003")));
  for (std::size_t size = 12; size < file.size(); ++size) EXPECT_TRUE(ExtractFrom(file.substr(0, size))) << size;
}

}  // namespace
}  // namespace cairn
