#include "log/batch_scanner.h"

#include <gtest/gtest.h>

#include <set>

#include "log/log_for_test.h"

namespace cairn {
namespace {

struct Scan {
  std::vector<BatchScanner::Batch> good;
  std::vector<BatchScanner::Batch> damaged;
  std::string_view rest;
  std::uint64_t rest_offset = 0;
};

Scan ScanAll(std::string_view bytes, std::uint64_t offset = 0) {
  Scan out;
  BatchScanner scanner(bytes, offset);
  while (auto batch = scanner.Next()) (batch->damaged ? out.damaged : out.good).push_back(*batch);
  out.rest = scanner.rest();
  out.rest_offset = scanner.offset();
  return out;
}

// Holds a scan of `bytes`, which were those of `log` before the batches `hit` were damaged, against what it must give:
// every other batch as it was written, the others not at all, and the damage where it is.
void ExpectLostOnly(const TestLog& log, std::string_view bytes, const std::set<std::size_t>& hit) {
  const Scan scan = ScanAll(bytes);
  std::size_t at = 0;
  for (std::size_t i = 0; i < log.batches.size(); ++i) {
    if (hit.contains(i)) continue;
    ASSERT_LT(at, scan.good.size()) << "batch " << i << " is lost";
    const BatchScanner::Batch& batch = scan.good[at++];
    ASSERT_EQ(batch.lines, log.Lines(i)) << "batch " << i;
    ASSERT_EQ(batch.commit.first, log.batches[i].written.first);
    ASSERT_EQ(batch.commit.last, log.batches[i].written.last);
    ASSERT_EQ(batch.offset, log.batches[i].begin);
    ASSERT_EQ(batch.end, log.batches[i].end);
  }
  ASSERT_EQ(at, scan.good.size()) << "a damaged batch was taken";
  for (const std::size_t i : hit) {
    bool told = scan.rest_offset <= log.batches[i].begin && !scan.rest.empty();
    for (const auto& damage : scan.damaged) {
      told = told || (damage.offset <= log.batches[i].begin && damage.end >= log.batches[i].end);
      ASSERT_TRUE(damage.lines.empty());
      ASSERT_FALSE(damage.what.empty());
    }
    ASSERT_TRUE(told) << "nothing is said of batch " << i;
  }
}

TEST(BatchScanner, ReadsEveryBatch) {
  const TestLog log({1, 3, 2});
  const Scan scan = ScanAll(log.bytes);
  ExpectLostOnly(log, log.bytes, {});
  EXPECT_EQ(scan.good.size(), 3U);
  EXPECT_TRUE(scan.damaged.empty());
  EXPECT_TRUE(scan.rest.empty());
  EXPECT_EQ(scan.rest_offset, log.bytes.size());
}

TEST(BatchScanner, OfNothingIsNothing) {
  const Scan scan = ScanAll("");
  EXPECT_TRUE(scan.good.empty() && scan.damaged.empty() && scan.rest.empty());
}

TEST(BatchScanner, CountsFromTheOffsetItWasGiven) {
  const TestLog log({1, 2});
  const std::size_t from = log.batches[1].begin;
  const Scan scan = ScanAll(std::string_view(log.bytes).substr(from), from);
  ASSERT_EQ(scan.good.size(), 1U);
  EXPECT_EQ(scan.good[0].offset, from);
  EXPECT_EQ(scan.good[0].end, log.bytes.size());
}

TEST(BatchScanner, TornTail) {
  const TestLog log({2, 1, 2});
  for (std::size_t cut = 0; cut <= log.bytes.size(); ++cut) {
    SCOPED_TRACE(cut);
    const GuardedBytes bytes(std::string_view(log.bytes).substr(0, cut));
    const Scan scan = ScanAll({bytes.data(), bytes.size()});
    std::size_t whole = 0;
    while (whole < log.batches.size() && log.batches[whole].end <= cut) ++whole;
    ASSERT_EQ(scan.good.size(), whole);
    ASSERT_TRUE(scan.damaged.empty()) << "what is torn is not damaged";
    const std::size_t end = whole == 0 ? 0 : log.batches[whole - 1].end;
    ASSERT_EQ(scan.rest_offset, end);
    ASSERT_EQ(scan.rest.size(), cut - end);
  }
}

TEST(BatchScanner, EveryFlippedBitCostsItsBatchOnly) {
  const TestLog log({2, 1, 3, 1});
  for (std::size_t at = 0; at < log.bytes.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      SCOPED_TRACE(testing::Message() << "bit " << bit << " of byte " << at);
      std::string bytes = log.bytes;
      bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
      ASSERT_NO_FATAL_FAILURE(ExpectLostOnly(log, bytes, {log.BatchAt(at)}));
    }
  }
}

TEST(BatchScanner, EveryPairOfFlippedBytesCostsTheirBatchesOnly) {
  const TestLog log({1, 1, 1});
  for (std::size_t one = 0; one < log.bytes.size(); one += 7) {
    for (std::size_t other = one + 1; other < log.bytes.size(); other += 5) {
      SCOPED_TRACE(testing::Message() << "bytes " << one << " and " << other);
      std::string bytes = log.bytes;
      bytes[one] ^= 1;
      bytes[other] ^= 1;
      ASSERT_NO_FATAL_FAILURE(ExpectLostOnly(log, bytes, {log.BatchAt(one), log.BatchAt(other)}));
    }
  }
}

TEST(BatchScanner, FlippedByteInRecord) {
  const TestLog log({2, 2, 2});
  std::string bytes = log.bytes;
  bytes[log.batches[1].begin + 100] ^= 4;
  ExpectLostOnly(log, bytes, {1});
  const Scan scan = ScanAll(bytes);
  ASSERT_EQ(scan.damaged.size(), 1U);
  EXPECT_EQ(scan.damaged[0].what, "the checksum does not match");
  EXPECT_EQ(scan.damaged[0].commit.first, Seq{3}) << "its commit line still says what it held";
  EXPECT_EQ(scan.damaged[0].commit.last, Seq{4});
}

TEST(BatchScanner, FlippedByteInCommitLine) {
  const TestLog log({2, 2, 2});
  std::string bytes = log.bytes;
  bytes[log.batches[1].commit + 3] ^= 4;
  ExpectLostOnly(log, bytes, {1});
  const Scan scan = ScanAll(bytes);
  ASSERT_EQ(scan.damaged.size(), 1U);
  EXPECT_EQ(scan.damaged[0].what, "a commit line is damaged");
  EXPECT_EQ(scan.damaged[0].offset, log.batches[1].begin);
  EXPECT_EQ(scan.damaged[0].end, log.batches[1].end);
}

TEST(BatchScanner, FlippedNewline) {
  const TestLog log({2, 2, 2});
  for (const std::size_t newline : {log.batches[1].end - 1, log.batches[1].commit - 1}) {
    ASSERT_EQ(log.bytes[newline], '\n');
    std::string bytes = log.bytes;
    bytes[newline] ^= 2;
    ExpectLostOnly(log, bytes, {1});
  }
}

TEST(BatchScanner, ANewlineWhereNoneWas) {
  const TestLog log({2, 2, 2});
  std::string bytes = log.bytes;
  bytes[log.batches[1].commit - 20] = '\n';
  ExpectLostOnly(log, bytes, {1});
}

TEST(BatchScanner, ZeroedPage) {
  constexpr std::size_t kPage = 4096;
  TestLog log;
  while (log.bytes.size() < 5 * kPage) log.Add(7);
  for (std::size_t page = 0; page < 5; ++page) {
    SCOPED_TRACE(page);
    std::string bytes = log.bytes;
    std::fill_n(bytes.begin() + static_cast<long>(page * kPage), kPage, '\0');
    std::set<std::size_t> hit;
    for (std::size_t i = log.BatchAt(page * kPage); i <= log.BatchAt((page + 1) * kPage - 1); ++i) hit.insert(i);
    ExpectLostOnly(log, bytes, hit);
  }
}

TEST(BatchScanner, BytesCutOutOfTheMiddle) {
  const TestLog log({1, 2, 1});
  const std::size_t begin = log.batches[1].begin;
  for (std::size_t count = 1; count < log.batches[1].end - begin; ++count) {
    std::string bytes = log.bytes;
    bytes.erase(begin, count);
    const Scan scan = ScanAll(bytes);
    ASSERT_EQ(scan.good.size(), 2U) << count;
    EXPECT_EQ(scan.good[1].lines, log.Lines(2)) << "the batch behind the hole is found by its own length";
    EXPECT_EQ(scan.damaged.size(), 1U);
  }
}

TEST(BatchScanner, BytesThatBelongToNoBatch) {
  const TestLog log({1, 1});
  for (const char* between : {"x", "\n", "no line of ours\n", "{\"commit\":{}}\n"}) {
    std::string bytes = log.bytes;
    bytes.insert(log.batches[1].begin, between);
    const Scan scan = ScanAll(bytes);
    EXPECT_EQ(scan.good.size(), 2U) << between;
    ASSERT_EQ(scan.damaged.size(), 1U) << between;
    EXPECT_EQ(scan.damaged[0].end - scan.damaged[0].offset, std::string_view(between).size());
  }
}

TEST(BatchScanner, ACommitLineThatClaimsMoreThanStands) {
  const TestLog log({1, 1});
  const std::string bytes = log.bytes.substr(log.batches[0].commit);
  const GuardedBytes guarded(bytes);
  const Scan scan = ScanAll({guarded.data(), guarded.size()});
  ASSERT_EQ(scan.damaged.size(), 1U);
  EXPECT_EQ(scan.damaged[0].what, "the batch is shorter than its commit line says");
  ASSERT_EQ(scan.good.size(), 1U);
  EXPECT_EQ(scan.good[0].lines, log.Lines(1));
}

TEST(BatchScanner, ARecordThatSpeaksOfCommits) {
  std::string bytes;
  AppendRecordLine(bytes, {1}, kTestTime,
                   R"({"commit":{"first":1,"last":1,"bytes":1,"previous":"00000000","crc":"00000000"}})");
  AppendRecordLine(bytes, {2}, kTestTime, R"({"text":"\n{\"commit\":{\"first\":1"})");
  const std::string lines = bytes;
  AppendCommitLine(bytes, 0, {1}, {2}, 0);
  const Scan scan = ScanAll(bytes);
  ASSERT_EQ(scan.good.size(), 1U);
  EXPECT_TRUE(scan.damaged.empty());
  EXPECT_EQ(scan.good[0].lines, lines);
}

}  // namespace
}  // namespace cairn
