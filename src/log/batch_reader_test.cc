#include "log/batch_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "log/log_for_test.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

constexpr Seq kNoBound{~std::uint64_t{0}};

struct Read {
  std::vector<std::string> seen;
  std::string lines;
  LogTail tail;
};

Read ReadWith(std::string_view bytes, const ReadBounds& bounds, const LogTail& tail = {}) {
  Read out{{}, {}, tail};
  Visits visits;
  ReadBatches(nullptr, bytes, bounds, &out.tail, visits.Visitor());
  out.seen = std::move(visits.seen);
  out.lines = std::move(visits.lines);
  return out;
}

TEST(BatchReader, GivesEveryBatchAndWhereTheLogEnds) {
  const TestLog log({2, 1, 3});
  const Read read = ReadWith(log.bytes, {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "3-3", "4-6"));
  EXPECT_EQ(read.tail.last, Seq{6});
  EXPECT_EQ(read.tail.crc, log.crc);
  EXPECT_TRUE(read.tail.crc_known);
  EXPECT_EQ(read.tail.offset, log.bytes.size());
  EXPECT_EQ(FormatTimestampFixed(read.tail.ingested_at), kTestTime);
}

TEST(BatchReader, GoesOnFromTheTailItWasGiven) {
  TestLog log({2, 1});
  const LogTail tail = ReadWith(log.bytes, {kNoBound, {0}}).tail;
  log.Add(2);
  const Read read = ReadWith(log.bytes, {kNoBound, log.last()}, tail);
  EXPECT_THAT(read.seen, ElementsAre("4-5"));
  EXPECT_EQ(read.tail.offset, log.bytes.size());
}

TEST(BatchReader, StopsAtWhatIsPublished) {
  const TestLog log({2, 1, 3});
  const Read read = ReadWith(log.bytes, {{3}, {3}});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "3-3"));
  EXPECT_EQ(read.tail.offset, log.batches[1].end);
}

// Behind it another process may be writing, or cutting what it could not write to its end.
TEST(BatchReader, DoesNotTouchWhatStandsBehindThePublished) {
  const TestLog log({2, 1});
  const GuardedBytes bytes(log.bytes + std::string((8 - log.bytes.size() % 8) % 8, '\n'));
  const Read read = ReadWith({bytes.data(), bytes.size() + 4096}, {log.last(), log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "3-3"));
}

TEST(BatchReader, TornTail) {
  const TestLog log({2, 1, 2});
  for (std::size_t cut = 0; cut <= log.bytes.size(); ++cut) {
    std::size_t whole = 0;
    while (whole < log.batches.size() && log.batches[whole].end <= cut) ++whole;
    const Seq last = whole == 0 ? Seq{0} : log.batches[whole - 1].written.last;
    const Read read = ReadWith(std::string_view(log.bytes).substr(0, cut), {kNoBound, last});
    ASSERT_EQ(read.seen.size(), whole) << cut;
    ASSERT_EQ(read.tail.last, last) << cut;
    ASSERT_EQ(read.tail.offset, whole == 0 ? 0 : log.batches[whole - 1].end) << cut;
    ASSERT_TRUE(read.tail.crc_known) << cut;
  }
}

// The same bytes, when the log is known to have reached further: what is missing is told.
TEST(BatchReader, TornTailOfWhatWasPublished) {
  const TestLog log({2, 1, 2});
  for (std::size_t cut = 0; cut < log.bytes.size(); ++cut) {
    std::size_t whole = 0;
    while (log.batches[whole].end <= cut) ++whole;
    const Read read = ReadWith(std::string_view(log.bytes).substr(0, cut), {kNoBound, log.last()});
    ASSERT_EQ(read.seen.size(), whole + 1) << cut;
    const Seq first = log.batches[whole].written.first;
    ASSERT_EQ(read.seen.back(), "damaged " + std::to_string(first.value) + "-5: records are missing") << cut;
    ASSERT_EQ(read.tail.last, log.last()) << "their numbers are not given again";
    ASSERT_FALSE(read.tail.crc_known);
  }
}

