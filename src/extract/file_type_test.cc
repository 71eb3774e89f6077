#include "extract/file_type.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "extract/media_for_test.h"
#include "temp_dir.h"

namespace cairn {
namespace {

TEST(FileType, IsToldByTheFirstBytesWhateverTheName) {
  EXPECT_EQ(FileType(media::Jpeg(), "a.txt"), "image/jpeg");
  EXPECT_EQ(FileType(media::Png(), ""), "image/png");
  EXPECT_EQ(FileType(media::Gif(), ""), "image/gif");
  EXPECT_EQ(FileType(media::Tiff(), ""), "image/tiff");
  EXPECT_EQ(FileType(media::Webp(), ""), "image/webp");
  EXPECT_EQ(FileType(media::Wav(), ""), "audio/x-wav");
  EXPECT_EQ(FileType(media::Flac(), ""), "audio/flac");
  EXPECT_EQ(FileType(media::Opus(), ""), "audio/opus");
  EXPECT_EQ(FileType(media::Mp3(), ""), "audio/mpeg");
  EXPECT_EQ(FileType(media::MpegFrames(), ""), "audio/mpeg");
  EXPECT_EQ(FileType(media::Matroska(), ""), "video/x-matroska");
  EXPECT_EQ(FileType("%PDF-1.7\n", ""), "application/pdf");
  EXPECT_EQ(FileType(std::string_view("SQLite format 3\0", 16), ""), "application/vnd.sqlite3");
}

TEST(FileType, OfFlacIsToldBehindATagOfAnyLength) {
  for (const std::size_t padding : {100U, 4086U, 4090U, 70'000U}) {
    std::string tag = "ID3\x03" + media::Zeros(2);
    for (int shift = 21; shift >= 0; shift -= 7) tag += static_cast<char>(padding >> shift & 0x7fU);
    tag += media::Zeros(padding);
    const auto type = [](std::string bytes) {
      const auto told = FileTypeOf(MemoryBytes(std::move(bytes)), "a.mp3");
      return told ? *told : std::string_view("an error");
    };
    EXPECT_EQ(type(tag + media::Flac()), "audio/flac") << padding;
    EXPECT_EQ(type(tag + media::MpegFrames()), "audio/mpeg") << padding;
    EXPECT_EQ(type(tag), "audio/mpeg") << "where nothing is behind it: " << padding;
    EXPECT_EQ(type(tag.substr(0, tag.size() - 50)), "audio/mpeg") << "where it is cut off: " << padding;
  }
}

TEST(FileType, OfAnInterchangeFileIsItsForm) {
  EXPECT_EQ(FileType(std::string_view("FORM\0\0\0\4AIFF", 12), ""), "audio/x-aiff");
  EXPECT_EQ(FileType(std::string_view("FORM\0\0\0\4ILBM", 12), ""), "application/x-iff");
  EXPECT_EQ(FileType("FORM of a text", "a.txt"), "text/plain");
}

TEST(FileType, OfAnMp4IsItsBrandAndForBooksItsName) {
  EXPECT_EQ(FileType(media::Brands("isom"), "a.mp4"), "video/mp4");
  EXPECT_EQ(FileType(media::Brands("qt  "), "a"), "video/quicktime");
  EXPECT_EQ(FileType(media::Brands("heic"), "a"), "image/heic");
  EXPECT_EQ(FileType(media::Brands("M4A "), "a.m4a"), "audio/mp4");
  EXPECT_EQ(FileType(media::Brands("M4A "), "a.M4B"), "audio/x-m4b");
  EXPECT_EQ(FileType(media::Brands("M4B "), "a"), "audio/x-m4b");
}

TEST(FileType, OfTextIsItsNameThenItsBeginning) {
  EXPECT_EQ(FileType("a,b\n1,2\n", "table.CSV"), "text/csv");
  EXPECT_EQ(FileType("# Title\n", "readme.md"), "text/markdown");
  EXPECT_EQ(FileType("<!DOCTYPE html><p>", "page"), "text/html");
  EXPECT_EQ(FileType("just words", "notes"), "text/plain");
}

TEST(FileType, OfAnArchiveIsWhatItsFirstMemberSays) {
  const auto member = [](const std::string& name, const std::string& content) {
    return "PK\x03\x04" + media::Zeros(14) + media::Little(content.size(), 4) + media::Little(content.size(), 4) +
           media::Little(name.size(), 2) + media::Zeros(2) + name + content;
  };
  EXPECT_EQ(FileType(member("mimetype", "application/epub+zip"), "x.zip"), "application/epub+zip");
  EXPECT_EQ(FileType(member("a.txt", "hello"), "x"), "application/zip");
  EXPECT_EQ(FileType(member("[Content_Types].xml", "...word/document.xml"), "x"),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document");
}

TEST(FileType, OfNothingKnownIsSaid) {
  EXPECT_EQ(FileType("", "a.jpg"), "inode/x-empty");
  EXPECT_EQ(FileType(std::string_view("\x00\x01\x02\x03zz", 6), "a.bin"), kUnknownType);
}

// libmagic looks for a table in the home directory too, in a way that only one thread at a time may.
TEST(SlowFileType, AnyThreadMayAskFirst) {
  TempDir home;
  home.Write(".magic", "0 string CAIRNOWN own\n!:mime text/x-cairn-own\n");
  const char* was = std::getenv("HOME");
  const std::string before = was == nullptr ? "" : was;
  ::setenv("HOME", home.path().c_str(), 1);
  for (int round = 0; round < 10; ++round) {
    std::vector<std::thread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([] { EXPECT_NE(SlowFileType("#!/bin/sh\necho hello\n"), ""); });
    }
    for (std::thread& thread : threads) thread.join();
  }
  ::setenv("HOME", before.c_str(), 1);
}

TEST(SlowFileType, KnowsMore) {
  EXPECT_EQ(SlowFileType("#!/bin/sh\necho hello\n"), "text/x-shellscript");
  EXPECT_EQ(SlowFileType(std::string_view("\x00\x01\x02\x03zz", 6)), kUnknownType);
}

}  // namespace
}  // namespace cairn
