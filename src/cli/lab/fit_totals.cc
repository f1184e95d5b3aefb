// SPDX-License-Identifier: Apache-2.0
#include "cli/lab/fit_totals.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/statistics.h"
#include "base/text.h"
#include "base/write_file.h"
#include "fit/totals_fit.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

/// Of all models' rows together.
Scores OverallScores(const TotalsFit& fit) {
  std::vector<double> measured;
  std::vector<double> forecast;
  for (const HeldOutModel& model : fit.models) {
    measured.insert(measured.end(), model.measured_j.begin(), model.measured_j.end());
    forecast.insert(forecast.end(), model.forecast_j.begin(), model.forecast_j.end());
  }
  return Score(measured, forecast);
}

/// The factor of the half-width upwards, in percent.
double Percent(double half_width) { return 100 * std::expm1(half_width); }

std::string AsJson(const TotalsFit& fit, const std::string& output) {
  const Scores overall = OverallScores(fit);
  Json models = Json::array();
  for (const HeldOutModel& model : fit.models) {
    const Scores scores = Score(model.measured_j, model.forecast_j);
    Json rows = Json::array();
    for (std::size_t i = 0; i < model.batches.size(); ++i) {
      rows.push_back({{"batch", model.batches[i]},
                      {"measured_j", model.measured_j[i]},
                      {"forecast_j", model.forecast_j[i]}});
    }
    models.push_back({{"model", model.model},
                      {"n", scores.n},
                      {"mape_percent", OrNull<Json>(scores.mape_percent)},
                      {"bias_percent", OrNull<Json>(scores.bias_percent)},
                      {"rows", rows}});
  }
  const Json json = {{"profile", output},
                     {"device", fit.profile.device},
                     {"terms", fit.terms},
                     {"leave_one_model_out",
                      {{"n", overall.n},
                       {"r2", OrNull<Json>(overall.r2)},
                       {"mape_percent", OrNull<Json>(overall.mape_percent)},
                       {"bias_percent", OrNull<Json>(overall.bias_percent)},
                       {"models", models}}},
                     {"interval", fit.profile.interval_level},
                     {"interval_half_width_percent", Percent(fit.half_width)},
                     {"exclusions", fit.exclusions}};
  return DumpJson(json);
}

std::string AsText(const TotalsFit& fit, const std::string& output) {
  std::string text = fmt::format("fitted: {}\n", Join(fit.terms, ", "));
  if (fit.models.empty()) {
    text += "one model only: none could be held out\n";
  } else {
    text += fmt::format("{:<32} {:>5} {:>8} {:>8}\n", "held-out model", "rows", "error", "bias");
    const auto line = [&](const std::string& name, const Scores& scores) {
      text += fmt::format("{:<32} {:>5} {:>6.1f} % {:>6.1f} %\n", Printable(name, 32), scores.n,
                          scores.mape_percent.value_or(0), scores.bias_percent.value_or(0));
    };
    for (const HeldOutModel& model : fit.models) {
      line(model.model, Score(model.measured_j, model.forecast_j));
    }
    line("all", OverallScores(fit));
  }
  text += fmt::format("{:.0f} % interval of a total: up to {:.1f} % above the forecast\n",
                      100 * fit.profile.interval_level, Percent(fit.half_width));
  for (const std::string& exclusion : fit.exclusions) text += "note: " + exclusion + "\n";
  return text + "wrote " + output + "\n";
}

}  // namespace

void TotalsOptions::AddTo(CLI::App& command) {
  command
      .add_option("--totals", csv,
                  "Measurements of whole models instead of a dataset: columns model (zoo name or "
                  "file), batch, energy_j and, if known, time_s")
      ->type_name("CSV");
  command
      .add_option("--start-from", start_from,
                  "With --totals: scale this device's profile instead of fitting generic costs")
      ->type_name("DEVICE");
  command.add_option("--measured-by", measured_by, "With --totals: what meter measured them")
      ->type_name("TEXT")
      ->capture_default_str();
}

int FitFromTotals(const TotalsOptions& options, const FitRequest& request,
                  const std::string& output, const std::string& format) {
  const Totals totals = ReadTotals(options.csv);
  const TotalsFit fit = options.start_from.empty()
                            ? FitTotals(request, totals)
                            : ScaleToTotals(LoadProfile(options.start_from), request, totals);
  WriteFile(output, WriteProfile(fit.profile));
  Print(format == "json" ? AsJson(fit, output) : AsText(fit, output));
  return kDone;
}

}  // namespace joulecast
