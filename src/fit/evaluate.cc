// SPDX-License-Identifier: Apache-2.0
#include "fit/evaluate.h"

#include <algorithm>
#include <cmath>

#include "formats/zoo/zoo.h"
#include "joulecast/estimate.h"

namespace joulecast {
namespace {

/// Forecasts beside measurements, ready to be scored.
struct Pairs {
  std::vector<double> measured_j, forecast_j, measured_s, forecast_s, half_width_percent;
  std::size_t inside = 0;
  std::size_t out_of_support = 0;

  void Add(const Sample& sample, const EnergyForecast& energy, Seconds time, bool in_support) {
    measured_j.push_back(sample.energy.value());
    forecast_j.push_back(energy.energy.value());
    if (sample.time.count() > 0 && time.count() > 0) {
      measured_s.push_back(sample.time.count());
      forecast_s.push_back(time.count());
    }
    const bool covered = energy.low <= sample.energy && sample.energy <= energy.high;
    inside += covered ? 1 : 0;
    out_of_support += in_support ? 0 : 1;
    if (energy.energy.value() > 0) {
      half_width_percent.push_back(100 * (energy.high / energy.energy - 1));
    }
  }

  Agreement Summarise() const {
    return {
        .energy = Score(measured_j, forecast_j),
        .time = Score(measured_s, forecast_s),
        .interval_coverage = static_cast<double>(inside) / static_cast<double>(measured_j.size()),
        .interval_median_half_width_percent = Median(half_width_percent).value_or(0),
        .out_of_support = out_of_support};
  }
};

}  // namespace

Evaluation EvaluateProfile(const Profile& profile, const std::vector<Sample>& samples) {
  Evaluation evaluation{.device = profile.device, .interval_level = profile.interval_level};
  const Predictor predictor(profile);
  std::map<std::string, Pairs> layers;
  std::map<std::string, Pairs> models;
  Pairs totals;
  std::map<std::string, std::size_t> excluded;
  for (const Sample& sample : samples) {
    if (!(sample.energy.value() > 0) || !std::isfinite(sample.energy.value())) {
      ++excluded["energy is not a positive finite number"];
    } else if (sample.spec) {
      if (sample.spec->type().is_free) {
        ++excluded[std::string(sample.spec->type().name) + " is forecast as free"];
        continue;
      }
      const LayerForecast forecast = predictor.Forecast(*sample.spec);
      layers[std::string(sample.spec->type().name)].Add(sample, forecast.energy, forecast.time,
                                                        forecast.in_support);
    } else if (sample.model.empty()) {
      ++excluded["the layer '" + sample.spec_text + "' is of no known type"];
    } else if (const auto graph = BuildZooModel(sample.model)) {
      const Estimate estimate = EstimateModel(Resolve(*graph, {.batch = sample.batch}), predictor);
      totals.Add(sample, estimate.energy, estimate.time, true);
      models[sample.model].Add(sample, estimate.energy, estimate.time, true);
    } else {
      ++excluded["the zoo has no network '" + sample.model + "'"];
    }
  }
  for (const auto& [type, pairs] : layers) evaluation.layers[type] = pairs.Summarise();
  for (const auto& [model, pairs] : models) evaluation.totals_by_model[model] = pairs.Summarise();
  if (!totals.measured_j.empty()) evaluation.totals = totals.Summarise();
  for (const auto& [why, count] : excluded) {
    evaluation.exclusions.push_back(why + " (" + std::to_string(count) + " samples)");
  }
  return evaluation;
}

}  // namespace joulecast
