#include "base/past.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>

namespace cairn {
namespace {

TEST(Past, KeepsNothingWhereNobodyReads) {
  PastLog<int> log;
  log.Keep(1, 10);
  PastReader<int> reader(log);
  EXPECT_EQ(reader.Find(1), nullptr);
}

TEST(Past, EachReaderSeesTheTableAsItWasWhenItBegan) {
  const std::uint64_t seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937_64 random(seed);
  constexpr std::uint32_t kRows = 20;
  std::map<std::uint32_t, int> table;
  for (std::uint32_t i = 0; i < kRows; ++i) table[i] = 0;
  PastLog<int> log;
  struct Reading {
    std::unique_ptr<PastReader<int>> reader;
    std::map<std::uint32_t, int> began_with;
  };
  std::vector<Reading> readings;
  for (int step = 1; step < 20000; ++step) {
    const std::uint32_t row = static_cast<std::uint32_t>(random() % kRows);
    switch (random() % 20) {
      case 0:
        readings.push_back({std::make_unique<PastReader<int>>(log), table});
        break;
      case 1:
        if (!readings.empty()) readings.erase(readings.begin() + static_cast<int>(random() % readings.size()));
        break;
      default:
        log.Keep(row, table[row]);
        table[row] = step;
    }
    for (Reading& reading : readings) {
      const int* was = reading.reader->Find(row);
      ASSERT_EQ(was == nullptr ? table[row] : *was, reading.began_with[row]) << step;
    }
    if (readings.size() > 5) readings.clear();
  }
}

TEST(Past, AReaderMayOutliveTheTable) {
  auto log = std::make_unique<PastLog<int>>();
  PastReader<int> reader(*log);
  log.reset();
}

}  // namespace
}  // namespace cairn
