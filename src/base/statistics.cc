// SPDX-License-Identifier: Apache-2.0
#include "base/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "joulecast/error.h"

namespace joulecast {
namespace {

void CheckPaired(std::span<const double> measured, std::span<const double> predicted) {
  if (measured.size() == predicted.size()) return;
  throw Error(ErrorKind::kUsage, "cannot score " + std::to_string(predicted.size()) +
                                     " predictions against " + std::to_string(measured.size()) +
                                     " measurements: give one of each per row");
}

bool AllPositive(std::span<const double> values) {
  return std::all_of(values.begin(), values.end(), [](double value) { return value > 0; });
}

std::vector<double> Logarithms(std::span<const double> values) {
  std::vector<double> logs;
  for (const double value : values) logs.push_back(std::log(value));
  return logs;
}

double SumOfSquaredErrors(std::span<const double> measured, std::span<const double> predicted) {
  double sum = 0;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    sum += (measured[i] - predicted[i]) * (measured[i] - predicted[i]);
  }
  return sum;
}

std::optional<double> IfFinite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

std::optional<double> Percent(std::optional<double> fraction) {
  return fraction ? IfFinite(100 * *fraction) : std::nullopt;
}

}  // namespace

std::optional<double> Mean(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::optional<double> StandardDeviation(std::span<const double> values) {
  const auto mean = Mean(values);
  if (!mean) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += (value - *mean) * (value - *mean);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

std::optional<double> RelativeStandardError(std::span<const double> values) {
  if (values.size() < 2 || *Mean(values) == 0) return std::nullopt;
  const auto degrees_of_freedom = static_cast<double>(values.size() - 1);
  return *StandardDeviation(values) / std::sqrt(degrees_of_freedom) / std::abs(*Mean(values));
}

std::optional<double> Quantile(std::span<const double> values, double q) {
  if (!(q >= 0 && q <= 1)) {
    throw Error(ErrorKind::kUsage,
                "there is no quantile " + std::to_string(q) + ": give a fraction between 0 and 1");
  }
  if (values.empty()) return std::nullopt;
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  const double position = q * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return std::lerp(sorted[below], sorted[above], position - static_cast<double>(below));
}

std::optional<double> Median(std::span<const double> values) { return Quantile(values, 0.5); }

std::optional<double> MeanSquaredError(std::span<const double> measured,
                                       std::span<const double> predicted) {
  CheckPaired(measured, predicted);
  if (measured.empty()) return std::nullopt;
  return SumOfSquaredErrors(measured, predicted) / static_cast<double>(measured.size());
}

std::optional<double> R2(std::span<const double> measured, std::span<const double> predicted) {
  CheckPaired(measured, predicted);
  if (measured.empty()) return std::nullopt;
  const std::vector<double> means(measured.size(), *Mean(measured));
  const double spread = SumOfSquaredErrors(measured, means);
  const auto [least, most] = std::minmax_element(measured.begin(), measured.end());
  if (*least == *most || spread == 0) return std::nullopt;
  return IfFinite(1 - SumOfSquaredErrors(measured, predicted) / spread);
}

Scores Score(std::span<const double> measured, std::span<const double> predicted) {
  Scores scores{.n = measured.size(), .r2 = R2(measured, predicted)};
  if (measured.empty() || !AllPositive(measured)) return scores;
  if (AllPositive(predicted)) scores.r2_log = R2(Logarithms(measured), Logarithms(predicted));
  std::vector<double> errors;
  std::vector<double> sizes;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    errors.push_back((predicted[i] - measured[i]) / measured[i]);
    if (!std::isfinite(errors.back())) return scores;
    sizes.push_back(std::abs(errors.back()));
  }
  scores.mape_percent = Percent(Mean(sizes));
  scores.median_ape_percent = Percent(Median(sizes));
  scores.p90_ape_percent = Percent(Quantile(sizes, 0.9));
  scores.bias_percent = Percent(Mean(errors));
  return scores;
}

std::vector<NamedScore> NamedScores(const Scores& scores) {
  return {{"r2", scores.r2},
          {"r2_log", scores.r2_log},
          {"mape_percent", scores.mape_percent},
          {"median_ape_percent", scores.median_ape_percent},
          {"p90_ape_percent", scores.p90_ape_percent},
          {"bias_percent", scores.bias_percent}};
}

}  // namespace joulecast
