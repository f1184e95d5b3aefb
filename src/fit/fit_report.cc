// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/statistics.h"
#include "fit/fit_dataset.h"

namespace joulecast {

std::string FitJson(const ProfileFit& fit, const std::string& output) {
  using Json = nlohmann::ordered_json;
  Json layers = Json::object();
  for (const LayerFit& layer : fit.layers) {
    const Scores scores = Score(layer.measured_j, layer.held_out_j);
    layers[std::string(layer.model.type->name)] = {
        {"training_rows", layer.model.training_rows},
        {"cv_mape_percent", layer.model.cv_mape_percent},
        {"cv_median_ape_percent", scores.median_ape_percent.value_or(0)},
        {"cv_r2", OrNull<Json>(scores.r2)},
        {"residual", layer.model.energy_residual.has_value()}};
  }
  const Json json = {{"profile", TextOrNull<Json>(output)},
                     {"device", fit.profile.device},
                     {"layers", layers},
                     {"exclusions", fit.exclusions}};
  return DumpJson(json);
}

std::string FitText(const ProfileFit& fit, const std::string& output) {
  std::string text = fmt::format("{:<18} {:>6} {:>10} {:>10} {:>10}  {:<8} {}\n", "layer type",
                                 "rows", "held-out", "median", "90 %", "residual", "left out");
  for (const LayerFit& layer : fit.layers) {
    std::size_t left_out = 0;
    for (const SourceRows& source : layer.sources) left_out += source.used ? 0 : source.rows.size();
    text += fmt::format(
        "{:<18} {:>6} {:>8.1f} % {:>8.1f} % {:>10.2f}  {:<8} {}\n", layer.model.type->name,
        layer.model.training_rows, layer.model.cv_mape_percent,
        Score(layer.measured_j, layer.held_out_j).median_ape_percent.value_or(0),
        layer.model.interval.scale, layer.model.energy_residual ? "yes" : "no", left_out);
  }
  text +=
      "held-out, median: mean and median error of 5-fold cross-validation; 90 %: scale of the "
      "interval;\nresidual: learned on top of the terms where cross-validation says it pays\n";
  for (const std::string& exclusion : fit.exclusions) text += "left out: " + exclusion + "\n";
  if (!output.empty()) text += "wrote " + output + "\n";
  return text;
}

}  // namespace joulecast
