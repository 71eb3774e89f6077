#include "query/accumulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <new>

namespace cairn {
namespace {

/// Neumaier's compensated summation ("Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen", 1974)
/// with the rounding error found without a branch (Knuth, TAOCP 2, 4.2.2): the sum of n numbers is as good as one
/// rounded once.
void AddToSum(Accumulator::Sum& sum, double x) {
  const double total = sum.total + x;
  const double taken = total - sum.total;
  sum.carry += (sum.total - (total - taken)) + (x - taken);
  sum.total = total;
}

void AddToSum(Accumulator::Sum& sum, const Value& value) {
  // An integer of more than 53 bits is two doubles.
  constexpr std::int64_t kLow = 0xFFFFFFFF;
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  if (value.type == Value::Type::kInt && value.integer <= kExact && value.integer >= -kExact) {
    AddToSum(sum, static_cast<double>(value.integer));
  } else if (value.type == Value::Type::kInt) {
    AddToSum(sum, static_cast<double>(value.integer & ~kLow));
    AddToSum(sum, static_cast<double>(value.integer & kLow));
  } else if (value.type == Value::Type::kUint) {
    AddToSum(sum, static_cast<double>(value.natural & ~static_cast<std::uint64_t>(kLow)));
    AddToSum(sum, static_cast<double>(value.natural & static_cast<std::uint64_t>(kLow)));
  } else {
    AddToSum(sum, value.real);
  }
}

double Total(const Accumulator::Sum& sum) {
  // Beyond the range of doubles there is no rounding error to speak of.
  return std::isfinite(sum.total) ? sum.total + sum.carry : sum.total;
}

}  // namespace

Result<AccumulatorPlan> AccumulatorPlan::Create(const std::vector<Measure>& measures, PathSet& paths) {
  AccumulatorPlan plan;
  for (const Measure& measure : measures) {
    const bool facts = measure.op == Measure::Op::kCount && measure.path.empty();
    Kind kind;
    if (!facts) {
      auto path = Path::Parse(measure.path);
      if (!path) return path.error().WithContext(fmt::format("measure \"{}\"", measure.path));
      kind.slot = paths.Add(*path);
    }
    switch (measure.op) {
      case Measure::Op::kCount:
        kind.what = facts ? Kind::What::kFacts : Kind::What::kNumbers;
        break;
      case Measure::Op::kSum:
      case Measure::Op::kAvg:
        kind.what = Kind::What::kSum;
        break;
      case Measure::Op::kMin:
      case Measure::Op::kMax:
        kind.what = Kind::What::kExtremes;
        break;
      case Measure::Op::kQuantile:
        if (!(measure.quantile >= 0 && measure.quantile <= 1)) {
          return {StatusCode::kInvalidArgument, fmt::format("quantile {}: must be from 0 to 1", measure.quantile)};
        }
        kind.what = Kind::What::kSketch;
        break;
    }
    const auto same = std::find(plan.kinds_.begin(), plan.kinds_.end(), kind);
    plan.answers_.push_back({measure.op, measure.quantile, static_cast<std::size_t>(same - plan.kinds_.begin())});
    if (same == plan.kinds_.end()) plan.kinds_.push_back(kind);
  }
  return plan;
}

void AccumulatorPlan::Init(Accumulator* group) const {
  for (std::size_t i = 0; i < kinds_.size(); ++i) new (group + i) Accumulator();
}

std::size_t AccumulatorPlan::Add(Accumulator* group, const std::vector<Value>& values, SketchPool& pool) const {
  std::size_t grown = 0;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    const Kind& kind = kinds_[i];
    Accumulator& accumulator = group[i];
    if (kind.what == Kind::What::kFacts) {
      ++accumulator.count;
      continue;
    }
    const Value& value = values[kind.slot];
    if (!value.IsNumber()) continue;
    const bool first = accumulator.count++ == 0;
    if (kind.what == Kind::What::kSum) {
      AddToSum(accumulator.sum, value);
    } else if (kind.what == Kind::What::kExtremes) {
      const double number = value.AsDouble();
      accumulator.extremes.min = first ? number : std::min(accumulator.extremes.min, number);
      accumulator.extremes.max = first ? number : std::max(accumulator.extremes.max, number);
    } else if (kind.what == Kind::What::kSketch) {
      if (first) {
        accumulator.sketch = pool.New();
        grown += sizeof(KllSketch);
      }
      const std::size_t before = accumulator.sketch->MemoryBytes();
      accumulator.sketch->Add(value.AsDouble());
      grown += accumulator.sketch->MemoryBytes() - before;
    }
  }
  return grown;
}

