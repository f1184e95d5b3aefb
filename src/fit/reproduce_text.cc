// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <iterator>

#include "base/text.h"
#include "fit/reproduce.h"
#include "report/numbers.h"

namespace joulecast {
namespace {

constexpr std::size_t kColumns = 80;

/// Appends formatted text.
template <typename... Args>
void Put(std::string& text, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(text), format, std::forward<Args>(args)...);
}

std::string Count(const std::optional<std::size_t>& value) {
  return value ? std::to_string(*value) : "-";
}

/// ".994 +- .005", to the digits that were printed.
std::string WithDeviation(const std::optional<double>& mean, const std::optional<double>& sd) {
  if (!mean) return "-";
  return sd ? fmt::format("{:.3f} +- {:.3f}", *mean, *sd) : fmt::format("{:.3f}", *mean);
}

void PutWrapped(std::string& text, std::string_view lead, std::string_view words) {
  std::string line(lead);
  const std::string indent(lead.size(), ' ');
  bool is_first = true;
  for (const std::string_view word : SplitBlanks(words)) {
    if (!is_first && line.size() + 1 + word.size() > kColumns) {
      text += line + "\n";
      line = indent;
      is_first = true;
    }
    line += (is_first ? "" : " ") + std::string(word);
    is_first = false;
  }
  text += line + "\n";
}

void PutDatasets(std::string& text, const std::vector<DatasetCount>& datasets) {
  text += "Datasets after the published cleaning\n\n";
  Put(text, "  {:<24} {:>6} {:>6} {:>10} {:>8} {:>10}\n", "", "rows", "kept", "published", "unique",
      "published");
  for (const DatasetCount& count : datasets) {
    Put(text, "  {:<24} {:>6} {:>6} {:>10} {:>8} {:>10}\n", count.layer, count.rows, count.kept,
        Count(count.published_kept), count.configurations, Count(count.published_configurations));
  }
}

void PutTable2(std::string& text, const std::vector<PredictorRow>& table) {
  text += "\nTable 2: the predictor of each layer type\n\n";
  Put(text, "  {:<9} {:<10} {:<17} {:>7} {:>10} {:>11}\n", "layer", "", "CV R2", "test R2",
      "test MSE", "test MAPE %");
  for (const PredictorRow& row : table) {
    const auto put = [&](std::string_view layer, std::string_view who, const PredictorScores& s) {
      Put(text, "  {:<9} {:<10} {:<17} {:>7} {:>10} {:>11}\n", layer, who,
          WithDeviation(s.cv_r2, s.cv_r2_sd), Fixed(s.test_r2, 4), Scientific(s.test_mse),
          Fixed(s.mape_percent, 1));
    };
    put(row.layer, "ours", row.ours);
    put("", "published", row.published);
  }
}

void PutTable6(std::string& text, const std::vector<PredictorRow>& table) {
  text += "\nTable 6: feature sets\n\n";
  Put(text, "  {:<9} {:<26} {:<5} {:>7} {:>9} {:>6} {:>10}\n", "layer", "features", "model",
      "test R2", "published", "CV R2", "test MSE");
  for (const PredictorRow& row : table) {
    Put(text, "  {:<9} {:<26} {:<5} {:>7} {:>9} {:>6} {:>10}\n", row.layer, row.features, row.model,
        Fixed(row.ours.test_r2, 4), Fixed(row.published.test_r2, 4), Fixed(row.ours.cv_r2, 4),
        Scientific(row.ours.test_mse));
  }
}

void PutExtreme(std::string& text, std::string_view name, const AblationExtreme& extreme,
                const std::optional<double>& published) {
  Put(text, "  {:<20} {:>11.8f}   published {}\n", name, extreme.test_r2, Fixed(published, 8));
  PutWrapped(text, "      ", Join(extreme.features, " "));
}

void PutAblation(std::string& text, const Ablation& ablation) {
  Put(text, "\nAblation: test R2 over all {} subsets of the conv2d features\n\n", ablation.subsets);
  PutExtreme(text, "best with MACs", ablation.with_macs.max, ablation.with_macs.published_max);
  PutExtreme(text, "worst with MACs", ablation.with_macs.min, ablation.with_macs.published_min);
  PutExtreme(text, "best without", ablation.without_macs.max, ablation.without_macs.published_max);
  PutExtreme(text, "worst without", ablation.without_macs.min, ablation.without_macs.published_min);
}

void PutNetRow(std::string& text, std::string_view name, const NetScores& scores) {
  Put(text, "  {:<12} {:>5} {:>11} {:>12} {:>12} {:>11}\n", name, scores.ours.n,
      Fixed(scores.ours.r2, 4), Fixed(scores.published_r2, 4), Fixed(scores.ours.mape_percent, 1),
      Fixed(scores.published_mape_percent, 0));
}

void PutNets(std::string& text, std::string_view title, const NetReport& nets) {
  Put(text, "\n{}\n\n", title);
  Put(text, "  {:<12} {:>5} {:>11} {:>12} {:>12} {:>11}\n", "", "n", "R2", "published", "MAPE %",
      "published");
  for (const auto& [layer, scores] : nets.layers) PutNetRow(text, layer, scores);
  PutNetRow(text, "whole nets", nets.totals);
  for (const auto& [net, scores] : nets.by_net) PutNetRow(text, "  " + net, scores);
}

void PutShares(std::string& text, const ReproduceReport& report) {
  text += "\nShares of the measured energy, %\n\n";
  for (const auto& [net, types] : report.shares) {
    Put(text, "  {}\n", net);
    const auto published = report.published_shares.find(net);
    for (const auto& [type, share] : types) {
      Put(text, "    {:<18} {:>6.2f}", type, share);
      const bool is_published =
          published != report.published_shares.end() && published->second.contains(type);
      if (is_published) Put(text, "   published {:.2f}", published->second.at(type));
      text += "\n";
    }
  }
}

}  // namespace

std::string ReproduceText(const ReproduceReport& report) {
  std::string text = "getzner2023 (arXiv 2304.00897), reproduced\n\n";
  PutDatasets(text, report.datasets);
  PutTable2(text, report.table2);
  PutTable6(text, report.table6);
  if (report.ablation) PutAblation(text, *report.ablation);
  if (report.nets) PutNets(text, "Real nets, forecast from random layers", *report.nets);
  if (report.a3) PutNets(text, "A.3: net configurations among the training data", *report.a3);
  if (!report.shares.empty()) PutShares(text, report);
  if (report.additivity) {
    Put(text, "\nMeasured layer sums against {} measured nets: R2 {}, MAPE {} %\n",
        report.additivity->n, Fixed(report.additivity->r2, 5),
        Fixed(report.additivity->mape_percent, 2));
  }
  Put(text, "\nSeconds: reading {:.2f}, ablation {:.3f}, Lasso {:.1f}, the rest {:.2f}\n",
      report.timing.read.count(), report.timing.ablation.count(), report.timing.lasso.count(),
      report.timing.rest.count());
  if (!report.missing_files.empty() || !report.notes.empty()) text += "\n";
  for (const std::string& file : report.missing_files) PutWrapped(text, "missing: ", file);
  for (const std::string& note : report.notes) PutWrapped(text, "note: ", note);
  return text;
}

}  // namespace joulecast
