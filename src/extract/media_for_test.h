#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "extract/extractor.h"
#include "extract/file_type.h"

/// Small files of each kind, put together by hand, for tests.
namespace cairn::media {

inline std::string Big(std::uint64_t value, std::size_t bytes) {
  std::string out;
  for (std::size_t i = bytes; i-- > 0;) out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}
inline std::string Little(std::uint64_t value, std::size_t bytes) {
  const std::string big = Big(value, bytes);
  return {big.rbegin(), big.rend()};
}
inline std::string Zeros(std::size_t count) { return std::string(count, '\0'); }

/// A box of MP4: size, type, content.
inline std::string Box(std::string_view type, const std::string& content) {
  return Big(content.size() + 8, 4) + std::string(type) + content;
}
/// A chunk of RIFF.
inline std::string Chunk(const std::string& type, const std::string& content) {
  return type + Little(content.size(), 4) + content + (content.size() % 2 == 1 ? Zeros(1) : "");
}

/// An entry of an image file directory, little-endian, whose value fits into four bytes or is an offset.
inline std::string TiffEntry(std::uint16_t id, std::uint16_t type, std::uint32_t count, std::uint32_t value) {
  return Little(id, 2) + Little(type, 2) + Little(count, 4) + Little(value, 4);
}

/// Width, orientation, maker, exposure time and a position: IFD0, Exif and GPS.
inline std::string Tiff() {
  // Offsets: IFD0 at 8 (5 entries, 66 bytes), Exif at 74 (2 entries, 30), GPS at 104 (4 entries, 54), values from 158.
  std::string out = "II" + Little(42, 2) + Little(8, 4);
  out += Little(5, 2) + TiffEntry(0x100, 3, 1, 640) + TiffEntry(0x10f, 2, 6, 158) + TiffEntry(0x112, 3, 1, 6) +
         TiffEntry(0x8769, 4, 1, 74) + TiffEntry(0x8825, 4, 1, 104) + Little(0, 4);
  out += Little(2, 2) + TiffEntry(0x829a, 5, 1, 164) + TiffEntry(0x9003, 2, 20, 172) + Little(0, 4);
  out += Little(4, 2) + TiffEntry(1, 2, 2, 'S') + TiffEntry(2, 5, 3, 192) + TiffEntry(3, 2, 2, 'E') +
         TiffEntry(4, 5, 3, 216) + Little(0, 4);
  out += std::string("Maker\0", 6) + Little(1, 4) + Little(250, 4) + std::string("2008:10:22 16:28:39\0", 20);
  for (const int part : {54, 59, 30, 10, 30, 0}) out += Little(static_cast<std::uint64_t>(part), 4) + Little(1, 4);
  return out;
}

inline std::string Jpeg() {
  const std::string exif = std::string("Exif\0\0", 6) + Tiff();
  return "\xff\xd8\xff\xe1" + Big(exif.size() + 2, 2) + exif + "\xff\xc0" + Big(11, 2) + "\x08" + Big(48, 2) +
         Big(64, 2) + std::string("\x01\x01\x11\x00", 4) + "\xff\xd9";
}

inline std::string PngChunk(const std::string& type, const std::string& content) {
  return Big(content.size(), 4) + type + content + Zeros(4);
}
inline std::string Png() {
  return "\x89PNG\r\n\x1a\n" + PngChunk("IHDR", Big(3, 4) + Big(2, 4) + std::string("\x08\x02\x00\x00\x00", 5)) +
         PngChunk("gAMA", Big(45455, 4)) + PngChunk("tEXt", std::string("Title\0A picture", 15)) + PngChunk("IEND", "");
}

inline std::string Gif() {
  return "GIF89a" + Little(5, 2) + Little(4, 2) + std::string("\x80\x00\x00", 3) + Zeros(6) +
         "!\xff\x0bNETSCAPE2.0\x03\x01" + Little(0, 2) + Zeros(1) + "!\xf9\x04" + Zeros(1) + Little(150, 2) + Zeros(2) +
         ";";
}

inline std::string MovieHeader(std::uint32_t timescale, std::uint32_t duration) {
  return Box("mvhd", Zeros(12) + Big(timescale, 4) + Big(duration, 4) + Big(0x10000, 4) + Big(0x100, 2) + Zeros(10) +
                         Zeros(36) + Zeros(24) + Big(2, 4));
}
inline std::string Brands(const std::string& brand) { return Box("ftyp", brand + Zeros(4) + "isom"); }

struct TestChapter {
  std::uint32_t start_ms;
  std::string title;
};

/// Nero's list.
inline std::string ChapterList(const std::vector<TestChapter>& chapters) {
  std::string list = Big(0, 4) + Big(chapters.size(), 1);
  for (const auto& chapter : chapters)
    list += Big(chapter.start_ms * 10'000ULL, 8) + Big(chapter.title.size(), 1) + chapter.title;
  return Box("chpl", list);
}

/// QuickTime's: a sound track that points to a text track, whose samples stand at `samples_at`, one after the other.
inline std::string ChapterTracks(const std::vector<TestChapter>& chapters, std::uint32_t end_ms,
                                 std::uint32_t samples_at) {
  const auto handler = [](const std::string& type) { return Box("hdlr", Zeros(8) + type + Zeros(13)); };
  const auto header = [](std::uint32_t id) { return Box("tkhd", Zeros(12) + Big(id, 4) + Zeros(68)); };
  const std::string media_header = Box("mdhd", Zeros(12) + Big(1000, 4) + Big(end_ms, 4) + Zeros(4));
  std::string times = Zeros(4) + Big(chapters.size(), 4);
  std::string sizes = Zeros(8) + Big(chapters.size(), 4);
  for (std::size_t i = 0; i < chapters.size(); ++i) {
    const std::uint32_t next = i + 1 < chapters.size() ? chapters[i + 1].start_ms : end_ms;
    times += Big(1, 4) + Big(next - chapters[i].start_ms, 4);
    sizes += Big(chapters[i].title.size() + 2, 4);
  }
  const std::string table =
      Box("stbl", Box("stts", times) + Box("stsz", sizes) +
                      Box("stsc", Zeros(4) + Big(1, 4) + Big(1, 4) + Big(chapters.size(), 4) + Big(1, 4)) +
                      Box("stco", Zeros(4) + Big(1, 4) + Big(samples_at, 4)));
  return Box("trak", header(1) + Box("tref", Box("chap", Big(2, 4))) + Box("mdia", media_header + handler("soun"))) +
         Box("trak", header(2) + Box("mdia", media_header + handler("text") + Box("minf", table)));
}
inline std::string ChapterSamples(const std::vector<TestChapter>& chapters) {
  std::string out;
  for (const auto& chapter : chapters) out += Big(chapter.title.size(), 2) + chapter.title;
  return out;
}

inline std::string ItunesValue(const std::string& type, std::uint32_t kind, const std::string& value) {
  return Box(type, Box("data", Big(kind, 4) + Zeros(4) + value));
}
inline std::string UserData(const std::string& items) {
  return Box("udta", Box("meta", Zeros(4) + Box("hdlr", Zeros(8) + "mdir" + Zeros(13)) + Box("ilst", items)));
}

/// A book of sound with three chapters in a text track, a title and a cover.
inline std::string Book(const std::vector<TestChapter>& chapters, std::uint32_t end_ms) {
  const std::string samples = ChapterSamples(chapters);
  const std::string front = Brands("M4B ");
  return front + Box("mdat", samples) +
         Box("moov", MovieHeader(1000, end_ms) +
                         ChapterTracks(chapters, end_ms, static_cast<std::uint32_t>(front.size()) + 8) +
                         UserData(ItunesValue("\251nam", 1, "A Book") + ItunesValue("covr", 14, Png())));
}

/// An ID3v2.3 frame.
inline std::string Id3Frame(const std::string& id, const std::string& content) {
  return id + Big(content.size(), 4) + Zeros(2) + content;
}
inline std::string Id3(const std::string& frames) {
  const std::size_t size = frames.size();
  return std::string("ID3\x03\x00\x00", 6) + Big(size >> 21 & 127, 1) + Big(size >> 14 & 127, 1) +
         Big(size >> 7 & 127, 1) + Big(size & 127, 1) + frames;
}
inline std::string Id3Chapter(const std::string& id, const TestChapter& chapter, std::uint32_t end_ms) {
  return Id3Frame("CHAP", id + Zeros(1) + Big(chapter.start_ms, 4) + Big(end_ms, 4) + Big(0xffffffff, 4) +
                              Big(0xffffffff, 4) + Id3Frame("TIT2", Zeros(1) + chapter.title));
}
/// Two frames of MPEG 1 layer 3, 128 kbit/s, 44,100 Hz, mono: 417 bytes each.
inline std::string MpegFrames() { return ("\xff\xfb\x90\xc4" + Zeros(413)) + ("\xff\xfb\x90\xc4" + Zeros(413)); }
inline std::string Mp3() {
  return Id3(Id3Frame("TIT2", Zeros(1) + "A Song") + Id3Chapter("c1", {0, "One"}, 20)) + MpegFrames();
}

inline std::string VorbisComment(const std::vector<std::string>& comments) {
  std::string out = Little(4, 4) + "test" + Little(comments.size(), 4);
  for (const auto& comment : comments) out += Little(comment.size(), 4) + comment;
  return out;
}
inline std::string Flac() {
  const std::string info =
      Big(4096, 2) + Big(4096, 2) + Zeros(6) + Big(44100ULL << 44 | 1ULL << 41 | 15ULL << 36 | 88200, 8) + Zeros(16);
  const std::string comment = VorbisComment({"TITLE=A Song", "artist=Someone"});
  return "fLaC" + Zeros(1) + Big(info.size(), 3) + info + "\x84" + Big(comment.size(), 3) + comment;
}

inline std::string OggPage(std::uint64_t granule, const std::string& packet) {
  return "OggS" + Zeros(2) + Little(granule, 8) + Little(7, 4) + Zeros(8) + "\x01" + Big(packet.size(), 1) + packet;
}
inline std::string Opus() {
  return OggPage(0, "OpusHead\x01\x02" + Little(312, 2) + Little(48000, 4) + Zeros(3)) +
         OggPage(0, "OpusTags" + VorbisComment({"TITLE=A Song", "CHAPTER001=00:00:01.500", "CHAPTER001NAME=One"})) +
         OggPage(96312, "x");
}

inline std::string Wav() {
  const std::string format =
      Little(1, 2) + Little(2, 2) + Little(1000, 4) + Little(4000, 4) + Little(4, 2) + Little(16, 2);
  const std::string content =
      "WAVE" + Chunk("fmt ", format) + Chunk("LIST", "INFO" + Chunk("INAM", "A Sound")) + Chunk("data", Zeros(8000));
  return "RIFF" + Little(content.size(), 4) + content;
}
inline std::string Webp() {
  const std::string content =
      "WEBP" + Chunk("VP8X", "\x08" + Zeros(3) + Little(319, 3) + Little(199, 3)) + Chunk("EXIF", Tiff());
  return "RIFF" + Little(content.size(), 4) + content;
}

/// An element of EBML with a size in one byte or eight.
inline std::string Ebml(std::uint32_t id, const std::string& content) {
  const std::size_t id_bytes = id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1;
  const std::string size = content.size() < 127 ? Big(0x80 | content.size(), 1) : Big(1ULL << 56 | content.size(), 8);
  return Big(id, id_bytes) + size + content;
}
inline std::string Matroska() {
  const std::string info = Ebml(0x1549a966, Ebml(0x2ad7b1, Big(1'000'000, 3)) +
                                                Ebml(0x4489, Big(0x40b3880000000000, 8)) + Ebml(0x7ba9, "A Film"));
  const std::string video = Ebml(0xae, Ebml(0x83, Big(1, 1)) + Ebml(0x86, "V_VP9") +
                                           Ebml(0xe0, Ebml(0xb0, Big(320, 2)) + Ebml(0xba, Big(200, 1))));
  const auto chapter = [](std::uint64_t ns, const std::string& title) {
    return Ebml(0xb6, Ebml(0x91, Big(ns, 8)) + Ebml(0x80, Ebml(0x85, title)));
  };
  const std::string chapters = Ebml(0x1043a770, Ebml(0x45b9, chapter(0, "One") + chapter(2'000'000'000, "Two")));
  return Ebml(0x1a45dfa3, Ebml(0x4282, "matroska")) + Ebml(0x18538067, info + Ebml(0x1654ae6b, video) + chapters);
}

/// What the extractor of its type finds in a file of these bytes.
inline Result<Extracted> ExtractFrom(const std::string& bytes, const std::string& name = "") {
  ExtractContext context;
  context.file_name = name;
  const std::string_view type = FileType(std::string_view(bytes).substr(0, kTypeHeadBytes), name);
  context.type = std::string(type);
  const Extractor* extractor = ExtractorFor(type);
  if (extractor == nullptr) return Status(StatusCode::kUnimplemented, "no extractor for " + std::string(type));
  return extractor->Extract(MemoryBytes(bytes), context);
}

/// What must be readable.
inline Extracted MustExtract(const std::string& bytes) {
  auto out = ExtractFrom(bytes);
  EXPECT_TRUE(out) << out.error();
  return out ? std::move(*out) : Extracted();
}

inline const FieldValue kNone = std::string();
inline FieldValue Text(const std::string& text) { return text; }
inline FieldValue Number(std::int64_t number) { return number; }

/// The first value of a field; `kNone` where there is none.
inline FieldValue Find(const Extracted& from, std::string_view name) {
  for (const auto& field : from.fields) {
    if (field.name == name) return field.value;
  }
  return std::string();
}

}  // namespace cairn::media
