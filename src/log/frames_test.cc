#include "log/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zstd.h>

#include "log/log_for_test.h"

namespace cairn {
namespace {

const std::string kPath = "segment.jsonl.zst";

std::uint32_t U32At(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

class Frames : public testing::Test {
 protected:
  Frames() {
    while (log_.bytes.size() < std::size_t{200} << 10) log_.Add(5);
    file_ = *CompressFrames(log_.bytes, {.frame_bytes = 4096, .threads = 1});
  }

  Result<std::shared_ptr<FrameReader>> Open(const std::string& file) {
    files_.contents[kPath] = file;
    return FrameReader::Open(files_, kPath);
  }

  // Reads every frame; those that are damaged are left out and counted.
  std::string ReadAll(const FrameReader& reader, std::size_t* damaged) {
    std::string out;
    *damaged = 0;
    for (std::size_t i = 0; i < reader.frames(); ++i) {
      auto frame = reader.Read(i);
      if (!frame) {
        EXPECT_EQ(frame.error().code(), StatusCode::kDataLoss);
        ++*damaged;
        continue;
      }
      EXPECT_EQ((*frame)->text(), std::string_view(log_.bytes).substr((*frame)->begin, (*frame)->size));
      out += (*frame)->text();
    }
    return out;
  }

  void ExpectWhole(const FrameReader& reader) {
    std::size_t damaged = 0;
    EXPECT_EQ(ReadAll(reader, &damaged), log_.bytes);
    EXPECT_EQ(damaged, 0U);
  }

  std::size_t dictionary_frame_bytes() const { return 8 + U32At(file_, 4); }
  std::size_t seek_table_at() const {
    const std::size_t frames = U32At(file_, file_.size() - 9);
    return file_.size() - 9 - frames * 8 - 8;
  }

  TestLog log_;
  std::string file_;
  GuardedFiles files_;
};

TEST_F(Frames, ReadBackWhateverTheirSize) {
  for (const std::size_t frame_bytes : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{1} << 30}) {
    auto reader = Open(*CompressFrames(log_.bytes, {.frame_bytes = frame_bytes, .threads = 1}));
    ASSERT_TRUE(reader.has_value()) << reader.status();
    EXPECT_EQ((*reader)->uncompressed_bytes(), log_.bytes.size());
    ExpectWhole(**reader);
  }
}

TEST_F(Frames, EachEndsAtTheEndOfALine) {
  auto reader = Open(file_);
  ASSERT_TRUE(reader.has_value());
  ASSERT_GT((*reader)->frames(), 10U);
  for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
    auto frame = (*reader)->Read(i);
    ASSERT_TRUE(frame.has_value());
    EXPECT_EQ((*frame)->text().back(), '\n');
    EXPECT_EQ((*frame)->size, (*reader)->FrameBytes(i));
    if (i + 1 < (*reader)->frames()) {
      EXPECT_GE((*frame)->size, 4096U);
    }
    EXPECT_EQ(std::string_view((*frame)->bytes.get() + (*frame)->size, 64), std::string(64, '\0')) << "padding";
  }
}

TEST_F(Frames, EveryOffsetFindsItsFrame) {
  auto reader = Open(file_);
  ASSERT_TRUE(reader.has_value());
  std::uint32_t begin = 0;
  for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
    const auto end = static_cast<std::uint32_t>(begin + (*reader)->FrameBytes(i));
    for (const std::uint32_t offset : {begin, begin + 1, end - 1}) ASSERT_EQ((*reader)->FrameAt(offset), i) << offset;
    begin = end;
  }
  EXPECT_EQ((*reader)->FrameAt(0xFFFFFFFF), (*reader)->frames() - 1);
}

TEST_F(Frames, ManyThreadsMakeTheSameFile) {
  for (const std::size_t threads : {2, 3, 64})
    EXPECT_TRUE(*CompressFrames(log_.bytes, {.frame_bytes = 4096, .threads = threads}) == file_) << threads;
}

TEST_F(Frames, TooFewLinesToLearnFrom) {
  const TestLog small({1});
  const std::string file = *CompressFrames(small.bytes, {.frame_bytes = 4096, .threads = 2});
  EXPECT_EQ(U32At(file, 4), 24U) << "no dictionary";
  auto reader = Open(file);
  ASSERT_TRUE(reader.has_value()) << reader.status();
  ASSERT_EQ((*reader)->frames(), 1U);
  EXPECT_EQ((*(*reader)->Read(0))->text(), small.bytes);
}

// What docs/format.md promises: any reader of zstd that is given the dictionary reads the file.
TEST_F(Frames, PlainZstdReadsTheFile) {
  const std::string dictionary = file_.substr(32, U32At(file_, 4) - 24);
  ASSERT_FALSE(dictionary.empty());
  std::string out(log_.bytes.size(), '\0');
  ZSTD_DCtx* context = ZSTD_createDCtx();
  const std::size_t bytes = ZSTD_decompress_usingDict(context, out.data(), out.size(), file_.data(), file_.size(),
                                                      dictionary.data(), dictionary.size());
  ZSTD_freeDCtx(context);
  ASSERT_FALSE(ZSTD_isError(bytes)) << ZSTD_getErrorName(bytes);
  EXPECT_EQ(bytes, out.size());
  EXPECT_TRUE(out == log_.bytes);
}

