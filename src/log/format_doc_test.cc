// docs/format.md is held against the code, so that it cannot rot.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>

#include "log/batch_reader.h"
#include "log/batch_scanner.h"
#include "log/control.h"
#include "log/index_format.h"
#include "log/log_for_test.h"
#include "record/parse.h"
#include "temp_dir.h"

namespace cairn {
namespace {

std::string Document() { return ReadFileBytes(std::string(CAIRN_SOURCE_DIR) + "/docs/format.md"); }

// What stands in the first block of that language.
std::string Block(const std::string& document, const std::string& language) {
  const std::string fence = "```" + language + "\n";
  const std::size_t begin = document.find(fence);
  if (begin == std::string::npos) return {};
  const std::size_t from = begin + fence.size();
  return document.substr(from, document.find("```", from) - from);
}

TEST(FormatDocument, TheExampleIsALog) {
  const std::string example = Block(Document(), "jsonl");
  ASSERT_FALSE(example.empty()) << "no example";
  BatchScanner scanner(example, 0);
  std::vector<std::string> batches;
  while (auto batch = scanner.Next()) {
    ASSERT_FALSE(batch->damaged) << batch->what;
    batches.push_back(
        fmt::format("{}-{} {:08x}", batch->commit.first.value, batch->commit.last.value, batch->commit.crc));
  }
  EXPECT_TRUE(scanner.rest().empty());
  EXPECT_EQ(batches, (std::vector<std::string>{"1-2 32900e44", "3-3 bd58df11"}));
  Visits visits;
  LogTail tail;
  ReadBatches(nullptr, example, {{3}, {3}}, &tail, visits.Visitor());
  EXPECT_EQ(visits.seen, (std::vector<std::string>{"1-2", "3-3"})) << "and a chain";
}

TEST(FormatDocument, TheExampleIsWhatTheWriterWrites) {
  const std::string example = Block(Document(), "jsonl");
  LogTail tail;
  std::string written;
  std::uint32_t previous = 0;
  ReadBatches(nullptr, example, {{3}, {3}}, &tail, [&](const LogBatch& batch) {
    const std::size_t begin = written.size();
    ForEachLine(batch, [&](std::string_view text, std::uint64_t) {
      const auto line = ParseRecordLine(text);
      ASSERT_TRUE(line.has_value()) << text;
      ParsedBatch parsed;
      ASSERT_TRUE(RecordParser().Parse(line->record, parsed).ok()) << text;
      EXPECT_EQ(parsed.records.front().json, line->record) << "minified";
      AppendRecordLine(written, line->seq, FormatTimestampFixed(line->ingested_at), line->record);
    });
    previous = AppendCommitLine(written, begin, batch.first, batch.last, previous).crc;
  });
  EXPECT_EQ(written, example);
}

TEST(FormatDocument, WhatItSaysOfADamagedCommitLine) {
  std::string example = Block(Document(), "jsonl");
  const std::size_t newline = example.find('\n', example.find(kCommitPrefix));
  example[newline] ^= 1;
  Visits visits;
  LogTail tail;
  ReadBatches(nullptr, example, {{3}, {3}}, &tail, visits.Visitor());
  EXPECT_EQ(visits.seen, (std::vector<std::string>{"damaged 1-2: a commit line is damaged", "3-3"}));
}

TEST(FormatDocument, TheExampleOfThePage) {
  const TempDir temp;
  const std::string path = temp.Sub("LOCK");
  (*ControlFile::Open(*FileSystem::Default(), path, false))->Publish({3}, {1});
  std::string page = ReadFileBytes(path);
  page.replace(32, 8, "\x10\x32\x54\x76\x98\xba\xdc\xfe");  // On a machine of that boot id.
  std::string hex;
  std::size_t at = 0;
  for (const char c : page) {
    hex += fmt::format("{:02x}{}", static_cast<unsigned char>(c), at % 16 == 15 ? "\n" : at % 8 == 7 ? "  " : " ");
    ++at;
  }
  EXPECT_EQ(Block(Document(), "hex"), hex);
}

TEST(FormatDocument, TheTableOfTheIndexHeader) {
  const std::string document = Document();
  std::size_t end = 0;
  const auto expect = [&](const char* name, std::size_t offset, std::size_t bytes) {
    EXPECT_EQ(offset, end) << name << " leaves a hole";
    end = offset + bytes;
    const std::string row = fmt::format("| {} | {} | `{}` |", offset, bytes, name);
    EXPECT_NE(document.find(row), std::string::npos) << row;
  };
#define CAIRN_EXPECT_FIELD(name) expect(#name, offsetof(IndexHeader, name), sizeof(IndexHeader::name))
  CAIRN_EXPECT_FIELD(magic);
  CAIRN_EXPECT_FIELD(version);
  CAIRN_EXPECT_FIELD(records);
  CAIRN_EXPECT_FIELD(first_seq);
  CAIRN_EXPECT_FIELD(produced_min);
  CAIRN_EXPECT_FIELD(produced_max);
  CAIRN_EXPECT_FIELD(last_ingested);
  CAIRN_EXPECT_FIELD(last_crc);
  CAIRN_EXPECT_FIELD(first_previous);
  CAIRN_EXPECT_FIELD(uncompressed_bytes);
  CAIRN_EXPECT_FIELD(series);
  CAIRN_EXPECT_FIELD(runs);
  CAIRN_EXPECT_FIELD(postings);
  CAIRN_EXPECT_FIELD(run_postings);
  CAIRN_EXPECT_FIELD(buckets);
  CAIRN_EXPECT_FIELD(has_facets);
  CAIRN_EXPECT_FIELD(strings);
  CAIRN_EXPECT_FIELD(lines_at);
  CAIRN_EXPECT_FIELD(series_at);
  CAIRN_EXPECT_FIELD(times_at);
  CAIRN_EXPECT_FIELD(posting_records_at);
  CAIRN_EXPECT_FIELD(posting_facets_at);
  CAIRN_EXPECT_FIELD(runs_at);
  CAIRN_EXPECT_FIELD(run_records_at);
  CAIRN_EXPECT_FIELD(buckets_at);
  CAIRN_EXPECT_FIELD(prints_at);
  CAIRN_EXPECT_FIELD(strings_at);
  CAIRN_EXPECT_FIELD(file_bytes);
  CAIRN_EXPECT_FIELD(body_hash);
  CAIRN_EXPECT_FIELD(header_hash);
#undef CAIRN_EXPECT_FIELD
  EXPECT_EQ(end, sizeof(IndexHeader));
  EXPECT_NE(document.find(fmt::format("The header is {} bytes", end)), std::string::npos);
  EXPECT_EQ(sizeof(IndexSeries), 24U) << "u64, then four u32";
  EXPECT_EQ(sizeof(IndexPrint), 8U) << "two u32";
}

}  // namespace
}  // namespace cairn
