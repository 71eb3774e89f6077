#include "query/sketch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

namespace cairn {
namespace {

constexpr std::uint64_t kSeed = 20260110;

/// The largest distance between the rank that was asked for and the ranks of the answer, as a part of all values.
double WorstRankError(const KllSketch& sketch, std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double worst = 0;
  for (int percent = 1; percent < 100; ++percent) {
    const double q = percent / 100.0;
    const double answer = sketch.Quantile(q);
    const auto [low, high] = std::equal_range(values.begin(), values.end(), answer);
    EXPECT_NE(low, high) << "an answer that was never added";
    // Equal values share all the ranks they cover.
    const double first = static_cast<double>(low - values.begin()) / n;
    const double last = static_cast<double>(high - values.begin()) / n;
    worst = std::max({worst, first - q, q - last});
  }
  return worst;
}

struct Distribution {
  const char* name;
  std::function<double(std::mt19937_64&, std::size_t)> draw;
};

std::vector<Distribution> Distributions() {
  return {
      {"ascending", [](auto&, std::size_t i) { return static_cast<double>(i); }},
      {"descending", [](auto&, std::size_t i) { return -static_cast<double>(i); }},
      {"uniform", [](auto& random, std::size_t) { return std::uniform_real_distribution<>(0, 1)(random); }},
      {"normal", [](auto& random, std::size_t) { return std::normal_distribution<>(0, 1)(random); }},
      {"heavy tail", [](auto& random, std::size_t) { return std::lognormal_distribution<>(0, 4)(random); }},
      {"few values", [](auto& random, std::size_t) { return static_cast<double>(random() % 7); }},
      {"zigzag", [](auto&, std::size_t i) { return (i % 2 == 0 ? 1.0 : -1.0) * static_cast<double>(i); }},
  };
}

TEST(KllSketch, RankErrorStaysUnderOnePercentOfAMillion) {
  for (const Distribution& distribution : Distributions()) {
    std::mt19937_64 random(kSeed);
    KllSketch sketch(kSeed);
    std::vector<double> values(1'000'000);
    for (std::size_t i = 0; i < values.size(); ++i) sketch.Add(values[i] = distribution.draw(random, i));
    const double error = WorstRankError(sketch, values);
    RecordProperty(distribution.name, std::to_string(error));
    EXPECT_LE(error, 0.01) << distribution.name << ", seed " << kSeed;
    EXPECT_LT(sketch.MemoryBytes(), 32'000U) << distribution.name;
  }
}

TEST(KllSketch, RankErrorStaysUnderOnePercentAfterMerges) {
  for (const Distribution& distribution : Distributions()) {
    std::mt19937_64 random(kSeed);
    std::vector<double> values(1'000'000);
    KllSketch merged(kSeed);
    // A thousand sketches of very unlike sizes, as groups of many threads and spilled parts are.
    std::size_t i = 0;
    for (std::uint64_t part = 0; i < values.size(); ++part) {
      KllSketch sketch(kSeed + part);
      const std::size_t end = std::min(values.size(), i + 1 + random() % 2000);
      for (; i < end; ++i) sketch.Add(values[i] = distribution.draw(random, i));
      merged.Merge(sketch);
    }
    EXPECT_EQ(merged.count(), values.size());
    EXPECT_LE(WorstRankError(merged, values), 0.01) << distribution.name << ", seed " << kSeed;
  }
}

TEST(KllSketch, NinetyNineSeedsOfAHundredStayUnderOnePercent) {
  int beyond = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    KllSketch sketch(seed);
    std::vector<double> values(100'000);
    std::mt19937_64 random(seed);
    for (double& value : values) sketch.Add(value = std::uniform_real_distribution<>(0, 1)(random));
    if (WorstRankError(sketch, values) > 0.01) ++beyond;
  }
  EXPECT_LE(beyond, 1);
}

TEST(KllSketch, SmallSetsAreExact) {
  KllSketch sketch(kSeed);
  for (int i = 400; i > 0; --i) sketch.Add(i);
  for (int i = 1; i <= 400; ++i) EXPECT_EQ(sketch.Quantile(i / 400.0), i);
  EXPECT_EQ(sketch.Quantile(0), 1);
  EXPECT_EQ(sketch.Quantile(0.0001), 1);
}

TEST(KllSketch, TheEndsStayExact) {
  KllSketch sketch(kSeed);
  for (int i = 0; i < 100'000; ++i) sketch.Add(i == 50'000 ? 1e9 : i == 60'000 ? -1e9 : i);
  EXPECT_EQ(sketch.Quantile(0), -1e9);
  EXPECT_EQ(sketch.Quantile(1), 1e9);
}

TEST(KllSketch, LeavesOutNaN) {
  KllSketch sketch(kSeed);
  sketch.Add(std::numeric_limits<double>::quiet_NaN());
  EXPECT_EQ(sketch.count(), 0U);
  sketch.Add(-std::numeric_limits<double>::infinity());
  EXPECT_EQ(sketch.Quantile(0.5), -std::numeric_limits<double>::infinity());
}

TEST(KllSketch, SameSeedSameSketch) {
  std::string bytes[2];
  for (std::string& out : bytes) {
    KllSketch sketch(kSeed);
    std::mt19937_64 random(kSeed);
    for (int i = 0; i < 50'000; ++i) sketch.Add(static_cast<double>(random()));
    sketch.SerializeTo(out);
  }
  EXPECT_EQ(bytes[0], bytes[1]);
}

TEST(KllSketch, ReadsBackWhatItWroteAndGoesOnAlike) {
  for (const int n : {0, 1, 400, 401, 100'000}) {
    KllSketch sketch(kSeed);
    for (int i = 0; i < n; ++i) sketch.Add(i * 7919 % 104729);
    std::string bytes;
    sketch.SerializeTo(bytes);
    auto read = KllSketch::Deserialize(bytes);
    ASSERT_TRUE(read) << read.error();
    EXPECT_EQ(read->count(), sketch.count());
    for (int i = 0; i < 1000; ++i) {
      sketch.Add(i);
      read->Add(i);
    }
    std::string expected;
    std::string actual;
    sketch.SerializeTo(expected);
    read->SerializeTo(actual);
    EXPECT_EQ(actual, expected);
  }
}

TEST(KllSketch, EveryCutOfItsBytesIsRefused) {
  KllSketch sketch(kSeed);
  for (int i = 0; i < 1000; ++i) sketch.Add(i);
  std::string bytes;
  sketch.SerializeTo(bytes);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = KllSketch::Deserialize(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read) << size;
    EXPECT_EQ(read.error().code(), StatusCode::kDataLoss);
  }
  EXPECT_FALSE(KllSketch::Deserialize(bytes + "x"));
}

}  // namespace
}  // namespace cairn
