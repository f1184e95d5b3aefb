// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/statistics.h"
#include "dataset/samples.h"
#include "joulecast/profile.h"

namespace joulecast {

/// How well forecasts of one kind agree with measurements.
struct Agreement {
  Scores energy;
  Scores time;
  double interval_coverage = 0;                   ///< share of measurements inside their interval
  double interval_median_half_width_percent = 0;  ///< upwards: high / forecast - 1
  std::size_t out_of_support = 0;
};

struct Evaluation {
  std::string device;
  double interval_level = 0.9;
  std::map<std::string, Agreement> layers;  ///< by layer type
  std::optional<Agreement> totals;          ///< whole networks
  std::map<std::string, Agreement> totals_by_model;
  std::vector<std::string> exclusions;  ///< samples that could not be compared, and why
};

/// Forecasts each sample and compares. Whole networks are looked up in the zoo.
Evaluation EvaluateProfile(const Profile& profile, const std::vector<Sample>& samples);

std::string EvaluationText(const Evaluation& evaluation);
std::string EvaluationJson(const Evaluation& evaluation);

}  // namespace joulecast
