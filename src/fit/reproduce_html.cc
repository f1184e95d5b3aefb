// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <set>

#include "base/text.h"
#include "fit/reproduce.h"
#include "report/charts.h"
#include "report/html.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

std::string Count(const std::optional<std::size_t>& value) {
  return value ? std::to_string(*value) : "-";
}

std::string WithDeviation(const std::optional<double>& mean, const std::optional<double>& sd) {
  return Fixed(mean, 3) + (sd ? " ± " + Fixed(sd, 3) : "");
}

void AddDatasets(HtmlPage& page, const ReproduceReport& report) {
  HtmlTable table{.header = {"", "rows", "kept", "published", "unique", "published"}};
  for (const DatasetCount& count : report.datasets) {
    table.rows.push_back({count.layer, std::to_string(count.rows), std::to_string(count.kept),
                          Count(count.published_kept), std::to_string(count.configurations),
                          Count(count.published_configurations)});
  }
  page.AddHeading("Datasets after the published cleaning");
  page.AddTable(table);
}

void AddTable2(HtmlPage& page, const ReproduceReport& report) {
  HtmlTable table{.header = {"layer", "features", "CV R2", "published", "test R2", "published",
                             "test MSE", "published", "test MAPE %"},
                  .text_columns = 2};
  for (const PredictorRow& row : report.table2) {
    table.rows.push_back({row.layer, row.features, WithDeviation(row.ours.cv_r2, row.ours.cv_r2_sd),
                          WithDeviation(row.published.cv_r2, row.published.cv_r2_sd),
                          Fixed(row.ours.test_r2, 4), Fixed(row.published.test_r2, 4),
                          Scientific(row.ours.test_mse), Scientific(row.published.test_mse),
                          Fixed(row.ours.mape_percent, 1)});
  }
  page.AddHeading("Table 2: the predictor of each layer type");
  page.AddTable(table);
}

void AddTable6(HtmlPage& page, const ReproduceReport& report) {
  HtmlTable table{
      .header = {"layer", "features", "model", "test R2", "published", "CV R2", "test MSE"},
      .text_columns = 3};
  for (const PredictorRow& row : report.table6) {
    table.rows.push_back({row.layer, row.features, row.model, Fixed(row.ours.test_r2, 4),
                          Fixed(row.published.test_r2, 4), Fixed(row.ours.cv_r2, 4),
                          Scientific(row.ours.test_mse)});
  }
  page.AddHeading("Table 6: feature sets");
  page.AddTable(table);
}

void AddAblation(HtmlPage& page, const Ablation& ablation) {
  HtmlTable table{.header = {"", "features", "test R2", "published"}, .text_columns = 2};
  const auto add = [&](const char* name, const AblationExtreme& extreme,
                       const std::optional<double>& published) {
    table.rows.push_back(
        {name, Join(extreme.features, ", "), Fixed(extreme.test_r2, 8), Fixed(published, 8)});
  };
  const auto add_range = [&](const char* best, const char* worst, const AblationRange& range) {
    add(best, range.max, range.published_max);
    add(worst, range.min, range.published_min);
  };
  add_range("best with MACs", "worst with MACs", ablation.with_macs);
  add_range("best without", "worst without", ablation.without_macs);
  page.AddHeading(fmt::format("Ablation: all {} subsets of the conv2d features", ablation.subsets));
  page.AddTable(table);
}

void AddNets(HtmlPage& page, std::string_view title, const NetReport& nets) {
  HtmlTable table{.header = {"", "n", "R2", "published", "MAPE %", "published"}};
  const auto add = [&](const std::string& name, const NetScores& scores) {
    table.rows.push_back({name, std::to_string(scores.ours.n), Fixed(scores.ours.r2, 4),
                          Fixed(scores.published_r2, 4), Fixed(scores.ours.mape_percent, 1),
                          Fixed(scores.published_mape_percent, 0)});
  };
  for (const auto& [layer, scores] : nets.layers) add(layer, scores);
  add("whole nets", nets.totals);
  for (const auto& [net, scores] : nets.by_net) add(net, scores);
  page.AddHeading(title);
  page.AddTable(table);
}

void AddShares(HtmlPage& page, const ReproduceReport& report) {
  std::set<std::string> types;
  for (const auto& [net, shares] : report.shares) {
    for (const auto& [type, share] : shares) types.insert(type);
  }
  const std::vector<std::string> legend(types.begin(), types.end());
  std::vector<StackedBar> bars;
  HtmlTable table{.header = {"net", "layer type", "share %", "published"}, .text_columns = 2};
  for (const auto& [net, shares] : report.shares) {
    StackedBar bar{.name = net};
    const auto published = report.published_shares.find(net);
    for (const std::string& type : legend) {
      const auto share = shares.find(type);
      bar.parts.push_back(share == shares.end() ? 0 : share->second);
      if (share == shares.end()) continue;
      const bool is_published =
          published != report.published_shares.end() && published->second.contains(type);
      table.rows.push_back({net, type, Fixed(share->second, 2),
                            is_published ? Fixed(published->second.at(type), 2) : "-"});
    }
    bars.push_back(std::move(bar));
  }
  page.AddHeading("Shares of the measured energy");
  page.AddFigure(StackedBars(legend, bars, "Shares of each net's energy by layer type"),
                 "By layer type, over all batches of a net.");
  page.AddTable(table);
}

}  // namespace

std::string ReproduceHtml(const ReproduceReport& report) {
  HtmlPage page("getzner2023 (arXiv 2304.00897), reproduced");
  page.AddParagraph(
      "Each published number beside ours, by the published protocol on the published "
      "measurements.");
  AddDatasets(page, report);
  AddTable2(page, report);
  AddTable6(page, report);
  if (report.ablation) AddAblation(page, *report.ablation);
  if (report.nets) AddNets(page, "Real nets, forecast from random layers", *report.nets);
  if (report.a3) AddNets(page, "A.3: net configurations among the training data", *report.a3);
  if (!report.shares.empty()) AddShares(page, report);
  if (report.additivity) {
    page.AddHeading("Layer sums");
    page.AddParagraph(fmt::format("Measured layer sums against {} measured nets: R2 {}, MAPE {} %.",
                                  report.additivity->n, Fixed(report.additivity->r2, 5),
                                  Fixed(report.additivity->mape_percent, 2)));
  }
  std::vector<std::string> notes;
  for (const std::string& file : report.missing_files) notes.push_back("missing: " + file);
  notes.insert(notes.end(), report.notes.begin(), report.notes.end());
  if (!notes.empty()) page.AddHeading("Notes");
  page.AddList(notes);
  page.AddParagraph(
      fmt::format("Seconds: reading {:.2f}, ablation {:.3f}, Lasso {:.1f}, the rest {:.2f}.",
                  report.timing.read.count(), report.timing.ablation.count(),
                  report.timing.lasso.count(), report.timing.rest.count()));
  return page.Text();
}

}  // namespace joulecast
