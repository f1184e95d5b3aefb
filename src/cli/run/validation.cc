// SPDX-License-Identifier: Apache-2.0
#include "cli/run/validation.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "joulecast/zoo.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

Sample SampleOf(const MeasuredItem& measured) {
  const Item& item = measured.item;
  return {.spec_text = item.spec ? item.spec->ToString() : "",
          .spec = item.spec,
          .model = item.model,
          .batch = item.batch,
          .architecture = item.architecture,
          .origin = item.origin,
          .energy = *measured.energy,
          .time = *measured.time};
}

double ErrorPercent(double forecast, double measured) { return 100 * (forecast / measured - 1); }

bool IsInside(const ValidatedNet& net) {
  return net.forecast.energy.low <= *net.measured.energy &&
         *net.measured.energy <= net.forecast.energy.high;
}

/// The cells of one line, as the text and the page show them.
std::vector<std::string> Cells(const ValidatedNet& net) {
  const MeasuredItem& m = net.measured;
  std::vector<std::string> cells = {m.item.model, std::to_string(m.item.batch)};
  if (!m.energy) {
    cells.push_back("not measured: " + m.reason);
    return cells;
  }
  const double energy_j = net.forecast.energy.energy.value();
  cells.insert(cells.end(),
               {fmt::format("{:.4g}", m.energy->value()), fmt::format("{:.4g}", energy_j),
                fmt::format("{:+.1f}", ErrorPercent(energy_j, m.energy->value())),
                IsInside(net) ? "yes" : "no", fmt::format("{:.4g}", m.time->count()),
                fmt::format("{:.4g}", net.forecast.time.count()),
                fmt::format("{:+.1f}", ErrorPercent(net.forecast.time.count(), m.time->count())),
                fmt::format("{:.1f}", 100 * m.spread)});
  return cells;
}

const std::vector<std::string> kHeader = {"network", "batch",   "energy_j", "forecast_j",
                                          "error %", "inside",  "time_s",   "forecast_s",
                                          "error %", "spread %"};

std::string Summary(const Agreement& totals) {
  std::string text =
      fmt::format("energy: MAPE {} %, bias {} %", Fixed(totals.energy.mape_percent, 1),
                  Fixed(totals.energy.bias_percent, 1));
  if (totals.interval_coverage) {
    text += fmt::format("; {:.0f} % inside their interval, half-width {} %",
                        100 * *totals.interval_coverage,
                        Fixed(totals.interval_median_half_width_percent, 1));
  }
  return text + fmt::format("; time: MAPE {} %, bias {} %", Fixed(totals.time.mape_percent, 1),
                            Fixed(totals.time.bias_percent, 1));
}

/// Of all layers that were measured alone.
struct LayerScores {
  Scores energy;
  Scores time;
};

LayerScores ScoreLayers(const Validation& validation) {
  std::vector<double> measured_j, forecast_j, measured_s, forecast_s;
  for (const auto& [measured, forecast] : validation.layers) {
    if (!measured.energy) continue;
    measured_j.push_back(measured.energy->value());
    measured_s.push_back(measured.time->count());
    forecast_j.push_back(forecast.energy.energy.value());
    forecast_s.push_back(forecast.time.count());
  }
  return {Score(measured_j, forecast_j), Score(measured_s, forecast_s)};
}

const std::vector<std::string> kLayerHeader = {"layer type", "layers", "energy %",
                                               "bias %",     "time %", "bias %"};

std::vector<std::string> LayerCells(const std::string& name, const Scores& energy,
                                    const Scores& time) {
  return {name,
          std::to_string(energy.n),
          Fixed(energy.median_ape_percent, 1),
          Fixed(energy.bias_percent, 1),
          Fixed(time.median_ape_percent, 1),
          Fixed(time.bias_percent, 1)};
}

/// The median errors of layers by type, and of all.
std::vector<std::vector<std::string>> LayerRows(const Validation& validation) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [type, agreement] : validation.evaluation.layers) {
    rows.push_back(LayerCells(type, agreement.energy, agreement.time));
  }
  const LayerScores all = ScoreLayers(validation);
  rows.push_back(LayerCells("all", all.energy, all.time));
  return rows;
}

Json ItemJson(const MeasuredItem& m) {
  return {{"energy_j", OrNull<Json>(m.energy ? std::optional(m.energy->value()) : std::nullopt)},
          {"time_s", OrNull<Json>(m.time ? std::optional(m.time->count()) : std::nullopt)},
          {"spread_percent", 100 * m.spread},
          {"reason", m.reason.empty() ? Json(nullptr) : Json(m.reason)}};
}

Json ForecastJson(const EnergyForecast& energy, Seconds time) {
  return {{"forecast_energy_j", energy.energy.value()},
          {"forecast_energy_low_j", energy.low.value()},
          {"forecast_energy_high_j", energy.high.value()},
          {"forecast_time_s", time.count()}};
}

std::string Figure(const Validation& validation) {
  std::vector<ForecastPair> pairs;
  for (const ValidatedNet& net : validation.nets) {
    if (!net.measured.energy) continue;
    const EnergyForecast& forecast = net.forecast.energy;
    pairs.push_back(
        {.group = net.measured.item.model,
         .name = fmt::format("{}, batch {}", net.measured.item.model, net.measured.item.batch),
         .measured_j = net.measured.energy->value(),
         .forecast_j = forecast.energy.value(),
         .low_j = forecast.low.value(),
         .high_j = forecast.high.value()});
  }
  return AgreementCharts(pairs, validation.evaluation.interval_level,
                         "forecast and measured energy of whole networks");
}

}  // namespace

