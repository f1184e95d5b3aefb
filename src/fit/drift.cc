// SPDX-License-Identifier: Apache-2.0
#include "fit/drift.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/statistics.h"
#include "base/student.h"

namespace joulecast {
namespace {

/// A row that misses by more is a misfit, not a drift.
constexpr double kMisfit = 0.2;

/// So many repetitions in a row tell what the machine was like meanwhile: with a fifth of noise
/// each, the median of a half of them is known to 5 %.
constexpr std::size_t kStretch = 50;

/// Fewer stretches tell their noise.
constexpr double kFewestDegrees = 9;

/// How a repetition differs from what is typical of its configuration (a log-ratio).
struct Deviation {
  std::int64_t place = 0;
  double log_ratio = 0;
};

/// Of all repetitions of each session, in the order that they were made.
std::map<std::string_view, std::vector<Deviation>> DeviationsOf(std::span<const Observation> rows) {
  std::map<std::string_view, std::vector<Deviation>> sessions;
  for (const Observation& row : rows) {
    const auto count = static_cast<double>(row.repetitions.size());
    if (count < 2) continue;
    // A repetition is one of those that make what is typical; the others lie in other stretches.
    const double own_share = 1 / count;
    for (const PlacedRepetition& repetition : row.repetitions) {
      if (repetition.energy_j <= 0) continue;
      sessions[row.source].push_back(
          {repetition.place, std::log(repetition.energy_j / row.energy.value()) / (1 - own_share)});
    }
  }
  for (auto& [name, deviations] : sessions) {
    std::ranges::sort(deviations, {}, &Deviation::place);
  }
  return sessions;
}

/// Medians of the two halves of a stretch, taken by turns: on the mean, what their deviations share
/// is what the machine was like, and no noise.
std::pair<double, double> MediansByTurns(std::span<const Deviation> stretch) {
  std::vector<double> halves[2];
  for (std::size_t i = 0; i < stretch.size(); ++i) halves[i % 2].push_back(stretch[i].log_ratio);
  return {Median(halves[0]).value(), Median(halves[1]).value()};
}

double HalfWidth(double squares, double degrees) {
  return squares > 0 ? StudentHalfWidth90(degrees) * std::sqrt(squares / degrees) : 0;
}

}  // namespace

double DriftBetweenSessions(std::span<const LayerFit> fits) {
  double squares = 0;
  double degrees = 0;
  for (const LayerFit& fit : fits) {
    std::map<std::string, std::pair<double, double>> sessions;
    for (std::size_t i = 0; i < fit.measured_j.size(); ++i) {
      const double error = std::log(std::max(fit.held_out_j[i], 1e-300) / fit.measured_j[i]);
      if (std::abs(error) > kMisfit) continue;
      auto& [sum, count] = sessions[fit.row_source[i]];
      sum += error;
      count += 1;
    }
    double mean = 0;
    for (const auto& [name, session] : sessions) {
      mean += session.first / session.second / static_cast<double>(sessions.size());
    }
    for (const auto& [name, session] : sessions) {
      squares += std::pow(session.first / session.second - mean, 2);
    }
    if (!sessions.empty()) degrees += static_cast<double>(sessions.size()) - 1;
  }
  return HalfWidth(squares, degrees);
}

double DriftWithinSessions(std::span<const Observation> rows) {
  double squares = 0;
  double degrees = 0;
  for (const auto& [name, deviations] : DeviationsOf(rows)) {
    const std::size_t stretches = deviations.size() / kStretch;
    if (stretches < 2) continue;
    std::vector<double> first;
    std::vector<double> second;
    for (std::size_t i = 0; i < stretches; ++i) {
      const auto [one, other] =
          MediansByTurns(std::span(deviations).subspan(i * kStretch, kStretch));
      first.push_back(one);
      second.push_back(other);
    }
    const double mean_of_first = Mean(first).value();
    const double mean_of_second = Mean(second).value();
    for (std::size_t i = 0; i < stretches; ++i) {
      squares += (first[i] - mean_of_first) * (second[i] - mean_of_second);
    }
    degrees += static_cast<double>(stretches) - 1;
  }
  return degrees >= kFewestDegrees ? HalfWidth(squares, degrees) : 0;
}

}  // namespace joulecast
