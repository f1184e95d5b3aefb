// SPDX-License-Identifier: Apache-2.0
#include "joulecast/estimate.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace joulecast {
namespace {

/// A side of a layer's interval as a log-ratio, without what all layers share.
double WithoutDrift(double half_width, double drift) {
  return std::sqrt(std::max(0.0, half_width * half_width - drift * drift));
}

/// One side of the total's interval as a log-ratio; `side_of` gives a layer's, likewise.
///
/// Errors of one model's layers go together as far as the model says: independent ones add in
/// squares, common ones add up. All layers without a model of their own share one, and its error.
template <typename SideOf>
double SideOfTotal(const std::vector<LayerEstimate>& layers, const Profile& profile, double total_j,
                   SideOf side_of) {
  struct Sum {
    double correlation = 1;
    double errors = 0;
    double squares = 0;
  };
  std::map<const LayerModel*, Sum> models;
  for (const LayerEstimate& each : layers) {
    const EnergyForecast& energy = each.forecast.energy;
    if (energy.energy.value() <= 0) continue;
    const bool is_fitted = each.forecast.coverage == Coverage::kFitted;
    const LayerModel* model = is_fitted ? profile.Find(each.layer.spec->type()) : nullptr;
    const double error = energy.energy.value() * WithoutDrift(side_of(energy), profile.drift);
    Sum& sum = models[model];
    if (model != nullptr) sum.correlation = model->interval.correlation;
    sum.errors += error;
    sum.squares += error * error;
  }
  double variance = std::pow(profile.drift * total_j, 2);
  for (const auto& [model, sum] : models) {
    variance += (1 - sum.correlation) * sum.squares + sum.correlation * sum.errors * sum.errors;
  }
  return total_j > 0 ? std::sqrt(variance) / total_j : 0;
}

EnergyForecast Total(const std::vector<LayerEstimate>& layers, const Profile& profile) {
  Joules total(0);
  for (const LayerEstimate& each : layers) total += each.forecast.energy.energy;
  const auto side = [&](auto side_of) {
    return std::exp(SideOfTotal(layers, profile, total.value(), side_of));
  };
  const double down =
      side([](const EnergyForecast& energy) { return std::log(energy.energy / energy.low); });
  const double up =
      side([](const EnergyForecast& energy) { return std::log(energy.high / energy.energy); });
  return {total, Joules(total.value() / down), Joules(total.value() * up)};
}

std::int64_t BatchOf(std::span<const LayerSpec> layers) {
  for (const LayerSpec& spec : layers) {
    if (HasParam(spec.type(), "batch")) return spec.Get("batch");
  }
  return 1;
}

/// As they stand: whatever is fused was fused before.
Estimate ForecastAll(const LayeredModel& model, const Predictor& predictor) {
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
    line.note = layer.note.empty() && layer.spec ? predictor.Note(*layer.spec) : layer.note;
    estimate.time += line.forecast.time;
    estimate.layers.push_back(std::move(line));
  }
  estimate.energy = Total(estimate.layers, predictor.profile());
  for (LayerEstimate& line : estimate.layers) {
    if (estimate.energy.energy.value() > 0) {
      line.share = line.forecast.energy.energy / estimate.energy.energy;
    }
    estimate.coverage_share[static_cast<std::size_t>(line.forecast.coverage)] += line.share;
  }
  return estimate;
}

}  // namespace

Estimate EstimateModel(const LayeredModel& model, const Predictor& predictor) {
  if (predictor.profile().fusion != Fusion::kNone) {
    LayeredModel fused = model;
    Fuse(fused, predictor.profile().fusion);
    return ForecastAll(fused, predictor);
  }
  return ForecastAll(model, predictor);
}

Estimate EstimateLayers(std::string name, std::span<const LayerSpec> layers,
                        const Predictor& predictor) {
  LayeredModel model{.name = std::move(name), .format = "layers", .batch = BatchOf(layers)};
  for (const LayerSpec& spec : layers) {
    model.layers.push_back({.name = std::to_string(model.layers.size()),
                            .op = std::string(spec.type().name),
                            .node = model.layers.size(),
                            .spec = spec,
                            .work = spec.CountWork()});
  }
  return ForecastAll(model, predictor);
}

}  // namespace joulecast