TEST(BatchReader, EveryFlippedByteCostsItsBatchOnly) {
  const TestLog log({2, 1, 3, 1});
  for (std::size_t at = 0; at < log.bytes.size(); ++at) {
    SCOPED_TRACE(at);
    std::string bytes = log.bytes;
    bytes[at] ^= 1;
    const std::size_t hit = log.BatchAt(at);
    const Read read = ReadWith(bytes, {kNoBound, log.last()});
    ASSERT_EQ(read.seen.size(), log.batches.size());
    std::string lines;
    for (std::size_t i = 0; i < log.batches.size(); ++i) {
      const Commit& commit = log.batches[i].written;
      const std::string range = std::to_string(commit.first.value) + "-" + std::to_string(commit.last.value);
      if (i == hit) {
        ASSERT_THAT(read.seen[i], StartsWith("damaged " + range + ": "));
      } else {
        ASSERT_EQ(read.seen[i], range);
        lines += log.Lines(i);
      }
    }
    ASSERT_EQ(read.lines, lines);
    ASSERT_EQ(read.tail.last, log.last());
    ASSERT_EQ(read.tail.crc_known, hit + 1 != log.batches.size()) << "the chain goes on behind the next good batch";
  }
}

TEST(BatchReader, AnUnpublishedBatchThatIsDamagedIsTorn) {
  const TestLog log({2, 1});
  for (std::size_t at = log.batches[1].begin; at < log.bytes.size(); ++at) {
    std::string bytes = log.bytes;
    bytes[at] ^= 1;
    const Read read = ReadWith(bytes, {kNoBound, {2}});
    ASSERT_THAT(read.seen, ElementsAre("1-2")) << at;
    ASSERT_EQ(read.tail.last, Seq{2});
    ASSERT_EQ(read.tail.offset, log.batches[1].begin) << "the next writer cuts here";
  }
}

TEST(BatchReader, TwoDamagedBatchesInARow) {
  const TestLog log({2, 1, 3, 1});
  std::string bytes = log.bytes;
  bytes[log.batches[1].begin + 9] ^= 1;
  bytes[log.batches[2].begin + 9] ^= 1;
  const Read read = ReadWith(bytes, {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "damaged 3-3: the checksum does not match",
                                     "damaged 4-6: the checksum does not match", "7-7"));
}

TEST(BatchReader, GapInTheMiddle) {
  const TestLog log({2, 1, 3});
  std::string bytes = log.bytes;
  bytes.erase(log.batches[1].begin, log.batches[1].end - log.batches[1].begin);
  const Read read = ReadWith(bytes, {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "damaged 3-3: records are missing", "4-6"));
  EXPECT_EQ(read.tail.last, Seq{6});
}

TEST(BatchReader, GapAtTheBegin) {
  const TestLog log({2, 1});
  const Read read = ReadWith(std::string_view(log.bytes).substr(log.batches[0].end), {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("damaged 1-2: records are missing", "3-3"));
}

TEST(BatchReader, MissingSegment) {
  const TestLog log({2, 1, 3});
  LogTail tail;  // What stood in the segment before ended at 2; the one that held 3 is gone.
  tail = ReadWith(std::string_view(log.bytes).substr(0, log.batches[0].end), {{2}, {2}}).tail;
  tail.offset = 0;
  const Read read = ReadWith(std::string_view(log.bytes).substr(log.batches[2].begin), {kNoBound, log.last()}, tail);
  EXPECT_THAT(read.seen, ElementsAre("damaged 3-3: records are missing", "4-6"));
}

TEST(BatchReader, SequenceGoesBack) {
  const TestLog log({2, 1, 3});
  std::string bytes = log.bytes;
  bytes.insert(log.batches[2].begin, log.bytes.substr(0, log.batches[0].end));
  const Read read = ReadWith(bytes, {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "3-3", "damaged 4-3: it repeats the sequence numbers 1 to 2", "4-6"));
  EXPECT_EQ(read.lines, std::string(log.Lines(0)) + std::string(log.Lines(1)) + std::string(log.Lines(2)))
      << "no record comes twice";
}

TEST(BatchReader, SequenceGoesBackAtTheEnd) {
  const TestLog log({2, 1});
  const std::string bytes = log.bytes + log.bytes.substr(0, log.batches[0].end);
  const Read read = ReadWith(bytes, {kNoBound, log.last()});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "3-3"));
  EXPECT_EQ(read.tail.offset, log.bytes.size()) << "the next writer cuts it";
}

