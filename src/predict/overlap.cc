// SPDX-License-Identifier: Apache-2.0
#include "predict/overlap.h"

#include <algorithm>
#include <cmath>

namespace joulecast {

OverlapFactors FactorsOf(std::span<const Term> terms, std::span<const double> costs, double p) {
  if (p == 1) return {};
  double compute = 0;
  double traffic = 0;
  for (std::size_t i = 0; i < terms.size(); ++i) {
    if (terms[i].overlap == Overlap::kCompute) compute += costs[i];
    if (terms[i].overlap == Overlap::kTraffic) traffic += costs[i];
  }
  if (compute <= 0 || traffic <= 0) return {};
  // Relative to the larger side: powers of small costs would vanish.
  const double larger = std::max(compute, traffic);
  const double both =
      larger * std::pow(std::pow(compute / larger, p) + std::pow(traffic / larger, p), 1 / p);
  return {std::pow(compute / both, p - 1), std::pow(traffic / both, p - 1)};
}

}  // namespace joulecast
