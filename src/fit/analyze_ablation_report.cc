// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "base/json_values.h"
#include "base/text.h"
#include "fit/analyze_ablation.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

using Json = nlohmann::ordered_json;

std::string Title(const AblationAnalysis& analysis) {
  return fmt::format("Ablation of {}: all {} subsets of {} features", analysis.layer,
                     analysis.subsets, analysis.features.size());
}

std::string Protocol(const AblationAnalysis& analysis) {
  return fmt::format(
      "Test R2 of least squares on joules: fitted on {} of {} configurations, tested on {}.",
      analysis.train_rows, analysis.rows, analysis.test_rows);
}

struct Line {
  const char* name;
  const AblationExtreme* extreme;
};

std::vector<Line> Extremes(const AblationAnalysis& analysis) {
  std::vector<Line> lines;
  if (analysis.with_macs) {
    lines.push_back({"best with MACs", &analysis.with_macs->max});
    lines.push_back({"worst with MACs", &analysis.with_macs->min});
  }
  if (analysis.without_macs) {
    lines.push_back({"best without", &analysis.without_macs->max});
    lines.push_back({"worst without", &analysis.without_macs->min});
  }
  return lines;
}

Json RangeJson(const std::optional<AblationRange>& range) {
  if (!range) return nullptr;
  return {{"max", range->max.test_r2},
          {"min", range->min.test_r2},
          {"max_features", range->max.features},
          {"min_features", range->min.features}};
}

Json ExtremesJson(const std::vector<AblationExtreme>& extremes) {
  Json json = Json::array();
  for (const AblationExtreme& extreme : extremes) {
    json.push_back({{"test_r2", extreme.test_r2}, {"features", extreme.features}});
  }
  return json;
}

void AddBars(HtmlPage& page, std::string_view title, const std::vector<Bar>& bars) {
  page.AddHeading(title);
  page.AddFigure(BarChart(bars, title), "Test R2; what is below 0 has no bar.");
}

}  // namespace

std::string AblationText(const AblationAnalysis& analysis) {
  std::string text = Title(analysis) + "\n" + Protocol(analysis) + "\n\n";
  const auto put = [&](std::string_view name, const AblationExtreme& extreme) {
    fmt::format_to(std::back_inserter(text), "{:<18} {:>12.8f}  {}\n", name, extreme.test_r2,
                   Join(extreme.features, " "));
  };
  for (const auto& [name, extreme] : Extremes(analysis)) put(name, *extreme);
  text += "\nEach feature alone\n\n";
  for (const AblationExtreme& one : analysis.single) put("", one);
  text += "\nThe best of each size\n\n";
  for (const AblationExtreme& best : analysis.best_by_size) {
    put(fmt::format("{}", best.features.size()), best);
  }
  if (!analysis.notes.empty()) text += "\n";
  for (const std::string& note : analysis.notes) text += "note: " + note + "\n";
  return text;
}

std::string AblationJson(const AblationAnalysis& analysis) {
  const Json json = {{"layer", analysis.layer},
                     {"rows", analysis.rows},
                     {"train_rows", analysis.train_rows},
                     {"test_rows", analysis.test_rows},
                     {"features", analysis.features},
                     {"subsets", analysis.subsets},
                     {"with_macs", RangeJson(analysis.with_macs)},
                     {"without_macs", RangeJson(analysis.without_macs)},
                     {"single", ExtremesJson(analysis.single)},
                     {"best_by_size", ExtremesJson(analysis.best_by_size)},
                     {"notes", analysis.notes}};
  return DumpJson(json);
}

std::string AblationHtml(const AblationAnalysis& analysis) {
  HtmlPage page(Title(analysis));
  page.AddParagraph(Protocol(analysis));
  HtmlTable table{.header = {"", "features", "test R2"}, .text_columns = 2};
  for (const auto& [name, extreme] : Extremes(analysis)) {
    table.rows.push_back({name, Join(extreme->features, ", "), Fixed(extreme->test_r2, 8)});
  }
  page.AddTable(table);
  std::vector<Bar> bars;
  for (const AblationExtreme& one : analysis.single) {
    bars.push_back({one.features[0], std::max(0.0, one.test_r2), Fixed(one.test_r2, 4)});
  }
  AddBars(page, "Each feature alone", bars);
  bars.clear();
  HtmlTable sizes{.header = {"features", "which", "test R2"}, .text_columns = 2};
  for (const AblationExtreme& best : analysis.best_by_size) {
    const std::string size = std::to_string(best.features.size());
    bars.push_back({size, std::max(0.0, best.test_r2), Fixed(best.test_r2, 5)});
    sizes.rows.push_back({size, Join(best.features, ", "), Fixed(best.test_r2, 8)});
  }
  AddBars(page, "The best subset of each size", bars);
  page.AddTable(sizes);
  if (!analysis.notes.empty()) page.AddHeading("Notes");
  page.AddList(analysis.notes);
  return page.Text();
}

}  // namespace joulecast
