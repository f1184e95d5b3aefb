// SPDX-License-Identifier: Apache-2.0
#include "dataset/repetitions.h"

#include <cmath>

#include "base/statistics.h"

namespace joulecast {
namespace {

/// Spread up to which repetitions tell the same.
constexpr double kAgreement = 0.1;

}  // namespace

double Spread(const std::vector<double>& values) {
  const double mean = Mean(values).value_or(0);
  if (values.size() < 2 || mean == 0) return 0;
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return std::sqrt(squares / static_cast<double>(values.size() - 1)) / mean;
}

Cost Typical(const Repetitions& counted) {
  const bool disagree = counted.energies_j.size() >= 3 && Spread(counted.energies_j) > kAgreement;
  const auto of = [&](const std::vector<double>& values) {
    return (disagree ? Median(values) : Mean(values)).value_or(0);
  };
  return {of(counted.energies_j), of(counted.times_s)};
}

}  // namespace joulecast
