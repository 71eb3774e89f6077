#include "measure.h"

namespace cairn::bench {

double Median(std::vector<double>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

Spread SpreadOf(std::vector<double> values) {
  const auto [min, max] = std::minmax_element(values.begin(), values.end());
  Spread spread{0, *min, *max};
  spread.median = Median(values);
  return spread;
}

}  // namespace cairn::bench
