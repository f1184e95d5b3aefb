// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "fit/analyze_features.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

/// Appends formatted text.
template <typename... Args>
void Put(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
}

std::string Title(const FeatureAnalysis& analysis) {
  return fmt::format("Features of {}: {} configurations, 5-fold cross-validation", analysis.layer,
                     analysis.rows);
}

constexpr const char* kNotPositive = "forecasts that are not positive";

std::string Explanation(const TermImportance& term, double with) {
  return fmt::format("{:+.1f}", term.without_percent - with);
}

HtmlTable SetsTable(const FeatureAnalysis& analysis) {
  HtmlTable table{.header = {"features", "model", "columns", "R2", "R2 of logs", "MAPE %",
                             "median %", "not positive"},
                  .text_columns = 2};
  for (const FeatureSetScore& set : analysis.sets) {
    table.rows.push_back(
        {set.features, set.model, std::to_string(set.columns), Fixed(set.scores.r2, 4),
         Fixed(set.scores.r2_log, 4), Fixed(set.scores.mape_percent, 1),
         Fixed(set.scores.median_ape_percent, 1), std::to_string(set.not_positive)});
  }
  return table;
}

void AddScatter(HtmlPage& page, const FeatureAnalysis& analysis, const FeatureSetScore& set) {
  std::vector<ForecastPair> pairs;
  for (std::size_t i = 0; i < set.predicted_j.size(); ++i) {
    pairs.push_back({.group = analysis.layer,
                     .measured_j = analysis.measured_j[i],
                     .forecast_j = set.predicted_j[i]});
  }
  const std::string label = fmt::format("{}: forecast against measured energy", set.features);
  page.AddFigure(DiagonalChart(pairs, label),
                 fmt::format("{}: MAPE {} %; {} forecasts are not positive and cannot be drawn.",
                             set.features, Fixed(set.scores.mape_percent, 1), set.not_positive));
}

const FeatureSetScore* FindSet(const FeatureAnalysis& analysis, std::string_view features) {
  const auto found = std::find_if(analysis.sets.begin(), analysis.sets.end(),
                                  [&](const auto& set) { return set.features == features; });
  return found == analysis.sets.end() ? nullptr : &*found;
}

void AddTerms(HtmlPage& page, const FeatureAnalysis& analysis) {
  page.AddHeading("Importance of the physical terms");
  page.AddParagraph(
      fmt::format("The cross-validated mean error is {:.1f} % with all terms; this is what it "
                  "becomes without each.",
                  analysis.physical_mape_percent));
  std::vector<Bar> bars;
  HtmlTable table{.header = {"term", "part", "share of energy %", "MAPE % without", "change"},
                  .text_columns = 2};
  for (const TermImportance& term : analysis.terms) {
    const double added = term.without_percent - analysis.physical_mape_percent;
    bars.push_back({term.term, std::max(0.0, added), fmt::format("{:+.1f}", added)});
    table.rows.push_back({term.term, term.part, Fixed(term.share_percent, 2),
                          Fixed(term.without_percent, 2),
                          Explanation(term, analysis.physical_mape_percent)});
  }
  page.AddFigure(BarChart(bars, "Rise of the error without each physical term"),
                 "Percentage points by which the error rises without a term.");
  page.AddTable(table);
}

}  // namespace

std::string FeaturesText(const FeatureAnalysis& analysis) {
  std::string text = Title(analysis) + "\n\n";
  Put(text, "{:<28} {:>7} {:>8} {:>8} {:>9} {:>8} {:>5}\n", "features", "columns", "R2", "R2 log",
      "MAPE %", "median %", "<= 0");
  for (const FeatureSetScore& set : analysis.sets) {
    Put(text, "{:<28} {:>7} {:>8} {:>8} {:>9} {:>8} {:>5}\n", set.features, set.columns,
        Fixed(set.scores.r2, 4), Fixed(set.scores.r2_log, 4), Fixed(set.scores.mape_percent, 1),
        Fixed(set.scores.median_ape_percent, 1), set.not_positive);
  }
  Put(text, "\n<= 0: {}. Power laws are fitted to logarithms,\n", kNotPositive);
  text += "physical terms to relative errors, the others to joules.\n";
  if (!analysis.terms.empty()) {
    Put(text, "\nPhysical terms: the error is {:.1f} %; without each term it becomes\n\n",
        analysis.physical_mape_percent);
    Put(text, "{:<28} {:<11} {:>16} {:>9} {:>8}\n", "term", "part", "share of energy", "MAPE %",
        "change");
    for (const TermImportance& term : analysis.terms) {
      Put(text, "{:<28} {:<11} {:>14.2f} % {:>9.2f} {:>8}\n", term.term, term.part,
          term.share_percent, term.without_percent,
          Explanation(term, analysis.physical_mape_percent));
    }
  }
  if (!analysis.notes.empty()) text += "\n";
  for (const std::string& note : analysis.notes) text += "note: " + note + "\n";
  return text;
}

std::string FeaturesJson(const FeatureAnalysis& analysis) {
  Json json = {{"layer", analysis.layer}, {"rows", analysis.rows}, {"folds", 5}};
  json["feature_sets"] = Json::array();
  for (const FeatureSetScore& set : analysis.sets) {
    Json one = {{"features", set.features}, {"model", set.model}, {"columns", set.columns}};
    for (const auto& [name, value] : NamedScores(set.scores)) {
      one[name] = value ? Json(*value) : Json(nullptr);
    }
    one["not_positive"] = set.not_positive;
    json["feature_sets"].push_back(std::move(one));
  }
  json["terms"] = Json::array();
  for (const TermImportance& term : analysis.terms) {
    json["terms"].push_back({{"term", term.term},
                             {"part", term.part},
                             {"share_percent", term.share_percent},
                             {"mape_percent_with", analysis.physical_mape_percent},
                             {"mape_percent_without", term.without_percent}});
  }
  json["notes"] = analysis.notes;
  return DumpJson(json);
}

std::string FeaturesHtml(const FeatureAnalysis& analysis) {
  HtmlPage page(Title(analysis));
  page.AddParagraph(
      "Each score is of forecasts by a fit that has not seen the row. Power laws are fitted to "
      "logarithms, physical terms to relative errors, the others to joules.");
  page.AddTable(SetsTable(analysis));
  std::vector<Bar> bars;
  for (const FeatureSetScore& set : analysis.sets) {
    const double error = set.scores.median_ape_percent.value_or(0);
    bars.push_back({set.features, std::log10(1 + error), Fixed(error, 1) + " %"});
  }
  page.AddHeading("Median relative error");
  page.AddFigure(BarChart(bars, "Median relative error of each feature set"),
                 "Lengths are logarithmic.");
  page.AddHeading("Forecast against measured");
  for (const char* name : {"physical terms", "all", "MACs"}) {
    if (const FeatureSetScore* set = FindSet(analysis, name)) AddScatter(page, analysis, *set);
  }
  if (!analysis.terms.empty()) AddTerms(page, analysis);
  if (!analysis.notes.empty()) page.AddHeading("Notes");
  page.AddList(analysis.notes);
  return page.Text();
}

}  // namespace joulecast
