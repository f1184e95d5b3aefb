// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/statistics.h"
#include "dataset/samples.h"
#include "joulecast/predict.h"
#include "joulecast/profile.h"

namespace joulecast {

/// How well forecasts of one kind agree with measurements.
struct Agreement {
  Scores energy;
  Scores time;
  /// Share of measurements inside their interval; absent if the forecasts have none.
  std::optional<double> interval_coverage;
  std::optional<double> interval_median_half_width_percent;  ///< upwards: high / forecast - 1
  std::size_t out_of_support = 0;
};

/// What a predictor says of one sample.
struct SampleForecast {
  Joules energy;
  std::optional<EnergyForecast> interval;
  std::optional<Seconds> time;
  bool in_support = true;
};

/// A sample beside its forecast.
struct EvaluatedSample {
  std::string group;  ///< the layer type; of a whole network its name
  std::string name;   ///< the specification, or the network with its batch size
  bool is_network = false;
  Joules measured;
  SampleForecast forecast;
};

struct Evaluation {
  std::string predictor;  ///< "joulecast", or the name of a published baseline
  std::string device;     ///< the profile's; empty for a baseline
  double interval_level = 0.9;
  std::map<std::string, Agreement> layers;  ///< by layer type
  std::optional<Agreement> totals;          ///< whole networks
  std::map<std::string, Agreement> totals_by_model;
  std::vector<EvaluatedSample> samples;
  std::vector<std::string> exclusions;  ///< samples that could not be compared, and why
};

/// Why a predictor says nothing of a sample.
struct NoForecast {
  std::string why;
};
using Forecast = std::variant<SampleForecast, NoForecast>;

/// Compares forecasts with measurements. `forecast` is asked for layers of known types that are not
/// free, and for whole networks; what it says no to is listed among the exclusions.
Evaluation EvaluateForecasts(const std::vector<Sample>& samples,
                             const std::function<Forecast(const Sample&)>& forecast);

/// Forecasts each sample and compares. Whole networks are looked up in the zoo.
Evaluation EvaluateProfile(const Profile& profile, const std::vector<Sample>& samples);

std::string EvaluationText(const Evaluation& evaluation);
std::string EvaluationJson(const Evaluation& evaluation);
std::string EvaluationHtml(const Evaluation& evaluation);

}  // namespace joulecast
