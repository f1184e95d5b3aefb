// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "fit/layer_fit.h"

namespace joulecast {

inline constexpr DeviceTraits kTestTraits = {.last_level_cache_bytes = 1e6};

/// For tests: joules of each term of `linear`, without overlap; a second takes 100 J.
inline const std::vector<double> kLinearCosts = {2, 1, 3, 5, 10, 20, 1e-3};

/// For tests: joules of each term of `relu`.
inline const std::vector<double> kReluCosts = {1, 4, 3, 6, 1e-4, 2};

inline Observation ObservationOf(const std::string& text, const std::vector<double>& costs,
                                 const std::string& source, double factor = 1) {
  const LayerSpec spec = LayerSpec::Parse(text);
  std::vector<double> amounts(spec.type().terms.size());
  spec.type().amounts(spec, kTestTraits, amounts);
  double joules = 0;
  for (std::size_t i = 0; i < amounts.size(); ++i) joules += costs.at(i) * amounts[i];
  return {spec, Joules(factor * joules), Seconds(factor * joules / 100), source};
}

/// For tests: rows of random fully connected layers that cost what kLinearCosts says, with noise
/// of that standard deviation (a log-ratio).
inline std::vector<Observation> LinearRows(int count, const std::string& source, double noise = 0,
                                           double factor = 1) {
  std::mt19937 random(static_cast<unsigned>(count));
  std::normal_distribution<double> normal;
  const auto draw = [&](unsigned most) { return std::to_string(1 + random() % most); };
  std::vector<Observation> rows;
  for (int i = 0; i < count; ++i) {
    const std::string text =
        "linear batch=" + draw(i % 4 == 0 ? 3 : 900) + " in=" + draw(3000) + " out=" + draw(3000);
    rows.push_back(
        ObservationOf(text, kLinearCosts, source, factor * std::exp(noise * normal(random))));
  }
  return rows;
}

/// For tests: rows of random relus, in place or not, of three decades of sizes.
inline std::vector<Observation> ReluRows(int count, const std::string& source, double noise = 0) {
  std::mt19937 random(static_cast<unsigned>(count));
  std::normal_distribution<double> normal;
  std::uniform_real_distribution<double> decade(3.5, 6.5);
  std::vector<Observation> rows;
  for (int i = 0; i < count; ++i) {
    const auto elements = static_cast<std::int64_t>(std::pow(10, decade(random)));
    const std::string text =
        "relu batch=1 elements=" + std::to_string(elements) + " inplace=" + std::to_string(i % 2);
    rows.push_back(ObservationOf(text, kReluCosts, source, std::exp(noise * normal(random))));
  }
  return rows;
}

/// For tests: the bytes that the layer of a row writes.
inline double ResultBytes(const Observation& row) {
  return static_cast<double>(row.spec.CountWork().output_bytes);
}

/// For tests: ReluRows whose results above so many bytes are fresh pages, at 6 J/GB; the first
/// `reused` of those found theirs mapped.
inline std::vector<Observation> ReluRowsWithFreshPages(int count, double noise, double threshold,
                                                       int reused = 0) {
  std::vector<Observation> rows = ReluRows(count, "a", noise);
  for (Observation& row : rows) {
    if (row.spec.Get("inplace") != 0 || ResultBytes(row) <= threshold || --reused >= 0) continue;
    const double reusing = ObservationOf(row.spec.ToString(), kReluCosts, "a").energy.value();
    const double factor = 1 + 6e-9 * ResultBytes(row) / reusing;
    row.energy = factor * row.energy;
    row.time = factor * row.time;
  }
  return rows;
}

}  // namespace joulecast
