// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace joulecast {

/// Arithmetic mean; nullopt of nothing.
std::optional<double> Mean(std::span<const double> values);

/// Population standard deviation (divided by n, as numpy's `std`); nullopt of nothing.
std::optional<double> StandardDeviation(std::span<const double> values);

/// Standard error of the mean, by the sample's variance (divided by n - 1), as a part of the mean;
/// nullopt of fewer than two values or a mean of zero.
std::optional<double> RelativeStandardError(std::span<const double> values);

/// Quantile by linear interpolation between order statistics: position `q (n - 1)` counted from 0
/// (type 7 of Hyndman and Fan, numpy's default). `q` in [0, 1]; nullopt of nothing.
std::optional<double> Quantile(std::span<const double> values, double q);

/// The quantile at one half.
std::optional<double> Median(std::span<const double> values);

/// Mean squared error; nullopt of nothing. Like all below, throws Error{kUsage} when the two spans
/// differ in length.
std::optional<double> MeanSquaredError(std::span<const double> measured,
                                       std::span<const double> predicted);

/// Coefficient of determination: 1 - sum of squared errors / sum of squared deviations from the
/// measured mean. Nullopt where that sum is zero: nothing measured, one value, or all equal.
std::optional<double> R2(std::span<const double> measured, std::span<const double> predicted);

/// How good predictions are. A score that is not defined on these values is nullopt, never NaN.
struct Scores {
  std::size_t n = 0;
  std::optional<double> r2;
  std::optional<double>
      r2_log;  ///< of natural logarithms; needs every value on both sides positive

  // Of the relative errors (predicted - measured) / measured; these need every measured value
  // positive.
  std::optional<double> mape_percent;        ///< mean of their absolute values
  std::optional<double> median_ape_percent;  ///< median of their absolute values
  std::optional<double> p90_ape_percent;     ///< 90 % quantile of their absolute values
  std::optional<double> bias_percent;  ///< mean with sign: positive where predictions run high
};

Scores Score(std::span<const double> measured, std::span<const double> predicted);

struct NamedScore {
  const char* name;
  std::optional<double> value;
};

/// All scores but `n`, by the names that files give them.
std::vector<NamedScore> NamedScores(const Scores& scores);

}  // namespace joulecast
