#include "service/ingest.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "service/fake_repository.h"
#include "temp_dir.h"

namespace cairn {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Takes what begins with `{"ok"`, once.
class Taker : public FakeRepository {
 public:
  std::vector<Result<Stored>> BulkStore(std::span<const std::string_view> jsons) override {
    const std::lock_guard lock(mutex_);
    std::vector<Result<Stored>> out;
    for (const std::string_view json : jsons) {
      if (full_after != 0 && taken.size() >= full_after) {
        out.emplace_back(StatusCode::kResourceExhausted, "the disk is full");
      } else if (!json.starts_with("{\"ok\"")) {
        out.emplace_back(StatusCode::kInvalidArgument, "not ok");
      } else {
        const auto [found, fresh] = seqs_.try_emplace(std::string(json), Seq{seqs_.size() + 1});
        if (fresh) taken.emplace_back(json);
        out.emplace_back(Stored{found->second, !fresh});
      }
    }
    ++batches;
    return out;
  }

  std::vector<std::string> taken;
  std::size_t batches = 0;
  std::size_t full_after = 0;

 private:
  std::mutex mutex_;
  std::map<std::string, Seq> seqs_;
};

class IngestTest : public testing::Test {
 protected:
  IngestReport Run(const std::vector<std::string>& paths, std::size_t threads = 1) {
    auto inputs = ListInputs(paths);
    EXPECT_TRUE(inputs) << inputs.error();
    IngestOptions options;
    options.threads = threads;
    options.rejects_path = dir_.path() + "/rejects.jsonl";
    options.stop = &stop_;
    return Ingest(store_, std::move(*inputs), options);
  }
  std::string Rejects() const {
    std::stringstream text;
    text << std::ifstream(dir_.path() + "/rejects.jsonl").rdbuf();
    return text.str();
  }

