// SPDX-License-Identifier: Apache-2.0
#include "fit/evaluate.h"

#include <algorithm>
#include <cmath>

#include "joulecast/estimate.h"
#include "joulecast/zoo.h"

namespace joulecast {
namespace {

/// Forecasts beside measurements, ready to be scored.
struct Pairs {
  std::vector<double> measured_j, forecast_j, measured_s, forecast_s, half_width_percent;
  std::size_t with_interval = 0;
  std::size_t inside = 0;
  std::size_t out_of_support = 0;

  void Add(const Sample& sample, const SampleForecast& forecast) {
    measured_j.push_back(sample.energy.value());
    forecast_j.push_back(forecast.energy.value());
    if (forecast.time && forecast.time->count() > 0 && sample.time.count() > 0) {
      measured_s.push_back(sample.time.count());
      forecast_s.push_back(forecast.time->count());
    }
    out_of_support += forecast.in_support ? 0 : 1;
    if (!forecast.interval) return;
    const auto& [energy, low, high] = *forecast.interval;
    ++with_interval;
    inside += low <= sample.energy && sample.energy <= high ? 1 : 0;
    if (energy.value() > 0) half_width_percent.push_back(100 * (high / energy - 1));
  }

  Agreement Summarise() const {
    Agreement agreement{.energy = Score(measured_j, forecast_j),
                        .time = Score(measured_s, forecast_s),
                        .interval_median_half_width_percent = Median(half_width_percent),
                        .out_of_support = out_of_support};
    if (with_interval > 0) {
      agreement.interval_coverage =
          static_cast<double>(inside) / static_cast<double>(with_interval);
    }
    return agreement;
  }
};

EvaluatedSample Beside(const Sample& sample, const SampleForecast& forecast) {
  const bool is_network = !sample.spec;
  return {.group = is_network ? sample.model : std::string(sample.spec->type().name),
          .name = is_network ? sample.model + ", batch " + std::to_string(sample.batch)
                             : sample.spec->ToString(),
          .is_network = is_network,
          .measured = sample.energy,
          .forecast = forecast};
}

Forecast ForecastSample(const Predictor& predictor, const Sample& sample) {
  if (sample.spec) {
    const LayerForecast forecast = predictor.Forecast(*sample.spec);
    return SampleForecast{.energy = forecast.energy.energy,
                          .interval = forecast.energy,
                          .time = forecast.time,
                          .in_support = forecast.in_support};
  }
  const auto graph = BuildZooModel(sample.model);
  if (!graph) return NoForecast{"the zoo has no network '" + sample.model + "'"};
  const Estimate estimate = EstimateModel(Resolve(*graph, {.batch = sample.batch}), predictor);
  return SampleForecast{
      .energy = estimate.energy.energy, .interval = estimate.energy, .time = estimate.time};
}

}  // namespace

Evaluation EvaluateForecasts(const std::vector<Sample>& samples,
                             const std::function<Forecast(const Sample&)>& forecast) {
  Evaluation evaluation;
  std::map<std::string, Pairs> layers;
  std::map<std::string, Pairs> models;
  Pairs totals;
  std::map<std::string, std::size_t> excluded;
  for (const Sample& sample : samples) {
    if (!(sample.energy.value() > 0) || !std::isfinite(sample.energy.value())) {
      ++excluded["energy is not a positive finite number"];
    } else if (!sample.spec && sample.model.empty()) {
      ++excluded["the layer '" + sample.spec_text + "' is of no known type"];
    } else if (sample.spec && sample.spec->type().is_free) {
      ++excluded[std::string(sample.spec->type().name) + " is forecast as free"];
    } else if (const Forecast answer = forecast(sample);
               const auto* no = std::get_if<NoForecast>(&answer)) {
      ++excluded[no->why];
    } else {
      const auto& said = std::get<SampleForecast>(answer);
      if (sample.spec) {
        layers[std::string(sample.spec->type().name)].Add(sample, said);
      } else {
        totals.Add(sample, said);
        models[sample.model].Add(sample, said);
      }
      evaluation.samples.push_back(Beside(sample, said));
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

Evaluation EvaluateProfile(const Profile& profile, const std::vector<Sample>& samples) {
  const Predictor predictor(profile);
  Evaluation evaluation = EvaluateForecasts(
      samples, [&](const Sample& sample) { return ForecastSample(predictor, sample); });
  evaluation.predictor = "joulecast";
  evaluation.device = profile.device;
  evaluation.interval_level = profile.interval_level;
  return evaluation;
}

}  // namespace joulecast
