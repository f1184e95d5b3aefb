// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "fit/evaluate.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

Json ScoresJson(const Scores& scores) {
  Json json = {{"n", scores.n}};
  for (const auto& [name, value] : NamedScores(scores)) json[name] = OrNull<Json>(value);
  return json;
}

Json AgreementJson(const Agreement& agreement) {
  Json json = ScoresJson(agreement.energy);
  json["interval_coverage"] = OrNull<Json>(agreement.interval_coverage);
  json["interval_median_half_width_percent"] =
      OrNull<Json>(agreement.interval_median_half_width_percent);
  json["out_of_support"] = agreement.out_of_support;
  json["time"] = ScoresJson(agreement.time);
  return json;
}

Json AgreementsJson(const std::map<std::string, Agreement>& agreements) {
  Json json = Json::object();
  for (const auto& [name, agreement] : agreements) json[name] = AgreementJson(agreement);
  return json;
}

std::string Line(const std::string& name, const Agreement& agreement) {
  const Scores& energy = agreement.energy;
  return fmt::format("{:<18} {:>5} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6}\n", name, energy.n,
                     Fixed(energy.r2, 4), Fixed(energy.r2_log, 4), Fixed(energy.mape_percent, 1),
                     Fixed(energy.median_ape_percent, 1), Fixed(energy.p90_ape_percent, 1),
                     Fixed(energy.bias_percent, 1),
                     agreement.interval_coverage
                         ? fmt::format("{:.0f}", 100 * *agreement.interval_coverage)
                         : "-");
}

std::string Title(const Evaluation& evaluation) {
  return fmt::format("Forecasts {} against measurements",
                     evaluation.device.empty()
                         ? "of the published predictors of " + evaluation.predictor
                         : "for " + evaluation.device);
}

std::vector<ForecastPair> PairsOf(const Evaluation& evaluation, bool networks) {
  std::vector<ForecastPair> pairs;
  for (const EvaluatedSample& sample : evaluation.samples) {
    if (sample.is_network != networks) continue;
    ForecastPair pair{.group = sample.group,
                      .name = sample.name,
                      .measured_j = sample.measured.value(),
                      .forecast_j = sample.forecast.energy.value()};
    if (const auto& interval = sample.forecast.interval) {
      pair.low_j = interval->low.value();
      pair.high_j = interval->high.value();
    }
    pairs.push_back(std::move(pair));
  }
  return pairs;
}

std::string Percent(const std::optional<double>& share) {
  return share ? fmt::format("{:.0f}", 100 * *share) : "-";
}

void AddRow(HtmlTable& table, const std::string& name, const Agreement& agreement) {
  const Scores& energy = agreement.energy;
  table.rows.push_back(
      {name, std::to_string(energy.n), Fixed(energy.r2, 4), Fixed(energy.r2_log, 4),
       Fixed(energy.mape_percent, 1), Fixed(energy.median_ape_percent, 1),
       Fixed(energy.p90_ape_percent, 1), Fixed(energy.bias_percent, 1),
       Percent(agreement.interval_coverage), Fixed(agreement.interval_median_half_width_percent, 1),
       std::to_string(agreement.out_of_support), Fixed(agreement.time.mape_percent, 1)});
}

void AddAgreements(HtmlPage& page, const Evaluation& evaluation, bool networks) {
  const std::string what = networks ? "Whole networks" : "Single layers";
  HtmlTable table{.header = {networks ? "network" : "layer type", "n", "R2", "R2 of logs", "MAPE %",
                             "median %", "90 % below", "bias %", "inside %", "half-width %",
                             "outside support", "time MAPE %"}};
  for (const auto& [name, agreement] : networks ? evaluation.totals_by_model : evaluation.layers) {
    AddRow(table, name, agreement);
  }
  if (networks && evaluation.totals) AddRow(table, "all", *evaluation.totals);
  page.AddHeading(what);
  const auto level =
      evaluation.device.empty() ? std::nullopt : std::optional(evaluation.interval_level);
  page.AddFigure(AgreementCharts(PairsOf(evaluation, networks), level, what), "");
  page.AddTable(table);
}

}  // namespace

std::string EvaluationText(const Evaluation& evaluation) {
  std::string text = Title(evaluation) + ", energy per call\n\n";
  text += fmt::format("{:<18} {:>5} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6}\n", "", "n", "R2",
                      "R2 log", "MAPE", "median", "p90", "bias", "inside");
  text += fmt::format("{:<18} {:>5} {:>8} {:>8} {:>6} {:>6} {:>6} {:>6} {:>6}\n", "", "", "", "",
                      "%", "%", "%", "%", "%");
  for (const auto& [type, agreement] : evaluation.layers) text += Line(type, agreement);
  for (const auto& [model, agreement] : evaluation.totals_by_model) text += Line(model, agreement);
  if (evaluation.totals) text += Line("all totals", *evaluation.totals);
  text += evaluation.device.empty()
              ? "\nThese predictors have no intervals.\n"
              : fmt::format("\ninside: share of measurements inside their {:.0f} % interval\n",
                            100 * evaluation.interval_level);
  for (const std::string& exclusion : evaluation.exclusions) {
    text += "left out: " + exclusion + "\n";
  }
  return text;
}

std::string EvaluationJson(const Evaluation& evaluation) {
  Json json = {{"predictor", evaluation.predictor},
               {"device", evaluation.device.empty() ? Json(nullptr) : Json(evaluation.device)},
               {"interval", evaluation.interval_level}};
  json["layers"] = AgreementsJson(evaluation.layers);
  json["totals"] = evaluation.totals ? AgreementJson(*evaluation.totals) : Json(nullptr);
  json["totals_by_model"] = AgreementsJson(evaluation.totals_by_model);
  json["exclusions"] = evaluation.exclusions;
  return DumpJson(json);
}

std::string EvaluationHtml(const Evaluation& evaluation) {
  HtmlPage page(Title(evaluation));
  page.AddParagraph(
      evaluation.device.empty()
          ? "Energy per call, in joules. These predictors have no intervals."
          : fmt::format("Energy per call, in joules. Inside: share of the measurements that lie "
                        "within their {:.0f} % interval; half-width: of the median interval, "
                        "upwards.",
                        100 * evaluation.interval_level));
  if (!evaluation.totals_by_model.empty()) AddAgreements(page, evaluation, true);
  if (!evaluation.layers.empty()) AddAgreements(page, evaluation, false);
  if (!evaluation.exclusions.empty()) page.AddHeading("Left out");
  page.AddList(evaluation.exclusions);
  return page.Text();
}

}  // namespace joulecast
