// SPDX-License-Identifier: Apache-2.0
#include "dataset/repetitions.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/statistics.h"

namespace joulecast {
namespace {

/// Spread up to which repetitions were not disturbed.
constexpr double kUndisturbed = 0.03;
/// Fewest of which two can be chosen.
constexpr std::size_t kFewest = 4;
constexpr std::size_t kFastest = 2;

/// Spread up to which repetitions tell the same.
constexpr double kAgreement = 0.1;

}  // namespace

Repetitions Undisturbed(const Repetitions& all) {
  const std::vector<double>& times = all.times_s;
  if (times.size() != all.energies_j.size() || times.size() < kFewest) return all;
  if (Spread(times) <= kUndisturbed) return all;
  std::vector<std::size_t> by_time(times.size());
  std::iota(by_time.begin(), by_time.end(), 0);
  std::partial_sort(by_time.begin(), by_time.begin() + kFastest, by_time.end(),
                    [&](std::size_t a, std::size_t b) { return times[a] < times[b]; });
  Repetitions fastest;
  for (std::size_t i = 0; i < kFastest; ++i) {
    fastest.energies_j.push_back(all.energies_j[by_time[i]]);
    fastest.times_s.push_back(times[by_time[i]]);
  }
  return fastest;
}

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
