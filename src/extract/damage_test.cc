// Whatever stands in a file, a reader ends with a result or an error. Run with -DCAIRN_SANITIZE=address,undefined,
// these tests also see reads beyond the end.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "extract/archives_for_test.h"
#include "extract/damage_for_test.h"
#include "extract/documents_for_test.h"
#include "extract/media_for_test.h"
#include "extract/tables_for_test.h"
#include "fixtures.h"

namespace cairn {
namespace {

using damage::Survives;
using damage::SurvivesCuts;
using damage::SurvivesFlippedBytes;

struct Sample {
  std::string name;  ///< Where the bytes leave the type open.
  std::string bytes;

  [[nodiscard]] std::string_view Type() const {
    return FileType(std::string_view(bytes).substr(0, kTypeHeadBytes), name);
  }
};

std::vector<Sample> Samples() {
  return {{"", media::Tiff()},
          {"", media::Jpeg()},
          {"", media::Png()},
          {"", media::Gif()},
          {"", media::Book({{0, "One"}, {1000, "Two"}}, 3000)},
          {"", media::Mp3()},
          {"", media::Flac()},
          {"", media::Opus()},
          {"", media::Wav()},
          {"", media::Webp()},
          {"", media::Matroska()},
          {"", documents::Pdf()},
          {"", documents::Docx()},
          {"", documents::Odt()},
          {"", documents::Epub()},
          {"", documents::ZipOf({{"a/b.txt", "text"}, {"c", std::string(3000, 'c')}}, true)},
          {"a.html", documents::Page()},
          {"a.md", documents::Notes()},
          {"a.csv", tables::Csv()},
          {"a.jsonl", tables::JsonLines()},
          {"", tables::People()},
          {"", tables::Parquet()},
          {"", archives::TarOf({{"a", "content"}, {"l", "a", '2'}})},
          {"", archives::Gzip(archives::TarOf({{"a", "content"}}), "a.tar")},
          {"", archives::SevenZip()},
          {"", archives::StoredSevenZip()},
          {"a.txt", "Gr\u00f6\u00dfe\r\n\ttwo words\n"}};
}

TEST(Damage, CutAtEveryByte) {
  for (const auto& sample : Samples()) SurvivesCuts(sample.Type(), sample.bytes);
}

TEST(Damage, FlippedByte) {
  for (const auto& sample : Samples()) SurvivesFlippedBytes(sample.Type(), sample.bytes);
}

TEST(Damage, ManyBytesAtRandom) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (const auto& sample : Samples()) {
    for (int round = 0; round < 500; ++round) {
      std::string damaged = sample.bytes;
      for (unsigned i = 0; i < 1 + random() % 8; ++i) damaged[random() % damaged.size()] = static_cast<char>(random());
      Survives(sample.Type(), std::move(damaged));
    }
  }
}

TEST(Damage, CrashersOfOtherParsers) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::size_t tried = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures + "/malformed")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    // Each reader gets each file, not only those of its type.
    for (const Extractor* extractor : Extractors()) {
      ExtractContext context;
      context.type = std::string(extractor->types()[0]);
      const auto out = extractor->Extract(MemoryBytes(bytes), context);
      if (out) {
        EXPECT_TRUE(DecodeExtracted(EncodeExtracted(*out))) << entry.path();
      }
      ++tried;
    }
  }
  EXPECT_GT(tried, 1000U);
}

TEST(Damage, RealFilesOfEveryKind) {
  CAIRN_NEED_FIXTURES(fixtures);
  std::size_t read = 0;
  std::size_t failed = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(fixtures + "/files")) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    const auto out = media::ExtractFrom(bytes, entry.path().filename());
    if (out) {
      ++read;
      EXPECT_TRUE(DecodeExtracted(EncodeExtracted(*out))) << entry.path();
    } else if (out.error().code() != StatusCode::kUnimplemented) {
      ++failed;
      EXPECT_EQ(out.error().code(), StatusCode::kInvalidArgument) << entry.path() << ": " << out.error();
    }
  }
  EXPECT_GT(read, 1500U);
  EXPECT_LT(failed, 10U) << "files that are not what their first bytes say";
}

TEST(Damage, AReaderStopsWhenTold) {
  for (const auto& sample : Samples()) {
    ExtractContext context;
    context.type = std::string(sample.Type());
    context.keep_going = [] { return Status(StatusCode::kCancelled, "stop"); };
    const auto out = ExtractorFor(sample.Type())->Extract(MemoryBytes(sample.bytes), context);
    // A reader that is done before it would ask may give its result.
    if (!out) {
      EXPECT_EQ(out.error().code(), StatusCode::kCancelled) << sample.Type();
    }
  }
}

}  // namespace
}  // namespace cairn
