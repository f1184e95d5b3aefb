// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_values.h"
#include "base/statistics.h"
#include "fit/fit_dataset.h"

namespace joulecast {
namespace {

std::optional<double> DriftPercent(const ProfileFit& fit) {
  if (!fit.drift) return std::nullopt;
  return 100 * std::expm1(*fit.drift);
}

}  // namespace

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
        {"residual", layer.model.residual.has_value()}};
  }
  Json sessions = Json::array();
  for (const UnseenSession& session : fit.unseen_sessions) {
    sessions.push_back({{"layer", session.type},
                        {"session", session.source},
                        {"rows", session.rows},
                        {"mape_percent", session.mape_percent},
                        {"median_error_percent", session.median_error_percent},
                        {"interval_coverage", session.inside}});
  }
  const Json json = {{"profile", TextOrNull<Json>(output)},
                     {"device", fit.profile.device},
                     {"layers", layers},
                     {"drift_percent", OrNull<Json>(DriftPercent(fit))},
                     {"unseen_sessions", sessions},
                     {"exclusions", fit.exclusions},
                     {"notes", fit.notes}};
  return DumpJson(json);
}

std::string FitText(const ProfileFit& fit, const std::string& output) {
  std::string text = fmt::format("{:<18} {:>6} {:>10} {:>10} {:>10}  {:<8} {}\n", "layer type",
                                 "rows", "held-out", "median", "90 %", "residual", "left out");
  for (const LayerFit& layer : fit.layers) {
    std::size_t left_out = 0;
    for (const SourceRows& source : layer.sources) left_out += source.used ? 0 : source.rows.size();
    text +=
        fmt::format("{:<18} {:>6} {:>8.1f} % {:>8.1f} % {:>10.2f}  {:<8} {}\n",
                    layer.model.type->name, layer.model.training_rows, layer.model.cv_mape_percent,
                    Score(layer.measured_j, layer.held_out_j).median_ape_percent.value_or(0),
                    layer.model.interval.scale, layer.model.residual ? "yes" : "no", left_out);
  }
  text +=
      "held-out, median: mean and median error of 5-fold cross-validation; 90 %: scale of the "
      "interval;\nresidual: learned on top of the terms where cross-validation says it pays\n";
  if (const auto drift = DriftPercent(fit)) {
    text += fmt::format("drift: sessions, or stretches of one, differ by up to {:.1f} % (90 %)\n",
                        *drift);
  } else {
    text += "drift: not known: it takes two sessions of a type, or 500 repetitions by turns\n";
  }
  if (!fit.unseen_sessions.empty()) {
    text += fmt::format("\n{:<18} {:>6} {:>10} {:>10} {:>10}  {}\n", "unseen session of", "rows",
                        "error", "median", "inside", "forecast without it");
  }
  for (const UnseenSession& session : fit.unseen_sessions) {
    text += fmt::format("{:<18} {:>6} {:>8.1f} % {:>+8.1f} % {:>8.0f} %  {}\n", session.type,
                        session.rows, session.mape_percent, session.median_error_percent,
                        100 * session.inside, session.source);
  }
  if (!fit.unseen_sessions.empty()) text += '\n';
  for (const std::string& exclusion : fit.exclusions) text += "left out: " + exclusion + "\n";
  for (const std::string& note : fit.notes) text += "note: " + note + "\n";
  if (!output.empty()) text += "wrote " + output + "\n";
  return text;
}

}  // namespace joulecast
