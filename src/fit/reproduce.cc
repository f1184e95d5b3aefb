// SPDX-License-Identifier: Apache-2.0
#include "fit/reproduce.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <span>
#include <utility>

#include "dataset/formats/getzner2023.h"
#include "fit/ablation.h"
#include "fit/getzner2023.h"
#include "fit/reproduce_nets.h"
#include "fit/split.h"

namespace joulecast {
namespace {

using Samples = std::vector<GetznerSample>;

/// Of thirty rows 21 are trained on, so that each of ten folds has two to score.
constexpr std::size_t kFewestSamples = 30;

struct PublishedCount {
  std::string_view layer;
  std::size_t kept;
  std::size_t configurations;
};
constexpr PublishedCount kPublishedCounts[] = {
    {"conv2d", 2900, 976},  {"maxpool2d", 2939, 985}, {"linear", 2962, 992}, {"relu", 2951, 988},
    {"sigmoid", 1467, 489}, {"tanh", 1473, 491},      {"softmax", 1479, 493}};

class Stopwatch {
 public:
  /// Since construction or the last call.
  Seconds Lap() {
    const auto now = std::chrono::steady_clock::now();
    return now - std::exchange(start_, now);
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

Samples RandomOf(const Samples& samples, std::string_view layer) {
  return SamplesOf(samples, GetznerOrigin::kRandom, layer);
}

/// Counts of the random rows of each layer type, and of everything in real nets.
std::vector<DatasetCount> CountDatasets(std::span<const GetznerRow> rows, const Samples& samples) {
  std::vector<DatasetCount> counts;
  const auto add = [&](const std::string& name, const std::function<bool(const GetznerRow&)>& is_in,
                       std::size_t configurations) -> DatasetCount& {
    DatasetCount count{.layer = name, .configurations = configurations};
    for (const GetznerRow& row : rows) {
      if (!is_in(row)) continue;
      ++count.rows;
      if (IsKept(row)) ++count.kept;
    }
    return counts.emplace_back(std::move(count));
  };
  for (const PublishedCount& published : kPublishedCounts) {
    DatasetCount& count = add(
        std::string(published.layer),
        [&](const GetznerRow& row) {
          return OriginOf(row) == GetznerOrigin::kRandom && LayerOf(row) == published.layer;
        },
        RandomOf(samples, published.layer).size());
    count.published_kept = published.kept;
    count.published_configurations = published.configurations;
  }
  for (const auto& [name, origin] :
       {std::pair("net configurations", GetznerOrigin::kNetConfiguration),
        std::pair("nets and their layers", GetznerOrigin::kNet)}) {
    const auto configurations = std::count_if(
        samples.begin(), samples.end(),
        [origin = origin](const GetznerSample& sample) { return sample.origin == origin; });
    add(
        name, [origin = origin](const GetznerRow& row) { return OriginOf(row) == origin; },
        static_cast<std::size_t>(configurations));
  }
  return counts;
}

/// The rows of a table; layer types without data are noted once.
std::vector<PredictorRow> Table(std::span<const GetznerRecipe> recipes, const Samples& samples,
                                const std::function<bool(const GetznerRecipe&)>& is_wanted) {
  std::vector<PredictorRow> table;
  for (const GetznerRecipe& recipe : recipes) {
    table.push_back({.layer = std::string(recipe.layer),
                     .features = recipe.Features(),
                     .model = recipe.Model(),
                     .published = recipe.published});
    if (!is_wanted(recipe)) continue;
    const Samples random = RandomOf(samples, recipe.layer);
    if (random.size() >= kFewestSamples) table.back().ours = EvaluateGetzner(recipe, random);
  }
  return table;
}

/// Every subset of the convolution's 7 parameters, their logarithms and the MACs.
std::optional<Ablation> RunAblation(const Samples& samples) {
  const Samples convs = RandomOf(samples, "conv2d");
  if (convs.size() < kFewestSamples) return std::nullopt;
  const GetznerRecipe everything{.layer = "conv2d", .params = true, .logs = true, .macs = true};
  std::vector<std::string> names;
  for (const auto name : GetznerParameters("conv2d")) names.emplace_back(name);
  for (const auto name : GetznerParameters("conv2d")) names.push_back("log_" + std::string(name));
  names.emplace_back("macs");
  const std::size_t macs = std::size_t{1} << (names.size() - 1);

  const Split3 split = SplitShuffled(convs.size(), kGetznerAblationSeed);
  const Eigen::MatrixXd x = GetznerColumns(everything, convs);
  const Eigen::VectorXd y = GetznerTargets(convs);
  const auto scores = AblateSubsets(x(split.train, Eigen::all), y(split.train),
                                    x(split.test, Eigen::all), y(split.test));
  Ablation ablation{.subsets = scores.size() - 1};
  ablation.with_macs = *RangeOf(scores, names, [&](auto mask) { return (mask & macs) != 0; });
  ablation.without_macs = *RangeOf(scores, names, [&](auto mask) { return (mask & macs) == 0; });
  ablation.with_macs.published_max = .99807137;
  ablation.with_macs.published_min = .99719166;
  ablation.without_macs.published_max = .25068152;
  ablation.without_macs.published_min = -.02672969;
  return ablation;
}

void NoteMissingLayers(ReproduceReport& report) {
  for (const PredictorRow& row : report.table2) {
    if (row.ours.test_r2) continue;
    report.notes.push_back(row.layer + ": fewer than " + std::to_string(kFewestSamples) +
                           " random configurations here, so nothing was fitted");
  }
  if (!report.ablation) report.notes.emplace_back("ablation: it needs the random conv2d files");
}

}  // namespace

ReproduceReport ReproduceGetzner2023(const std::filesystem::path& dir,
                                     const ReproduceOptions& options) {
  const auto tell = [&](std::string_view step) {
    if (options.progress) options.progress(step);
  };
  Stopwatch watch;
  tell("reading");
  GetznerData data = ReadGetzner2023(dir);
  ReproduceReport report;
  report.missing_files = std::move(data.missing_files);
  report.timing.read = watch.Lap();

  const Samples samples = AggregateGetzner(data.rows);
  report.datasets = CountDatasets(data.rows, samples);
  tell("predictors and feature sets");
  const auto is_quick = [](const GetznerRecipe& recipe) { return !recipe.lasso; };
  report.table2 = Table(GetznerPredictors(), samples, is_quick);
  report.table6 = Table(GetznerFeatureSets(), samples, is_quick);
  tell("real nets");
  AddNets(samples, report);
  report.timing.rest = watch.Lap();

  tell("ablation");
  report.ablation = RunAblation(samples);
  report.timing.ablation = watch.Lap();

  if (options.with_lasso) {
    tell("Lasso");
    const auto slow = Table(GetznerFeatureSets(), samples,
                            [](const GetznerRecipe& recipe) { return recipe.lasso; });
    for (std::size_t i = 0; i < slow.size(); ++i) {
      if (slow[i].ours.test_r2) report.table6[i].ours = slow[i].ours;
    }
    report.timing.lasso = watch.Lap();
  } else {
    report.notes.emplace_back("table 6: the Lasso rows were left out, as asked");
  }
  NoteMissingLayers(report);
  return report;
}

}  // namespace joulecast
