#include "log/line.h"

#include <gtest/gtest.h>

#include <limits>

#include "log/log_for_test.h"

namespace cairn {
namespace {

constexpr Seq kGreatest{std::numeric_limits<std::uint64_t>::max()};

// CRC-32C bit by bit, so that the format does not rest on one implementation.
std::uint32_t SlowCrc32c(std::uint32_t before, std::string_view bytes) {
  std::uint32_t crc = ~before;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

std::string CommitLineOf(Seq first, Seq last, std::uint32_t previous, std::string_view lines) {
  std::string out(lines);
  AppendCommitLine(out, 0, first, last, previous);
  out.erase(0, lines.size());
  out.pop_back();
  return out;
}

TEST(RecordLine, IsWrittenAsTheFormatSays) {
  std::string out = "before";
  AppendRecordLine(out, {7}, kTestTime, R"({"a":1})");
  EXPECT_EQ(out, "before{\"seq\":7,\"ingested_at\":\"2026-01-10T05:00:01.000000000Z\",\"record\":{\"a\":1}}\n");
}

TEST(RecordLine, ReadsBackWhateverTheNumber) {
  for (const Seq seq : {Seq{1}, Seq{9}, Seq{10}, Seq{99}, Seq{100}, Seq{1'000'000}, kGreatest}) {
    std::string out;
    AppendRecordLine(out, seq, kTestTime, R"({"a":"}"})");
    ASSERT_EQ(out.back(), '\n');
    const auto line = ParseRecordLine(std::string_view(out).substr(0, out.size() - 1));
    ASSERT_TRUE(line.has_value()) << out;
    EXPECT_EQ(line->seq, seq);
    EXPECT_EQ(FormatTimestampFixed(line->ingested_at), kTestTime);
    EXPECT_EQ(line->record, R"({"a":"}"})");
    EXPECT_EQ(RecordOffset(seq), static_cast<std::size_t>(line->record.data() - out.data())) << seq.value;
  }
}

TEST(RecordLine, RefusesWhatIsNotWrittenSo) {
  const std::string good = R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})";
  ASSERT_TRUE(ParseRecordLine(good).has_value());
  for (const char* bad : {
           R"()",
           R"({})",
           R"({"seq":,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq":07,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq":-7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq":18446744073709551616,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq": 7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq":7,"ingested_at":"2026-01-10T05:00:01Z","record":{"a":1}})",
           R"({"seq":7,"ingested_at":"2026-13-10T05:00:01.000000000Z","record":{"a":1}})",
           R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","event":{"a":1}})",
           R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":})",
           R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1)",
           R"({"commit":{"first":1,"last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
       }) {
    EXPECT_FALSE(ParseRecordLine(bad).has_value()) << bad;
  }
}

TEST(RecordLine, CutAtEveryByteOfItsFrame) {
  const std::string good = R"({"seq":7,"ingested_at":"2026-01-10T05:00:01.000000000Z","record":{"a":1}})";
  for (std::size_t bytes = 0; bytes <= RecordOffset({7}); ++bytes) {
    EXPECT_FALSE(ParseRecordLine(good.substr(0, bytes)).has_value()) << good.substr(0, bytes);
  }
}

TEST(CommitLine, IsWrittenAsTheFormatSays) {
  const std::string lines = "one\ntwo\n";
  std::string out = "before" + lines;
  const Commit commit = AppendCommitLine(out, 6, {6}, {7}, 0x0badcafe);
  const std::string head = R"({"commit":{"first":6,"last":7,"bytes":8,"previous":"0badcafe")";
  const std::uint32_t crc = SlowCrc32c(0x0badcafe, lines + head);
  char digits[9];
  std::snprintf(digits, sizeof digits, "%08x", crc);
  EXPECT_EQ(out, "before" + lines + head + ",\"crc\":\"" + digits + "\"}}\n");
  EXPECT_EQ(commit.first, Seq{6});
  EXPECT_EQ(commit.last, Seq{7});
  EXPECT_EQ(commit.bytes, 8U);
  EXPECT_EQ(commit.previous, 0x0badcafeU);
  EXPECT_EQ(commit.crc, crc);
}

