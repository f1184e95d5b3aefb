// SPDX-License-Identifier: Apache-2.0
#include "fit/analyze_features.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "fit/analyze_rows.h"
#include "fit/feature_columns.h"
#include "fit/layer_fit.h"
#include "fit/numpy_random.h"
#include "fit/polynomial.h"
#include "fit/regression.h"
#include "fit/split.h"
#include "fit/term_fit.h"
#include "fit/type_rows.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::uint32_t kSeed = 1;

/// A fit is not tried unless it has so many training rows per column.
constexpr std::size_t kRowsPerColumn = 2;

/// What a predictor of the published kind reads, and what it is fitted to.
struct SetRecipe {
  std::string_view name;
  bool parameters = false;
  bool logs = false;
  bool macs = false;
  int degree = 1;
  bool power_law = false;  ///< energy and MACs as logarithms
};

constexpr SetRecipe kSets[] = {
    {.name = "parameters", .parameters = true},
    {.name = "parameters, degree 2", .parameters = true, .degree = 2},
    {.name = "parameters + logs", .parameters = true, .logs = true},
    {.name = "parameters + logs, degree 2", .parameters = true, .logs = true, .degree = 2},
    {.name = "MACs", .macs = true},
    {.name = "parameters + MACs", .parameters = true, .macs = true},
    {.name = "all", .parameters = true, .logs = true, .macs = true},
    {.name = "all, degree 2", .parameters = true, .logs = true, .macs = true, .degree = 2},
    {.name = "power law of MACs", .macs = true, .power_law = true},
    {.name = "power law of parameters", .logs = true, .power_law = true},
    {.name = "power law of all", .logs = true, .macs = true, .power_law = true},
};

/// Folds of shuffled rows.
std::vector<Fold> ShuffledFolds(std::size_t rows) {
  const auto order = NumpyRandomState(kSeed).Permutation(rows);
  std::vector<Fold> folds = ContiguousFolds(rows, kFolds);
  for (Fold& fold : folds) {
    for (auto* part : {&fold.train, &fold.test}) {
      for (std::size_t& row : *part) row = order[row];
    }
  }
  return folds;
}

std::vector<double> ToVector(const VectorXd& values) { return {values.begin(), values.end()}; }

FeatureSetScore ScoreOf(std::string features, std::string model, Index columns,
                        const VectorXd& measured, const VectorXd& predicted) {
  FeatureSetScore score{.features = std::move(features),
                        .model = std::move(model),
                        .columns = static_cast<std::size_t>(columns),
                        .predicted_j = ToVector(predicted)};
  score.scores = Score(ToVector(measured), score.predicted_j);
  score.not_positive = static_cast<std::size_t>((predicted.array() <= 0).count());
  return score;
}

MatrixXd ColumnsOf(const SetRecipe& recipe, const FeatureColumns& features) {
  const MatrixXd params = features.Matrix([&](FeatureKind kind) {
    return (recipe.parameters && kind == FeatureKind::kParameter) ||
           (recipe.logs && kind == FeatureKind::kLog);
  });
  MatrixXd macs =
      features.Matrix([&](FeatureKind kind) { return recipe.macs && kind == FeatureKind::kMacs; });
  if (recipe.power_law) macs = macs.array().log1p();
  MatrixXd columns(params.rows(), params.cols() + macs.cols());
  columns << params, macs;
  if (recipe.degree == 1) return columns;
  return PolynomialTerms(static_cast<int>(columns.cols()), recipe.degree, Products::kAll)
      .Expand(columns);
}

/// Forecast of each row by a fit on the folds that it is not in.
template <typename FitAndPredict>
VectorXd ForecastFolds(const std::vector<Fold>& folds, Index rows, FitAndPredict fit_and_predict) {
  VectorXd forecast(rows);
  for (const Fold& fold : folds) forecast(fold.test) = fit_and_predict(fold);
  return forecast;
}

void AddPublishedKind(const FeatureColumns& features, const VectorXd& energy,
                      const std::vector<Fold>& folds, FeatureAnalysis& analysis) {
  const bool has_macs = features.Has(FeatureKind::kMacs);
  const bool has_parameters = features.Has(FeatureKind::kParameter);
  for (const SetRecipe& recipe : kSets) {
    const bool wants_parameters = recipe.parameters || recipe.logs;
    if ((recipe.macs && !has_macs) || (wants_parameters && !has_parameters)) continue;
    const MatrixXd x = ColumnsOf(recipe, features);
    const auto columns = static_cast<std::size_t>(x.cols());
    if (columns == 0) continue;
    if (folds.back().train.size() < kRowsPerColumn * (columns + 1)) {
      analysis.notes.push_back("not tried for want of rows: " + std::string(recipe.name) + " (" +
                               std::to_string(columns) + " columns)");
      continue;
    }
    const VectorXd y = recipe.power_law ? VectorXd(energy.array().log()) : energy;
    VectorXd predicted = ForecastFolds(folds, energy.size(), [&](const Fold& fold) {
      return FitLeastSquares(x(fold.train, Eigen::all), y(fold.train))
          .Predict(x(fold.test, Eigen::all));
    });
    if (recipe.power_law) predicted = predicted.array().exp();
    analysis.sets.push_back(ScoreOf(std::string(recipe.name),
                                    recipe.power_law ? "least squares of logs" : "least squares",
                                    x.cols(), energy, predicted));
  }
}

