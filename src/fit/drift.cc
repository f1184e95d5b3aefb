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
/// each, the median of a half of them is known to 5 %. Most of them must tell something.
constexpr std::size_t kStretch = 50;
constexpr std::size_t kFewestOfStretch = 30;

/// Fewer degrees of freedom tell the noise of the covariance.
constexpr double kFewestDegrees = 9;

/// One repetition of the configuration of a row.
struct Made {
  std::int64_t place = 0;
  std::size_t row = 0;
  double log_energy = 0;
};

/// How the repetitions of each stretch of a session differ (log-ratios) from the mean of those of
/// their configurations in other stretches; what has none there is left out.
std::vector<std::vector<double>> DeviationsByStretch(std::vector<Made> session) {
  std::ranges::sort(session, {}, &Made::place);
  std::map<std::size_t, std::vector<std::size_t>> of_row;
  for (std::size_t i = 0; i < session.size(); ++i) of_row[session[i].row].push_back(i);
  std::vector<std::vector<double>> stretches(session.size() / kStretch);
  for (std::size_t i = 0; i < stretches.size() * kStretch; ++i) {
    std::vector<double> elsewhere;
    for (const std::size_t other : of_row[session[i].row]) {
      if (other / kStretch != i / kStretch) elsewhere.push_back(session[other].log_energy);
    }
    if (elsewhere.empty()) continue;
    stretches[i / kStretch].push_back(session[i].log_energy - *Mean(elsewhere));
  }
  std::erase_if(stretches, [](const auto& stretch) { return stretch.size() < kFewestOfStretch; });
  return stretches;
}

/// Medians of the two halves of a stretch, taken by turns: what they share is, on the mean, what
/// the machine was like, and no noise; a burst of disturbance that would not change a network's
/// typical energy does not change theirs.
std::pair<double, double> MediansByTurns(const std::vector<double>& stretch) {
  std::vector<double> halves[2];
  for (std::size_t i = 0; i < stretch.size(); ++i) halves[i % 2].push_back(stretch[i]);
  return {Median(halves[0]).value(), Median(halves[1]).value()};
}

double HalfWidth(double squares, double degrees) {
  return squares > 0 ? StudentHalfWidth90(degrees) * std::sqrt(squares / degrees) : 0;
}

}  // namespace

std::optional<double> DriftBetweenSessions(std::span<const LayerFit> fits) {
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
  if (degrees < 1) return std::nullopt;
  return HalfWidth(squares, degrees);
}

std::optional<double> DriftWithinSessions(std::span<const Observation> rows) {
  std::map<std::string_view, std::vector<Made>> sessions;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (const PlacedRepetition& repetition : rows[i].repetitions) {
      if (repetition.energy_j <= 0) continue;
      sessions[rows[i].source].push_back({repetition.place, i, std::log(repetition.energy_j)});
    }
  }
  double squares = 0;
  double degrees = 0;
  for (auto& [name, session] : sessions) {
    std::vector<double> first;
    std::vector<double> second;
    for (const std::vector<double>& stretch : DeviationsByStretch(std::move(session))) {
      const auto [one, other] = MediansByTurns(stretch);
      first.push_back(one);
      second.push_back(other);
    }
    if (first.empty()) continue;
    const double mean_of_first = Mean(first).value();
    const double mean_of_second = Mean(second).value();
    for (std::size_t i = 0; i < first.size(); ++i) {
      squares += (first[i] - mean_of_first) * (second[i] - mean_of_second);
    }
    degrees += static_cast<double>(first.size()) - 1;
  }
  if (degrees < kFewestDegrees) return std::nullopt;
  return HalfWidth(squares, degrees);
}

}  // namespace joulecast