TEST_F(Frames, FirstDictionaryDamaged) {
  const std::size_t size = dictionary_frame_bytes();
  ASSERT_GT(size, 1000U);
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{8}, std::size_t{16}, size / 2, size - 1}) {
    std::string file = file_;
    file[at] ^= 1;
    auto reader = Open(file);
    ASSERT_TRUE(reader.has_value()) << reader.status();
    EXPECT_THAT((*reader)->damage(), testing::HasSubstr("one of the two dictionaries")) << at;
    ExpectWhole(**reader);
  }
}

TEST_F(Frames, SecondDictionaryDamaged) {
  const std::size_t size = dictionary_frame_bytes();
  const std::size_t begin = seek_table_at() - size;
  for (const std::size_t at : {std::size_t{0}, std::size_t{5}, std::size_t{8}, std::size_t{16}, size / 2, size - 1}) {
    std::string file = file_;
    file[begin + at] ^= 1;
    auto reader = Open(file);
    ASSERT_TRUE(reader.has_value()) << reader.status();
    EXPECT_THAT((*reader)->damage(), testing::HasSubstr("one of the two dictionaries")) << at;
    ExpectWhole(**reader);
  }
}

TEST_F(Frames, BothDictionariesDamaged) {
  std::string file = file_;
  file[100] ^= 1;
  file[seek_table_at() - 100] ^= 1;
  auto reader = Open(file);
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code(), StatusCode::kDataLoss);
  EXPECT_NE(reader.error().message().find("dictionary"), std::string::npos);
}

TEST_F(Frames, FlippedByteInFrame) {
  const std::size_t begin = dictionary_frame_bytes();
  const std::size_t end = seek_table_at() - begin;
  for (std::size_t at = begin; at < end; at += 61) {
    SCOPED_TRACE(at);
    std::string file = file_;
    file[at] ^= 16;
    auto reader = Open(file);
    ASSERT_TRUE(reader.has_value()) << reader.status();
    std::size_t damaged = 0;
    const std::string rest = ReadAll(**reader, &damaged);
    // A bit that no decoder looks at may change nothing.
    if (damaged == 0 && rest == log_.bytes) continue;
    ASSERT_EQ(damaged, 1U) << "the frame that holds the byte, and no other";
    ASSERT_EQ((*reader)->damage(), "");
    ASSERT_GE(rest.size() + 5000, log_.bytes.size());
  }
}

// The frames themselves tell where they are.
TEST_F(Frames, SeekTableDamaged) {
  const std::size_t table = seek_table_at();
  for (std::size_t at = table; at < file_.size(); ++at) {
    SCOPED_TRACE(testing::Message() << "byte " << at - table << " of the table");
    std::string file = file_;
    file[at] = static_cast<char>(file[at] ^ (1 << at % 8));
    auto reader = Open(file);
    ASSERT_TRUE(reader.has_value()) << reader.status();
    ASSERT_NE((*reader)->damage(), "");
    ASSERT_EQ((*reader)->uncompressed_bytes(), log_.bytes.size());
    if (at % 5 != 0) continue;
    ExpectWhole(**reader);
  }
}

TEST_F(Frames, SeekTableCutOff) {
  auto reader = Open(file_.substr(0, seek_table_at()));
  ASSERT_TRUE(reader.has_value()) << reader.status();
  EXPECT_NE((*reader)->damage(), "");
  ExpectWhole(**reader);
}

// What is left of the frames is read, and nothing else; the segment's index says that it is not all.
TEST_F(Frames, CutAtEveryByte) {
  const TestLog small({1, 2});
  const std::string file = *CompressFrames(small.bytes, {.frame_bytes = 100, .threads = 1});
  for (std::size_t bytes = 0; bytes < file.size(); ++bytes) {
    auto reader = Open(file.substr(0, bytes));
    if (!reader) {
      ASSERT_EQ(reader.error().code(), StatusCode::kDataLoss) << bytes;
      continue;
    }
    ASSERT_NE((*reader)->damage(), "") << bytes;
    for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
      auto frame = (*reader)->Read(i);
      ASSERT_TRUE(frame.has_value()) << frame.status();
      ASSERT_EQ((*frame)->text(), std::string_view(small.bytes).substr((*frame)->begin, (*frame)->size)) << bytes;
    }
  }
}

TEST_F(Frames, EveryBitOfASmallFileFlipped) {
  const TestLog small({1, 2});
  const std::string file = *CompressFrames(small.bytes, {.frame_bytes = 100, .threads = 1});
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      auto reader = Open(changed);
      if (!reader) continue;
      for (std::size_t i = 0; i < (*reader)->frames(); ++i) {
        auto frame = (*reader)->Read(i);
        if (!frame || (*reader)->uncompressed_bytes() != small.bytes.size()) continue;
        ASSERT_EQ((*frame)->text(), std::string_view(small.bytes).substr((*frame)->begin, (*frame)->size)) << at;
      }
    }
  }
}

TEST_F(Frames, MissingFile) {
  auto reader = FrameReader::Open(files_, "nowhere");
  ASSERT_FALSE(reader.has_value());
  EXPECT_EQ(reader.error().code(), StatusCode::kNotFound);
}

}  // namespace
}  // namespace cairn
