// SPDX-License-Identifier: Apache-2.0
#include "joulecast/estimate.h"

#include <cmath>
#include <map>

namespace joulecast {
namespace {

/// Log-ratio half-width of a forecast times its joules: what errors are added up in.
double ErrorOf(const EnergyForecast& energy) {
  return energy.high.value() > 0 && energy.energy.value() > 0
             ? energy.energy.value() * std::log(energy.high / energy.energy)
             : 0;
}

/// Layers of one type err together, by how much the profile says: independent errors add in
/// squares, common ones add up. Types err independently, but for the drift that all share; and
/// whatever falls back to the generic costs shares their one error.
EnergyForecast Total(const std::vector<LayerEstimate>& layers,
                     const ErrorCorrelation& correlation) {
  struct Sum {
    double errors = 0;
    double squares = 0;
  };
  std::map<std::string_view, Sum> by_type;
  double fallback_errors = 0;
  double joules = 0;
  for (const LayerEstimate& each : layers) {
    const double error = ErrorOf(each.forecast.energy);
    joules += each.forecast.energy.energy.value();
    if (each.forecast.coverage == Coverage::kFallback) {
      fallback_errors += error;
      continue;
    }
    Sum& sum = by_type[each.layer.spec ? each.layer.spec->type().name : each.layer.op];
    sum.errors += error;
    sum.squares += error * error;
  }
  const double drift = correlation.drift * joules;
  double variance = drift * drift + fallback_errors * fallback_errors;
  for (const auto& [type, sum] : by_type) {
    variance += (1 - correlation.within_type) * sum.squares +
                correlation.within_type * sum.errors * sum.errors;
  }
  const double factor = joules > 0 ? std::exp(std::sqrt(variance) / joules) : 1;
  return {Joules(joules), Joules(joules / factor), Joules(joules * factor)};
}

}  // namespace

Estimate EstimateModel(const LayeredModel& model, const Predictor& predictor) {
  Estimate estimate{.model = model.name,
                    .device = predictor.profile().device,
                    .batch = model.batch,
                    .work = model.TotalWork(),
                    .warnings = model.warnings};
  estimate.layers.reserve(model.layers.size());
  for (const Layer& layer : model.layers) {
    LayerEstimate line{.layer = layer,
                       .forecast = layer.spec ? predictor.Forecast(*layer.spec)
                                              : predictor.ForecastUnknown(layer.work)};
    if (layer.shape_assumed) line.forecast.in_support = false;
    if (!layer.note.empty()) line.forecast.note = layer.note;
    estimate.time += line.forecast.time;
    estimate.layers.push_back(std::move(line));
  }
  estimate.energy = Total(estimate.layers, predictor.profile().correlation);
  for (LayerEstimate& line : estimate.layers) {
    if (estimate.energy.energy.value() > 0) {
      line.share = line.forecast.energy.energy / estimate.energy.energy;
    }
    estimate.coverage_share[static_cast<std::size_t>(line.forecast.coverage)] += line.share;
  }
  return estimate;
}

}  // namespace joulecast