/// A layer type's terms and their amounts in each row.
struct PhysicalProblem {
  std::vector<Term> terms;
  TermRows rows;
  double exponent = 1;
};

VectorXd ForecastPhysical(const PhysicalProblem& problem, const std::vector<Fold>& folds) {
  return ForecastFolds(folds, problem.rows.count(), [&](const Fold& fold) -> VectorXd {
    const std::vector<Index> train(fold.train.begin(), fold.train.end());
    const TermModel model = FitTerms(problem.terms, problem.rows.Subset(train), problem.exponent);
    return TermCosts(problem.terms, model, problem.rows.amounts(fold.test, Eigen::all))
        .rowwise()
        .sum();
  });
}

PhysicalProblem Without(const PhysicalProblem& problem, std::size_t term) {
  PhysicalProblem rest = problem;
  rest.terms.erase(rest.terms.begin() + static_cast<std::ptrdiff_t>(term));
  std::vector<Index> kept;
  for (Index j = 0; j < problem.rows.amounts.cols(); ++j) {
    if (j != static_cast<Index>(term)) kept.push_back(j);
  }
  rest.rows.amounts = problem.rows.amounts(Eigen::all, kept);
  return rest;
}

double MeanErrorPercent(const VectorXd& forecast, const VectorXd& measured) {
  return 100 * (forecast.array() / measured.array() - 1).abs().mean();
}

void AddPhysical(const PhysicalProblem& problem, const std::vector<Fold>& folds,
                 FeatureAnalysis& analysis) {
  const VectorXd& measured = problem.rows.target;
  const VectorXd forecast = ForecastPhysical(problem, folds);
  analysis.sets.push_back(ScoreOf("physical terms", "non-negative, relative error",
                                  problem.rows.amounts.cols(), measured, forecast));
  analysis.physical_mape_percent = MeanErrorPercent(forecast, measured);

  const TermModel model = FitTerms(problem.terms, problem.rows, problem.exponent);
  const VectorXd costs = TermCosts(problem.terms, model, problem.rows.amounts).colwise().sum();
  for (std::size_t i = 0; i < problem.terms.size(); ++i) {
    const double cost = costs[static_cast<Index>(i)];
    if (cost <= 0) continue;  // without it, nothing changes
    const VectorXd without = ForecastPhysical(Without(problem, i), folds);
    analysis.terms.push_back({.term = std::string(problem.terms[i].name),
                              .part = std::string(Name(problem.terms[i].part)),
                              .share_percent = 100 * cost / costs.sum(),
                              .without_percent = MeanErrorPercent(without, measured)});
  }
  std::stable_sort(analysis.terms.begin(), analysis.terms.end(),
                   [](auto& a, auto& b) { return a.without_percent > b.without_percent; });
}

/// The rows that a fit uses, in the state in which it finds them.
std::vector<StatedRow> UsedRows(const LayerFit& fit, std::vector<std::string>& notes) {
  std::vector<StatedRow> used;
  for (const SourceRows& source : fit.sources) {
    if (source.used) {
      used.insert(used.end(), source.rows.begin(), source.rows.end());
    } else {
      notes.push_back("left out, because its rows contradict the others': " + source.source + " (" +
                      std::to_string(source.rows.size()) + " rows)");
    }
  }
  return used;
}

}  // namespace

FeatureAnalysis AnalyzeFeatures(std::span<const Observation> rows, const DeviceTraits& traits) {
  RequireEnoughRows(rows, "an analysis of features");
  const LayerType& type = rows[0].spec.type();
  FeatureAnalysis analysis{.layer = std::string(type.name)};
  std::vector<Observation> used(rows.begin(), rows.end());
  std::optional<PhysicalProblem> physical;
  if (type.is_free) {
    analysis.notes.push_back("no physical terms: " + analysis.layer + " is forecast as free");
  } else if (rows.size() < FewestRows(type)) {
    analysis.notes.push_back("no physical terms: these need " + std::to_string(FewestRows(type)) +
                             " rows");
  } else {
    const LayerFit fit = FitLayer(type, rows, {}, traits, false);
    const std::vector<StatedRow> stated = UsedRows(fit, analysis.notes);
    used.clear();
    for (const StatedRow& row : stated) used.push_back(*row.row);
    physical = PhysicalProblem{.terms = {type.terms.begin(), type.terms.end()},
                               .rows = MakeTypeRows(type, stated, {}, traits).energy,
                               .exponent = fit.model.energy.overlap_exponent};
  }
  const FeatureColumns features = MakeFeatureColumns(SpecsOf(used));
  NoteConstants(features, analysis.notes);
  const VectorXd energy = EnergiesOf(used);
  analysis.rows = used.size();
  analysis.measured_j = ToVector(energy);
  const std::vector<Fold> folds = ShuffledFolds(used.size());
  AddPublishedKind(features, energy, folds, analysis);
  if (physical) AddPhysical(*physical, folds, analysis);
  return analysis;
}

}  // namespace joulecast
