// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace joulecast {

/// Repetitions of one configuration, per call: an energy each, and a time each or none at all.
struct Repetitions {
  std::vector<double> energies_j;
  std::vector<double> times_s;
};

/// One of them, and when it was: its place among all measurements of its dataset, in their order.
struct PlacedRepetition {
  std::int64_t place = 0;
  double energy_j = 0;  ///< per call
};

/// Standard deviation (of a sample: divided by n - 1) over the mean; 0 of fewer than two.
double Spread(const std::vector<double>& values);

struct Cost {
  double energy_j = 0;
  double time_s = 0;  ///< 0 where none of the repetitions has one
};

/// The mean of repetitions whose energies agree within 10 %, and of fewer than three; of three or
/// more that do not, one was disturbed more often than not, by much: the medians. 0 of nothing.
Cost Typical(const Repetitions& counted);

}  // namespace joulecast
