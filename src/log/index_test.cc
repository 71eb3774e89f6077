#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include <deque>
#include <set>

#include "log/index_reader.h"
#include "log/index_writer.h"
#include "log/log_for_test.h"
#include "record/parse.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kPath = "segment.idx";

std::string Record(std::string_view kind, std::string_view name, std::string_view time, std::string_view run = "",
                   std::string_view tenant = "") {
  std::string out = R"({"kind":")" + std::string(kind) + R"(","target":{"namespace":"crm","name":")" +
                    std::string(name) + R"("},"produced_at":")" + std::string(time) + R"(","producer_id":"test")";
  out += R"(,"context":{"run_id":")" + std::string(run) + R"(","tenant":")" + std::string(tenant) + R"("})";
  return out + R"(,"payload":{"a":1}})";
}

constexpr std::string_view kEvent =
    R"({"eventTime":"2026-01-10T05:00:02Z","producer":"https://example.com","schemaURL":"https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent","dataset":{"namespace":"crm","name":"orders","facets":{"schema":{"_producer":"https://example.com","_schemaURL":"https://example.com","fields":[{"name":"id"}]},"ownership":{"_producer":"https://example.com","_schemaURL":"https://example.com","_deleted":true}}}})";

class Index : public testing::Test {
 protected:
  void Add(std::string_view json) {
    const Status status = parser_.Parse(inputs_.emplace_back(json), batch_);
    ASSERT_TRUE(status.ok()) << status << json;
    writer_.Add(batch_.records.back(), offset_);
    offset_ += 100;
  }

  void AddSome() {
    Add(Record("volume", "orders", "2026-01-10T05:00:03Z", "r1"));
    Add(Record("volume", "orders", "2026-01-10T05:00:01Z", "r1"));
    Add(Record("volume", "users", "2026-01-10T05:00:02Z", "r2"));
    Add(kEvent);
    Add(Record("volume", "orders", "2026-01-10T05:00:01Z", "r2", "acme"));
    Add(Record("volume", "orders", "2026-01-10T05:00:01Z"));
  }

  std::string Finish() { return writer_.Finish({offset_, 0x11111111, 0x22222222, {77}}); }

  Result<std::shared_ptr<IndexReader>> Open(const std::string& file) {
    files_.contents[kPath] = file;
    return IndexReader::Open(files_, kPath);
  }

  static std::vector<std::uint32_t> Records(std::span<const std::uint32_t> records) {
    return {records.begin(), records.end()};
  }
  static std::string Key(std::string_view kind, std::string_view name, std::string_view tenant = "") {
    return SeriesKeyBytes(kind, NodeView(tenant, kTypeDataset, "crm", name));
  }

  std::deque<std::string> inputs_;
  RecordParser parser_;
  ParsedBatch batch_;
  IndexWriter writer_{{11}};
  std::uint32_t offset_ = 0;
  GuardedFiles files_;
};

TEST_F(Index, SaysWhatTheSegmentIs) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value()) << index.status();
  const IndexHeader& header = (*index)->header();
  EXPECT_EQ(header.records, 6U);
  EXPECT_EQ(header.first_seq, 11U);
  EXPECT_EQ(header.uncompressed_bytes, 600U);
  EXPECT_EQ(header.first_previous, 0x11111111U);
  EXPECT_EQ(header.last_crc, 0x22222222U);
  EXPECT_EQ(header.last_ingested, 77U);
  EXPECT_EQ(FormatTimestamp({header.produced_min}), "2026-01-10T05:00:01Z");
  EXPECT_EQ(FormatTimestamp({header.produced_max}), "2026-01-10T05:00:03Z");
  EXPECT_TRUE((*index)->Verify().ok());
}

TEST_F(Index, SeriesAreSortedByTimeThenByRecord) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  const auto found = (*index)->FindSeries(Key("volume", "orders"));
  EXPECT_THAT(Records(found.records), ElementsAre(1, 5, 0));
  EXPECT_TRUE(std::is_sorted(found.times.begin(), found.times.end()));
  for (std::size_t i = 0; i < found.records.size(); ++i) EXPECT_EQ(found.facet(i), Fact::kWholeRecord);
  EXPECT_THAT(Records((*index)->FindSeries(Key("volume", "users")).records), ElementsAre(2));
}

