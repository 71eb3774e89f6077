#include "query/spill.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>

namespace cairn {
namespace {

/// A folder that is empty at the beginning and removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = testing::TempDir() + "cairn-spill-test-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(Spill, RunsComeBackMergedByKey) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  TemporaryFolder folder;
  auto file = SpillFile::Create(folder.path());
  ASSERT_TRUE(file) << file.error();
  std::vector<SpillRun> runs;
  std::multimap<std::string, std::string> all;
  for (int run = 0; run < 20; ++run) {
    std::map<std::string, std::string> entries;
    for (auto n = random() % 500; n != 0; --n) {
      // Now and then one that is longer than any buffer.
      entries[std::to_string(random() % 1000)] = std::string(random() % 100 == 0 ? 200'000 : random() % 30, 'a' + run);
    }
    SpillRunWriter writer(*file);
    for (const auto& [key, body] : entries) ASSERT_TRUE(writer.Add(key, body).ok());
    all.insert(entries.begin(), entries.end());
    auto finished = writer.Finish();
    ASSERT_TRUE(finished);
    runs.push_back(*finished);
  }
  std::multimap<std::string, std::string> read;
  std::string last;
  const Status merged = MergeRuns(runs, [&](std::string_view key, std::string_view body) {
    EXPECT_GE(key, last);
    last = key;
    read.emplace(key, body);
    return Status::Ok();
  });
  ASSERT_TRUE(merged.ok()) << merged;
  const auto sorted = [](const auto& map) {
    std::vector<std::pair<std::string, std::string>> out(map.begin(), map.end());
    std::sort(out.begin(), out.end());
    return out;
  };
  EXPECT_EQ(sorted(read), sorted(all));
}

TEST(Spill, LeavesNothingInTheFolderEvenWhileItIsUsed) {
  TemporaryFolder folder;
  auto file = SpillFile::Create(folder.path());
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->Append(std::string(1'000'000, 'x')).ok());
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(Spill, AMissingFolderIsUnavailable) {
  const auto file = SpillFile::Create("/nonexistent/folder");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code(), StatusCode::kUnavailable);
  EXPECT_NE(file.error().message().find("/nonexistent/folder"), std::string::npos);
}

TEST(Spill, ARunThatIsCutIsNoShorterRun) {
  auto file = SpillFile::Create("");
  ASSERT_TRUE(file);
  SpillRunWriter writer(*file);
  ASSERT_TRUE(writer.Add("key", "body").ok());
  ASSERT_TRUE(writer.Add("later", "body").ok());
  const auto run = writer.Finish();
  ASSERT_TRUE(run);
  for (std::uint64_t end = 1; end < run->end; ++end) {
    if (end == sizeof(std::uint32_t) * 2 + 7) continue;  // The end of the first entry.
    const auto status = MergeRuns({{run->file, 0, end}}, [](auto, auto) { return Status::Ok(); });
    EXPECT_EQ(status.code(), StatusCode::kDataLoss) << end;
  }
}

TEST(Spill, AnErrorOfTheVisitorStopsTheMerge) {
  auto file = SpillFile::Create("");
  ASSERT_TRUE(file);
  SpillRunWriter writer(*file);
  ASSERT_TRUE(writer.Add("a", "1").ok());
  ASSERT_TRUE(writer.Add("b", "2").ok());
  const auto run = writer.Finish();
  int visits = 0;
  const auto status = MergeRuns({*run}, [&](auto, auto) {
    ++visits;
    return Status(StatusCode::kCancelled, "enough");
  });
  EXPECT_EQ(status.code(), StatusCode::kCancelled);
  EXPECT_EQ(visits, 1);
}

}  // namespace
}  // namespace cairn