std::ptrdiff_t AccumulatorPlan::Merge(Accumulator* group, const Accumulator* other, SketchPool& pool) const {
  std::ptrdiff_t grown = 0;
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    Accumulator& into = group[i];
    const Accumulator& from = other[i];
    if (from.count == 0) continue;
    const bool first = into.count == 0;
    into.count += from.count;
    switch (kinds_[i].what) {
      case Kind::What::kSum:
        AddToSum(into.sum, from.sum.total);
        into.sum.carry += from.sum.carry;
        break;
      case Kind::What::kExtremes:
        into.extremes.min = first ? from.extremes.min : std::min(into.extremes.min, from.extremes.min);
        into.extremes.max = first ? from.extremes.max : std::max(into.extremes.max, from.extremes.max);
        break;
      case Kind::What::kSketch: {
        if (first) {
          into.sketch = pool.New();
          grown += static_cast<std::ptrdiff_t>(sizeof(KllSketch));
        }
        const std::size_t before = into.sketch->MemoryBytes();
        into.sketch->Merge(*from.sketch);
        grown += static_cast<std::ptrdiff_t>(into.sketch->MemoryBytes()) - static_cast<std::ptrdiff_t>(before);
        break;
      }
      default:
        break;
    }
  }
  return grown;
}

std::vector<std::optional<double>> AccumulatorPlan::Values(const Accumulator* group) const {
  std::vector<std::optional<double>> out;
  out.reserve(answers_.size());
  for (const Answer& answer : answers_) {
    const Accumulator& accumulator = group[answer.at];
    if (answer.op == Measure::Op::kCount) {
      out.emplace_back(static_cast<double>(accumulator.count));
    } else if (accumulator.count == 0) {
      out.emplace_back();
    } else if (answer.op == Measure::Op::kSum) {
      out.emplace_back(Total(accumulator.sum));
    } else if (answer.op == Measure::Op::kAvg) {
      out.emplace_back(Total(accumulator.sum) / static_cast<double>(accumulator.count));
    } else if (answer.op == Measure::Op::kMin) {
      out.emplace_back(accumulator.extremes.min);
    } else if (answer.op == Measure::Op::kMax) {
      out.emplace_back(accumulator.extremes.max);
    } else {
      out.emplace_back(accumulator.sketch->Quantile(answer.quantile));
    }
  }
  return out;
}

void AccumulatorPlan::SerializeTo(const Accumulator* group, std::string& out) const {
  out.append(reinterpret_cast<const char*>(group), kinds_.size() * sizeof(Accumulator));
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    if (kinds_[i].what != Kind::What::kSketch || group[i].count == 0) continue;
    const std::size_t at = out.size();
    out.append(sizeof(std::uint32_t), '\0');
    group[i].sketch->SerializeTo(out);
    const auto size = static_cast<std::uint32_t>(out.size() - at - sizeof(std::uint32_t));
    std::memcpy(out.data() + at, &size, sizeof size);
  }
}

Status AccumulatorPlan::Deserialize(std::string_view bytes, Accumulator* group, SketchPool& pool) const {
  const Status damaged(StatusCode::kDataLoss, "not the bytes of a group");
  const std::size_t fixed = kinds_.size() * sizeof(Accumulator);
  if (bytes.size() < fixed) return damaged;
  if (fixed != 0) std::memcpy(static_cast<void*>(group), bytes.data(), fixed);
  bytes.remove_prefix(fixed);
  for (std::size_t i = 0; i < kinds_.size(); ++i) {
    if (kinds_[i].what != Kind::What::kSketch || group[i].count == 0) continue;
    std::uint32_t size = 0;
    if (bytes.size() < sizeof size) return damaged;
    std::memcpy(&size, bytes.data(), sizeof size);
    bytes.remove_prefix(sizeof size);
    if (bytes.size() < size) return damaged;
    auto sketch = KllSketch::Deserialize(bytes.substr(0, size));
    if (!sketch) return sketch.error();
    group[i].sketch = pool.New(std::move(*sketch));
    bytes.remove_prefix(size);
  }
  return bytes.empty() ? Status::Ok() : damaged;
}

}  // namespace cairn