TEST_F(Index, EachOfManySeriesIsFoundByEachStep) {
  for (const int count : {1, 2, 3, 50, 3000}) {
    IndexWriter writer({11});
    for (int i = 0; i < count; ++i) {
      ParsedBatch batch;
      const std::string json = Record("volume", "table" + std::to_string(i), "2026-01-10T05:00:03Z");
      ASSERT_TRUE(parser_.Parse(json, batch).ok());
      writer.Add(batch.records.back(), static_cast<std::uint32_t>(i));
    }
    auto index = Open(writer.Finish({100, 1, 2, {77}}));
    ASSERT_TRUE(index.has_value());
    for (int i = -20; i < count + 20; ++i) {
      const std::string key = Key("volume", "table" + std::to_string(i));
      for (int steps = 0; steps < 4; ++steps) {
        IndexReader::SeriesSearch search(**index, KeyHash(key));
        if (steps > 0) search.Nearer();
        if (steps > 1) search.Nearer();
        if (steps > 2) search.Near();
        const auto found = search.Find(key);
        if (i < 0 || i >= count) {
          ASSERT_TRUE(found.records.empty()) << i;
        } else {
          ASSERT_THAT(Records(found.records), ElementsAre(i)) << "after " << steps << " steps";
          ASSERT_EQ((*index)->AllPostings().records[found.first], static_cast<std::uint32_t>(i));
        }
      }
    }
  }
}

TEST_F(Index, TwoTenantsNeverMeet) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  EXPECT_THAT(Records((*index)->FindSeries(Key("volume", "orders", "acme")).records), ElementsAre(4));
  EXPECT_THAT(Records((*index)->FindRun(RunKeyBytes("", "r2"))), ElementsAre(2));
  EXPECT_THAT(Records((*index)->FindRun(RunKeyBytes("acme", "r2"))), ElementsAre(4));
}

TEST_F(Index, RunsKeepTheOrderOfTheLog) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  EXPECT_THAT(Records((*index)->FindRun(RunKeyBytes("", "r1"))), ElementsAre(0, 1));
}

TEST_F(Index, WhatIsNotThereIsNotFound) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  EXPECT_THAT(Records((*index)->FindSeries(Key("volume", "order")).records), IsEmpty());
  EXPECT_THAT(Records((*index)->FindSeries("").records), IsEmpty());
  EXPECT_THAT(Records((*index)->FindRun(RunKeyBytes("", "r3"))), IsEmpty());
  EXPECT_FALSE((*index)->LineOffset(6).has_value());
}

TEST_F(Index, FacetsAreSeriesOfTheirOwn) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  const auto schema = (*index)->FindSeries(Key("schema_snapshot", "orders"));
  ASSERT_THAT(Records(schema.records), ElementsAre(3));
  EXPECT_EQ(schema.facet(0), 0U);
  EXPECT_FALSE(IsDeletion(schema.facet(0)));
  const auto owners = (*index)->FindSeries(Key("ownership", "orders"));
  ASSERT_THAT(Records(owners.records), ElementsAre(3));
  EXPECT_TRUE(IsDeletion(owners.facet(0)));
  EXPECT_EQ(FacetOrdinal(owners.facet(0)), 1U);
  EXPECT_FALSE(IsDeletion(Fact::kWholeRecord));
}

TEST_F(Index, EveryLineHasItsPlace) {
  AddSome();
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  for (std::uint32_t i = 0; i < 6; ++i) EXPECT_EQ((*index)->LineOffset(i), i * 100);
}

TEST_F(Index, EveryFingerprintIsFoundAndHardlyAnyOther) {
  for (int i = 0; i < 1000; ++i) Add(TestRecord(static_cast<std::uint64_t>(i)));
  auto index = Open(Finish());
  ASSERT_TRUE(index.has_value());
  for (std::uint32_t i = 0; i < 1000; ++i) {
    std::vector<std::uint32_t> found;
    (*index)->VisitFingerprint(Fingerprint(batch_.records[i].json),
                               [&](std::uint32_t record) { found.push_back(record); });
    ASSERT_THAT(found, testing::Contains(i));
  }
  std::size_t strangers = 0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    (*index)->VisitFingerprint(XXH3_64bits(&i, sizeof i), [&](std::uint32_t) { ++strangers; });
  }
  EXPECT_LE(strangers, 2U);
}