Validation Validate(const Profile& profile, const MeasuredNets& measured) {
  Validation validation{.evidence = measured.evidence};
  std::vector<Sample> samples;
  const Predictor predictor(profile);
  for (const MeasuredItem& net : measured.nets) {
    if (net.energy) samples.push_back(SampleOf(net));
    const auto graph = BuildZooModel(net.item.model);
    validation.nets.push_back(
        {net, EstimateModel(Resolve(*graph, {.batch = net.item.batch}), predictor)});
  }
  for (const MeasuredItem& layer : measured.layers) {
    if (layer.energy) samples.push_back(SampleOf(layer));
    validation.layers.push_back({layer, predictor.Forecast(*layer.item.spec)});
  }
  validation.evaluation = EvaluateProfile(profile, samples);
  if (profile.provenance.kind != Name(measured.evidence)) {
    validation.warnings.push_back("the profile's energies are " + profile.provenance.kind +
                                  ", those of this machine's meter " +
                                  std::string(Name(measured.evidence)) +
                                  ": they mean different things; compare the times");
  }
  return validation;
}

std::string ValidationText(const Validation& validation) {
  const Evaluation& evaluation = validation.evaluation;
  std::string text =
      fmt::format("Forecasts for {} against this machine, per call\n\n", evaluation.device);
  const auto add = [&](const std::vector<std::string>& cells) {
    text += fmt::format("{:<18} {:>5}", cells[0], cells[1]);
    for (std::size_t i = 2; i < cells.size(); ++i) text += fmt::format(" {:>10}", cells[i]);
    text += '\n';
  };
  add(kHeader);
  for (const ValidatedNet& net : validation.nets) add(Cells(net));
  text += '\n';
  for (const auto& [model, totals] : evaluation.totals_by_model) {
    text += fmt::format("{:<18} {}\n", model, Summary(totals));
  }
  if (evaluation.totals) text += fmt::format("{:<18} {}\n", "all", Summary(*evaluation.totals));
  if (!validation.layers.empty()) {
    text += "\nTheir layers, each alone: median error and bias\n\n";
    auto rows = LayerRows(validation);
    rows.insert(rows.begin(), kLayerHeader);
    for (const auto& cells : rows) {
      text += fmt::format("{:<18} {:>6} {:>9} {:>7} {:>9} {:>7}\n", cells[0], cells[1], cells[2],
                          cells[3], cells[4], cells[5]);
    }
  }
  for (const std::string& warning : validation.warnings) text += "warning: " + warning + "\n";
  return text;
}

std::string ValidationJson(const Validation& validation) {
  Json json = Json::parse(EvaluationJson(validation.evaluation));
  json["evidence"] = Name(validation.evidence);
  json["warnings"] = validation.warnings;
  json["nets"] = Json::array();
  for (const auto& [measured, forecast] : validation.nets) {
    Json entry = {{"model", measured.item.model}, {"batch", measured.item.batch}};
    entry.update(ItemJson(measured));
    entry.update(ForecastJson(forecast.energy, forecast.time));
    json["nets"].push_back(std::move(entry));
  }
  json["net_layers"] = Json::array();
  for (const auto& [measured, forecast] : validation.layers) {
    Json entry = {{"spec", measured.item.spec->ToString()}, {"model", measured.item.architecture}};
    entry.update(ItemJson(measured));
    entry.update(ForecastJson(forecast.energy, forecast.time));
    json["net_layers"].push_back(std::move(entry));
  }
  if (!validation.layers.empty()) {
    const LayerScores scores = ScoreLayers(validation);
    json["median_layer_error_percent"] = {
        {"energy", OrNull<Json>(scores.energy.median_ape_percent)},
        {"time", OrNull<Json>(scores.time.median_ape_percent)}};
  }
  return DumpJson(json);
}

std::string ValidationHtml(const Validation& validation) {
  const Evaluation& evaluation = validation.evaluation;
  HtmlPage page("Forecasts for " + evaluation.device + " against this machine");
  if (evaluation.totals) {
    const Agreement& all = *evaluation.totals;
    page.AddFacts(std::vector<std::pair<std::string, std::string>>{
        {"Networks measured", std::to_string(all.energy.n)},
        {"Mean error of the energy", Fixed(all.energy.mape_percent, 1) + " %"},
        {"Bias", Fixed(all.energy.bias_percent, 1) + " %"},
        {"Inside their interval", all.interval_coverage ? HumanShare(*all.interval_coverage) : "-"},
        {"Mean error of the time", Fixed(all.time.mape_percent, 1) + " %"}});
  }
  page.AddList(validation.warnings);
  page.AddHeading("Forecast and measurement");
  page.AddFigure(Figure(validation),
                 "Each point is one network at one batch size; energies here: " +
                     std::string(Name(validation.evidence)) + ".");
  page.AddHeading("Network by network");
  HtmlTable table{.header = kHeader};
  for (const ValidatedNet& net : validation.nets) table.rows.push_back(Cells(net));
  page.AddTable(table);
  page.AddHeading("By network");
  std::vector<std::string> lines;
  for (const auto& [model, totals] : evaluation.totals_by_model) {
    lines.push_back(model + ": " + Summary(totals));
  }
  page.AddList(lines);
  if (!validation.layers.empty()) {
    page.AddHeading("Their layers, each alone: median error and bias");
    page.AddTable({.header = kLayerHeader, .rows = LayerRows(validation)});
  }
  return page.Text();
}

}  // namespace joulecast