  TempDir dir_;
  Taker store_;
  std::atomic<bool> stop_ = false;
};

TEST_F(IngestTest, FilesFoldersAndForms) {
  dir_.Write("in/b.jsonl", "{\"ok\":1}\n{\"ok\":2}\n");
  dir_.Write("in/a.json", "{\"ok\":\n3}\n");
  dir_.Write("in/deep/er/c.ndjson", "[{\"ok\":4},{\"ok\":5}]");
  dir_.Write("in/notes.txt", "nothing of ours");
  const std::string named = dir_.Write("named.txt", "{\"ok\":6}");
  const IngestReport report = Run({dir_.path() + "/in", named});
  EXPECT_THAT(store_.taken,
              ElementsAre("{\"ok\":\n3}", "{\"ok\":1}", "{\"ok\":2}", "{\"ok\":4}", "{\"ok\":5}", "{\"ok\":6}"));
  EXPECT_EQ(report.stored, 6u);
  EXPECT_EQ(report.files, 4u);
  EXPECT_EQ(report.passed_over, 1u);
  EXPECT_EQ(report.refused, 0u);
  EXPECT_EQ(store_.batches, 1u) << "small files share a commit";
  EXPECT_FALSE(std::filesystem::exists(dir_.path() + "/rejects.jsonl"));
}

TEST_F(IngestTest, AStoreAndRejectsInAFolderAreNoInput) {
  dir_.Write("in/metadata/LOCK", "");
  dir_.Write("in/metadata/log/00000000000000000001.jsonl", "{\"ok\":1}\n");
  dir_.Write("in/cairn-rejects-20260110T050000Z.jsonl", "{\"ok\":2}\n");
  dir_.Write("in/a.jsonl", "{\"ok\":3}\n");
  Run({dir_.path() + "/in"});
  EXPECT_THAT(store_.taken, ElementsAre("{\"ok\":3}"));
}

TEST_F(IngestTest, AMissingPathIsTold) {
  EXPECT_EQ(ListInputs({dir_.path() + "/nothing"}).error().code(), StatusCode::kNotFound);
}

TEST_F(IngestTest, EachRefusalIsKeptWithFileLineAndReason) {
  const std::string one = dir_.Write("one.jsonl", "{\"ok\":1}\n{\"bad\":2}\n{\"ok\":3}\n");
  const std::string two = dir_.Write("two.jsonl", "{\"ok\":4}\n\n{\"ok\n");
  const IngestReport report = Run({one, two});
  EXPECT_EQ(report.stored, 3u);
  EXPECT_EQ(report.refused, 2u);
  ASSERT_EQ(report.refusals.size(), 2u);
  EXPECT_EQ(report.refusals[0].file, one);
  EXPECT_EQ(report.refusals[0].line, 2u);
  EXPECT_EQ(report.refusals[0].reason, "not ok");
  EXPECT_EQ(report.refusals[1].file, two);
  EXPECT_EQ(report.refusals[1].line, 3u);
  EXPECT_EQ(Rejects(),
            fmt::format("{{\"file\":\"{}\",\"line\":2,\"reason\":\"not ok\",\"input\":\"{{\\\"bad\\\":2}}\"}}\n"
                        "{{\"file\":\"{}\",\"line\":3,\"reason\":\"{}\",\"input\":\"{{\\\"ok\"}}\n",
                        one, two, report.refusals[1].reason));
}

TEST_F(IngestTest, ABrokenLineInAHundredThousandCostsItself) {
  std::string lines;
  for (int i = 1; i <= 100'000; ++i) lines += i == 77'777 ? "{\"ok\":oh no\n" : fmt::format("{{\"ok\":{}}}\n", i);
  const std::string file = dir_.Write("many.jsonl", lines);
  const IngestReport report = Run({file}, 2);
  EXPECT_EQ(report.stored, 99'999u);
  ASSERT_EQ(report.refused, 1u);
  EXPECT_EQ(report.refusals[0].line, 77'777u);
  EXPECT_EQ(report.bytes, lines.size());
  // Again: nothing new.
  const IngestReport again = Run({file}, 2);
  EXPECT_EQ(again.stored, 0u);
  EXPECT_EQ(again.known, 99'999u);
}

TEST_F(IngestTest, ADocumentLongerThanABatchIsWhole) {
  const std::string big = "{\"ok\":\"" + std::string(5 << 20, 'x') + "\"}";
  const std::string file = dir_.Write("big.jsonl", "{\"ok\":1}\n" + big + "\n{\"ok\":2}\n");
  EXPECT_EQ(Run({file}).stored, 3u);
  EXPECT_TRUE(store_.taken.at(1) == big);
}

TEST_F(IngestTest, AHundredMegabyteLineIsRefusedAndTheRestGoesIn) {
  const std::string file =
      dir_.Write("big.jsonl", "{\"ok\":1}\n{\"ok\":\"" + std::string(100 << 20, 'x') + "\"}\n{\"ok\":2}\n");
  const IngestReport report = Run({file});
  EXPECT_EQ(report.stored, 2u);
  ASSERT_EQ(report.refused, 1u);
  EXPECT_EQ(report.refusals[0].line, 2u);
  EXPECT_THAT(report.refusals[0].reason, HasSubstr("longer than 33554432 bytes"));
  EXPECT_TRUE(Rejects().ends_with("\"truncated\":true}\n"));
  EXPECT_LT(Rejects().size(), 70'000u);
}

TEST_F(IngestTest, BytesThatAreNoTextAreKeptAsBase64) {
  Run({dir_.Write("a.jsonl", "{\"ok\":1}\n{\"x\":\"\xFF\xFE\"}\n")});
  EXPECT_THAT(Rejects(), HasSubstr("\"input_base64\":\"eyJ4Ijoi//4ifQ==\""));
}

TEST_F(IngestTest, RejectsAreAddedToAFileThatStands) {
  dir_.Write("rejects.jsonl", "before\n");
  Run({dir_.Write("a.jsonl", "{\"bad\":1}\n")});
  EXPECT_TRUE(Rejects().starts_with("before\n{\"file\""));
}

TEST_F(IngestTest, RejectsThatCannotBeWrittenAreTold) {
  std::filesystem::create_directory(dir_.path() + "/rejects.jsonl");
  const IngestReport report = Run({dir_.Write("a.jsonl", "{\"bad\":1}\n{\"ok\":1}\n")});
  EXPECT_EQ(report.stored, 1u);
  EXPECT_EQ(report.rejects.code(), StatusCode::kUnavailable);
}

TEST_F(IngestTest, AFileThatEndsTooEarlyIsToldAndWhatCameStands) {
  const std::string file = dir_.Write("a.gz", std::string("\x1F\x8B\x08\x00\x00\x00\x00\x00\x00\x03", 10));
  const IngestReport report = Run({file, dir_.Write("b.jsonl", "{\"ok\":1}")});
  EXPECT_EQ(report.stored, 1u);
  ASSERT_EQ(report.refused, 1u);
  EXPECT_EQ(report.refusals[0].file, file);
  EXPECT_EQ(report.refusals[0].line, 0u);
  EXPECT_THAT(report.refusals[0].reason, HasSubstr("ends too early"));
}

TEST_F(IngestTest, AFullDiskEndsItAndIsNoRefusal) {
  store_.full_after = 1000;
  std::string lines;
  for (int i = 0; i < 400'000; ++i) lines += fmt::format("{{\"ok\":{}}}\n", i);
  const IngestReport report = Run({dir_.Write("a.jsonl", lines)});
  EXPECT_EQ(report.status.code(), StatusCode::kResourceExhausted);
  EXPECT_EQ(report.stored, 1000u);
  EXPECT_EQ(report.refused, 0u);
  EXPECT_LT(store_.batches, 4u);
}

TEST_F(IngestTest, StopEndsItBehindWhatIsUnderWay) {
  stop_ = true;
  const IngestReport report = Run({dir_.Write("a.jsonl", "{\"ok\":1}\n")});
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(report.stored, 0u);
}

}  // namespace
}  // namespace cairn