// Every batch is whole, but the second is another log's.
TEST(BatchReader, BrokenChain) {
  const TestLog log({2});
  TestLog other;
  other.next = {3};
  other.crc = log.crc ^ 1;
  other.Add(1);
  const Read read = ReadWith(log.bytes + other.bytes, {kNoBound, {3}});
  EXPECT_THAT(read.seen, ElementsAre("1-2", "damaged 3-2: the chain of checksums is broken before it", "3-3"));
}

TEST(BatchReader, ZeroedPage) {
  TestLog log;
  while (log.bytes.size() < 3 * 4096) log.Add(3);
  std::string bytes = log.bytes;
  std::fill_n(bytes.begin() + 4096, 4096, '\0');
  const Seq first = log.batches[log.BatchAt(4096)].written.first;
  const Seq last = log.batches[log.BatchAt(2 * 4096 - 1)].written.last;
  const Read read = ReadWith(bytes, {kNoBound, log.last()});
  const std::string range = std::to_string(first.value) + "-" + std::to_string(last.value);
  EXPECT_THAT(read.seen, testing::Contains(StartsWith("damaged " + range + ": ")));
  EXPECT_EQ(std::count_if(read.seen.begin(), read.seen.end(), [](const auto& one) { return one[0] == 'd'; }), 1);
  EXPECT_EQ(read.tail.last, log.last());
}

TEST(BatchReader, NothingBehindTheTail) {
  const TestLog log({1});
  LogTail tail = ReadWith(log.bytes, {kNoBound, {1}}).tail;
  EXPECT_THAT(ReadWith(log.bytes, {kNoBound, {1}}, tail).seen, IsEmpty());
  tail.offset += 10;  // The file became shorter than it was.
  EXPECT_THAT(ReadWith(log.bytes, {kNoBound, {1}}, tail).seen, IsEmpty());
}

TEST(BatchReader, TheTimeOfIngestionNeverGoesBack) {
  std::string bytes;
  AppendRecordLine(bytes, {1}, kTestTime, "{}");
  const Commit first = AppendCommitLine(bytes, 0, {1}, {1}, 0);
  const std::size_t begin = bytes.size();
  AppendRecordLine(bytes, {2}, "2020-01-01T00:00:00.000000000Z", "{}");
  AppendCommitLine(bytes, begin, {2}, {2}, first.crc);
  const Read read = ReadWith(bytes, {kNoBound, {2}});
  EXPECT_THAT(read.seen, ElementsAre("1-1", "2-2"));
  EXPECT_EQ(FormatTimestampFixed(read.tail.ingested_at), kTestTime);
}

TEST(ForEachLine, GivesLinesAndWhereTheyStand) {
  LogBatch batch;
  batch.offset = 100;
  batch.lines = "one\nthree\n";
  std::vector<std::string> seen;
  ForEachLine(batch, [&](std::string_view line, std::uint64_t offset) {
    seen.push_back(std::to_string(offset) + " " + std::string(line));
  });
  EXPECT_THAT(seen, ElementsAre("100 one", "104 three"));
}

}  // namespace
}  // namespace cairn
