// SPDX-License-Identifier: Apache-2.0
#include "fit/analyze_ablation.h"

#include <algorithm>
#include <bit>

#include "base/text.h"
#include "fit/ablation.h"
#include "fit/analyze_rows.h"
#include "fit/feature_columns.h"
#include "fit/split.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

/// Leaves the last logarithms out where there are too many columns for all subsets.
void LeaveRoom(FeatureColumns& features, std::size_t most, std::vector<std::string>& notes) {
  std::vector<std::string> dropped;
  while (features.columns.size() > most) {
    const auto last =
        std::find_if(features.columns.rbegin(), features.columns.rend(),
                     [](const FeatureColumn& column) { return column.kind == FeatureKind::kLog; });
    if (last == features.columns.rend()) break;  // AblateSubsets says that there are too many
    dropped.push_back(last->name);
    features.columns.erase(std::next(last).base());
  }
  if (!dropped.empty()) {
    notes.push_back("left out, because all subsets of more than " + std::to_string(most) +
                    " features are too many: " + Join(dropped, ", "));
  }
}

std::vector<AblationExtreme> BestBySize(const std::vector<double>& scores,
                                        std::span<const std::string> names) {
  std::vector<std::size_t> best(names.size() + 1, 0);
  for (std::size_t mask = 1; mask < scores.size(); ++mask) {
    std::size_t& known = best[static_cast<std::size_t>(std::popcount(mask))];
    if (known == 0 || scores[mask] > scores[known]) known = mask;
  }
  std::vector<AblationExtreme> extremes;
  for (std::size_t size = 1; size < best.size(); ++size) {
    extremes.push_back({scores[best[size]], FeaturesOfSubset(best[size], names)});
  }
  return extremes;
}

}  // namespace

AblationAnalysis AnalyzeAblation(std::span<const Observation> rows, std::uint32_t seed,
                                 std::size_t most_features) {
  RequireEnoughRows(rows, "an ablation");
  FeatureColumns features = MakeFeatureColumns(SpecsOf(rows));
  AblationAnalysis analysis{.layer = std::string(rows[0].spec.type().name), .rows = rows.size()};
  NoteConstants(features, analysis.notes);
  LeaveRoom(features, most_features, analysis.notes);
  for (const FeatureColumn& column : features.columns) analysis.features.push_back(column.name);
  if (analysis.features.empty()) {
    throw Error(ErrorKind::kInput, "all " + std::to_string(rows.size()) + " rows of " +
                                       analysis.layer +
                                       " are of one specification: an ablation needs rows whose "
                                       "parameters differ");
  }
  const Eigen::MatrixXd x = features.Matrix([](FeatureKind) { return true; });
  const Eigen::VectorXd y = EnergiesOf(rows);
  const Split3 split = SplitShuffled(rows.size(), seed);
  analysis.train_rows = split.train.size();
  analysis.test_rows = split.test.size();
  const auto scores = AblateSubsets(x(split.train, Eigen::all), y(split.train),
                                    x(split.test, Eigen::all), y(split.test));
  analysis.subsets = scores.size() - 1;
  const auto& names = analysis.features;
  const std::size_t macs =
      features.Has(FeatureKind::kMacs) ? std::size_t{1} << (names.size() - 1) : 0;
  analysis.with_macs = RangeOf(scores, names, [&](auto mask) { return (mask & macs) != 0; });
  analysis.without_macs = RangeOf(scores, names, [&](auto mask) { return (mask & macs) == 0; });
  for (std::size_t j = 0; j < names.size(); ++j) {
    analysis.single.push_back({scores[std::size_t{1} << j], {names[j]}});
  }
  analysis.best_by_size = BestBySize(scores, names);
  return analysis;
}

}  // namespace joulecast
