#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cairn/query.h"
#include "cairn/status.h"
#include "query/path_set.h"
#include "query/sketch.h"

namespace cairn {

/// What is kept of one group for one measure, or for several that need the same.
struct Accumulator {
  struct Sum {
    double total = 0;
    double carry = 0;  ///< What rounding took from the total.
  };
  struct Extremes {
    double min;
    double max;
  };

  std::uint64_t count = 0;  ///< Of numbers, or of facts.
  union {
    Sum sum = {};
    Extremes extremes;
    KllSketch* sketch;  ///< In a `SketchPool`; set with the first number.
  };
};

/// Owns the sketches of many groups, which go all at once.
class SketchPool {
 public:
  /// Pools whose sketches are merged in the end have different seeds.
  explicit SketchPool(std::uint64_t seed) : seed_(seed << 40) {}

  KllSketch* New() { return &sketches_.emplace_back(++seed_); }
  KllSketch* New(KllSketch sketch) { return &sketches_.emplace_back(std::move(sketch)); }
  void Clear() { sketches_.clear(); }

 private:
  std::deque<KllSketch> sketches_;
  std::uint64_t seed_;
};

/// The measures of an aggregate, resolved once: which accumulators a group has and how they move.
class AccumulatorPlan {
 public:
  /// Adds the paths of the measures to `paths`.
  /// Returns INVALID_ARGUMENT where a path is missing or cannot be read, or a quantile is not from 0 to 1.
  static Result<AccumulatorPlan> Create(const std::vector<Measure>& measures, PathSet& paths);

  /// Accumulators of a group, to be kept side by side.
  [[nodiscard]] std::size_t size() const { return kinds_.size(); }
  /// Makes `size()` empty ones at `group`.
  void Init(Accumulator* group) const;
  /// Adds a fact's values. Returns by how many bytes sketches grew.
  std::size_t Add(Accumulator* group, const std::vector<Value>& values, SketchPool& pool) const;
  /// Adds what another group holds. Returns by how many bytes sketches grew, or shrank.
  std::ptrdiff_t Merge(Accumulator* group, const Accumulator* other, SketchPool& pool) const;
  /// One value for each measure.
  [[nodiscard]] std::vector<std::optional<double>> Values(const Accumulator* group) const;

  void SerializeTo(const Accumulator* group, std::string& out) const;
  /// Returns DATA_LOSS where the bytes are none of `SerializeTo`'s.
  Status Deserialize(std::string_view bytes, Accumulator* group, SketchPool& pool) const;

 private:
  struct Kind {
    enum class What : std::uint8_t { kFacts, kNumbers, kSum, kExtremes, kSketch };
    What what = What::kFacts;
    std::uint32_t slot = 0;
    friend bool operator==(const Kind&, const Kind&) = default;
  };
  struct Answer {
    Measure::Op op = Measure::Op::kCount;
    double quantile = 0;
    std::size_t at = 0;  ///< The accumulator.
  };

  std::vector<Kind> kinds_;
  std::vector<Answer> answers_;
};

}  // namespace cairn