TEST(IndexKeys, DifferentKeysNeverLookAlike) {
  std::set<std::string> keys;
  for (const NodeView& node :
       {NodeView("t", "dataset", "a", "bc"), NodeView("t", "dataset", "ab", "c"), NodeView("t", "dataset", "abc", ""),
        NodeView("", "tdataset", "ab", "c"), NodeView("t", "dataset", "a", "b", "c")}) {
    keys.insert(SeriesKeyBytes("k", node));
  }
  EXPECT_EQ(keys.size(), 5U);
  EXPECT_NE(RunKeyBytes("a", "bc"), RunKeyBytes("ab", "c"));
}

TEST_F(Index, EqualSegmentsMakeEqualFiles) {
  AddSome();
  const std::string one = Finish();
  writer_ = IndexWriter({11});
  offset_ = 0;
  AddSome();
  EXPECT_TRUE(Finish() == one);
}

TEST_F(Index, IndexHeaderDamaged) {
  AddSome();
  const std::string file = Finish();
  for (std::size_t at = 0; at < sizeof(IndexHeader); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      auto index = Open(changed);
      ASSERT_FALSE(index.has_value()) << at;
      ASSERT_EQ(index.error().code(), StatusCode::kDataLoss) << "byte " << at << ": " << index.error();
    }
  }
}

// A newer version keeps the length of the header and its checksum, so that it is told from damage.
TEST_F(Index, NewerVersion) {
  AddSome();
  std::string file = Finish();
  IndexHeader header{};
  std::memcpy(&header, file.data(), sizeof header);
  header.version = kIndexVersion + 1;
  header.header_hash = XXH3_64bits(&header, offsetof(IndexHeader, header_hash));
  std::memcpy(file.data(), &header, sizeof header);
  auto index = Open(file);
  ASSERT_FALSE(index.has_value());
  EXPECT_EQ(index.error().code(), StatusCode::kFailedPrecondition);
}

TEST_F(Index, CutAtEveryByte) {
  AddSome();
  const std::string file = Finish();
  for (std::size_t bytes = 0; bytes < file.size(); ++bytes) {
    auto index = Open(file.substr(0, bytes));
    ASSERT_FALSE(index.has_value()) << bytes;
    ASSERT_EQ(index.error().code(), StatusCode::kDataLoss) << bytes;
  }
}

// The file ends at a page that may not be touched: whatever a damaged index says, no lookup leaves it.
TEST_F(Index, IndexBodyDamaged) {
  AddSome();
  for (int i = 0; i < 20; ++i) Add(TestRecord(static_cast<std::uint64_t>(i)));
  const std::string file = Finish();
  for (std::size_t at = sizeof(IndexHeader); at < file.size(); ++at) {
    for (const int change : {1, 0x80, 0xFF}) {
      std::string changed = file;
      changed[at] = static_cast<char>(changed[at] ^ change);
      auto index = Open(changed);
      ASSERT_TRUE(index.has_value()) << "the header stands";
      ASSERT_EQ((*index)->Verify().code(), StatusCode::kDataLoss) << at;
      std::uint64_t sum = 0;
      for (const char* name : {"orders", "users", "orders0", "orders1", "orders2", "nothing"}) {
        for (const char* kind : {"volume", "ingestion_volume", "schema_snapshot", "ownership"}) {
          const auto found = (*index)->FindSeries(Key(kind, name));
          ASSERT_EQ(found.times.size(), found.records.size());
          for (std::size_t i = 0; i < found.records.size(); ++i) {
            sum += static_cast<std::uint64_t>(found.times[i]) + found.facet(i);
            if (const auto offset = (*index)->LineOffset(found.records[i])) sum += *offset;
          }
        }
      }
      for (const char* run : {"r0", "r1", "r2"}) {
        for (const std::uint32_t record : (*index)->FindRun(RunKeyBytes("", run))) sum += record;
      }
      for (const ParsedRecord& record : batch_.records) {
        (*index)->VisitFingerprint(Fingerprint(record.json), [&](std::uint32_t found) { sum += found; });
      }
      for (const std::uint64_t print : {std::uint64_t{0}, ~std::uint64_t{0}}) {
        (*index)->VisitFingerprint(print, [&](std::uint32_t found) { sum += found; });
      }
      ASSERT_NE(sum, 0U) << "what is not hit is still found";
    }
  }
}

}  // namespace
}  // namespace cairn
