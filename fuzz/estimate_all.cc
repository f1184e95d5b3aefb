// SPDX-License-Identifier: Apache-2.0
#include "fuzz/estimate_all.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "fuzz/target.h"
#include "joulecast/estimate.h"
#include "joulecast/predict.h"
#include "joulecast/report.h"
#include "report/explanation.h"

namespace joulecast::fuzz {
namespace {

bool IsAmount(double number) { return std::isfinite(number) && number >= 0; }

void CheckForecast(const EnergyForecast& energy, Seconds time) {
  Promise(IsAmount(energy.energy.value()), "energy is finite and not negative");
  Promise(IsAmount(energy.low.value()), "the interval begins at a finite energy");
  Promise(IsAmount(energy.high.value()), "the interval ends at a finite energy");
  Promise(energy.low <= energy.energy && energy.energy <= energy.high,
          "the interval surrounds the energy");
  Promise(IsAmount(time.count()), "time is finite and not negative");
}

void CheckJson(const std::string& text) {
  Promise(nlohmann::json::accept(text), "what is printed as JSON is JSON");
}

}  // namespace

const Profile& ShippedProfile() {
  static const Profile profile = LoadProfile("xeon-gold-5120");
  return profile;
}

void EstimateLayer(const LayerSpec& spec) {
  const Predictor predictor(ShippedProfile());
  const LayerForecast forecast = predictor.Forecast(spec);
  CheckForecast(forecast.energy, forecast.time);
  const Explanation explanation = ExplainLayer(spec, predictor);
  ExplanationText(explanation, ShippedProfile());
  CheckJson(ExplanationJson(explanation, ShippedProfile()));
}

void EstimateGraph(const Graph& graph, const InputBinding& binding) {
  if (graph.nodes.size() > kMostNodes) return;
  const LayeredModel model = Resolve(graph, binding);
  Promise(model.layers.size() + model.folded_nodes == graph.nodes.size(),
          "every node is a layer or folded");
  LayersText(model);
  LayersCsv(model);
  CheckJson(LayersJson(model));

  const Estimate estimate = EstimateModel(model, Predictor(ShippedProfile()));
  Promise(estimate.layers.size() == model.layers.size(), "every layer is estimated");
  double sum_j = 0;
  for (const LayerEstimate& each : estimate.layers) {
    CheckForecast(each.forecast.energy, each.forecast.time);
    sum_j += each.forecast.energy.energy.value();
  }
  CheckForecast(estimate.energy, estimate.time);
  Promise(std::abs(sum_j - estimate.energy.energy.value()) <= 1e-9 * sum_j,
          "the total is the sum of the layers");
  EstimateText(estimate, ShippedProfile(), LayerOrder::kEnergy);
  EstimateCsv(estimate);
  CheckJson(EstimateJson(estimate, ShippedProfile()));
}

void CheckScoreboard(const Scoreboard& board) {
  ScoreboardText(board);
  ScoreboardCsv(board);
  const std::string json = ScoreboardJson(board);
  Promise(ScoreboardJson(ParseScoreboard(json, "board.json")) == json,
          "what is written is read the same");
}

}  // namespace joulecast::fuzz