TEST(CommitLine, ReadsBackWhateverTheNumbers) {
  for (const Seq last : {Seq{1}, Seq{10}, kGreatest}) {
    const std::string line = CommitLineOf({1}, last, 0xFFFFFFFF, "x\n");
    const auto commit = ParseCommitLine(line);
    ASSERT_TRUE(commit.has_value()) << line;
    EXPECT_EQ(commit->first, Seq{1});
    EXPECT_EQ(commit->last, last);
    EXPECT_EQ(commit->bytes, 2U);
    EXPECT_EQ(commit->previous, 0xFFFFFFFFU);
    EXPECT_EQ(CommitCrc("x\n", line, commit->previous), commit->crc);
  }
}

TEST(CommitLine, EveryChangedBitIsNoticed) {
  const std::string lines = "one\ntwo\n";
  const std::string good = CommitLineOf({1}, {2}, 0x12345678, lines);
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string line = good;
      line[at] = static_cast<char>(line[at] ^ (1 << bit));
      const auto commit = ParseCommitLine(line);
      if (!commit) continue;
      EXPECT_TRUE(commit->bytes != lines.size() || CommitCrc(lines, line, commit->previous) != commit->crc) << line;
    }
  }
}

TEST(CommitLine, CutAtEveryByte) {
  const std::string good = CommitLineOf({1}, {2}, 0x12345678, "one\n");
  for (std::size_t bytes = 0; bytes < good.size(); ++bytes) EXPECT_FALSE(ParseCommitLine(good.substr(0, bytes)));
  EXPECT_FALSE(ParseCommitLine(good + "}"));
}

TEST(CommitLine, RefusesWhatIsNotWrittenSo) {
  for (const char* bad : {
           R"({"commit":{"first":0,"last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"first":2,"last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"first":01,"last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"first":1,"last":+1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"first":1,"last":1,"bytes":99999999999999999999,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"first":1,"last":1,"bytes":1,"previous":"0000000","crc":"00000000"}})",
           R"({"commit":{"first":1,"last":1,"bytes":1,"previous":"00000000","crc":"0000000A"}})",
           R"({"commit":{"first":1, "last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
           R"({"commit":{"last":1,"first":1,"bytes":1,"previous":"00000000","crc":"00000000"}})",
       }) {
    EXPECT_FALSE(ParseCommitLine(bad).has_value()) << bad;
  }
}

TEST(CommitLine, TheChecksumChains) {
  const std::string line = CommitLineOf({1}, {1}, 1, "one\n");
  const auto commit = ParseCommitLine(line);
  ASSERT_TRUE(commit.has_value());
  EXPECT_EQ(CommitCrc("one\n", line, 1), commit->crc);
  EXPECT_NE(CommitCrc("one\n", line, 2), commit->crc) << "another batch before it";
  EXPECT_NE(CommitCrc("onE\n", line, 1), commit->crc) << "another batch";
}

TEST(SegmentNames, SortAsTheirNumbersDo) {
  EXPECT_EQ(SegmentName({1}), "00000000000000000001");
  EXPECT_LT(SegmentName({9}), SegmentName({10}));
  EXPECT_EQ(SegmentFirst(SegmentName(kGreatest) + ".jsonl"), kGreatest);
  EXPECT_EQ(SegmentFirst("0000000000000000001.jsonl"), Seq{0}) << "nineteen digits";
  EXPECT_EQ(SegmentFirst("0000000000000000001x.jsonl"), Seq{0});
  EXPECT_EQ(SegmentFirst("99999999999999999999.jsonl"), Seq{0}) << "beyond 64 bits";
  EXPECT_EQ(SegmentFirst(""), Seq{0});
}

}  // namespace
}  // namespace cairn
