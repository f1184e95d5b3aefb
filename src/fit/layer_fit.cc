// SPDX-License-Identifier: Apache-2.0
#include "fit/layer_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "base/statistics.h"
#include "fit/interval_fit.h"
#include "fit/residual_fit.h"
#include "fit/shifted_folds.h"
#include "fit/term_fit.h"
#include "fit/type_rows.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Rows = std::vector<Eigen::Index>;

/// Exponents of the overlap of compute and traffic that cross-validation chooses from.
constexpr std::array kOverlapExponents = {1.0, 1.2, 1.4, 1.6, 1.8, 2.0};

/// Standard errors of the mean, of what held-out rows gain by a residual, that the gain must reach.
constexpr double kClearGain = 3;

/// As many of a loss, of rows unlike the training ones, rule a residual out.
constexpr double kLikelyLoss = 1;

/// What it takes away of the held-out error must be so much of it. A smaller gain shrinks where
/// rows are unlike the training ones, and intervals that were fitted with it hold fewer of them.
constexpr double kLargeGain = 0.25;

double BestExponent(const TypeRows& problem) {
  const auto& terms = problem.type.terms;
  const auto has = [&](Overlap kind) {
    return std::any_of(terms.begin(), terms.end(),
                       [&](const Term& term) { return term.overlap == kind; });
  };
  if (!has(Overlap::kCompute) || !has(Overlap::kTraffic)) return 1;
  double best = 1;
  double least = std::numeric_limits<double>::infinity();
  for (const double exponent : kOverlapExponents) {
    const double error = MeanRelativeError(CrossForecast(problem, exponent), problem);
    if (error < least) {
      least = error;
      best = exponent;
    }
  }
  return best;
}

/// Relative errors of all rows of all folds.
Eigen::VectorXd ErrorsOver(const TypeRows& problem, double exponent,
                           std::span<const std::vector<bool>> folds) {
  std::vector<double> errors;
  for (const std::vector<bool>& fold : folds) {
    const Eigen::VectorXd forecast = HeldOut(problem, fold, exponent);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) continue;
      const double target = problem.energy.target[static_cast<Eigen::Index>(i)];
      errors.push_back(std::abs(forecast[next++] / target - 1));
    }
  }
  return Eigen::Map<const Eigen::VectorXd>(errors.data(), std::ssize(errors));
}

/// Whether the mean is above 0 by so many of its standard errors.
bool IsAbove(const Eigen::VectorXd& differences, double standard_errors) {
  const auto count = static_cast<std::size_t>(differences.size());
  const auto relative = RelativeStandardError({differences.data(), count});
  return relative && differences.mean() > 0 && standard_errors * *relative <= 1;
}

/// Forecasts of held-out rows with a residual. Nothing if it does not make them much better than
/// `by_terms`, beyond chance, or those of rows unlike the training ones likely worse.
std::optional<Eigen::VectorXd> TryResidual(TypeRows problem, double exponent,
                                           std::span<const StatedRow> rows,
                                           const Eigen::VectorXd& by_terms) {
  if (rows.size() < kFewestResidualRows) return std::nullopt;
  problem.with_residual = true;
  Eigen::VectorXd held_out = CrossForecast(problem, exponent);
  const Eigen::VectorXd plain = RelativeErrors(by_terms, problem);
  const Eigen::VectorXd gain = plain - RelativeErrors(held_out, problem);
  if (!IsAbove(gain, kClearGain) || gain.mean() < kLargeGain * plain.mean()) return std::nullopt;
  const auto folds = ShiftedFolds(problem, rows);
  Eigen::VectorXd loss = ErrorsOver(problem, exponent, folds);
  problem.with_residual = false;
  loss -= ErrorsOver(problem, exponent, folds);
  if (IsAbove(loss, kLikelyLoss)) return std::nullopt;
  return held_out;
}

/// What the terms cost in seconds; nothing where no time was measured.
TermModel FitTime(const TypeRows& problem, double exponent) {
  const auto& terms = problem.type.terms;
  if (!HasTimes(problem)) {
    return {.coefficients = std::vector<double>(terms.size()), .overlap_exponent = exponent};
  }
  TermRows rows = problem.energy;
  rows.target = problem.time;
  return FitTerms(terms, rows, exponent);
}

/// Throws Error{kInput} where there are fewer different configurations than a fit needs rows.
void RequireEnough(const LayerType& type, std::span<const StatedRow> rows,
                   const std::string& which) {
  const std::size_t configurations = CountConfigurations(rows);
  if (configurations >= FewestRows(type)) return;
  std::string what = std::to_string(rows.size()) + which + " rows";
  if (configurations < rows.size()) {
    what += " of " + std::to_string(configurations) + " different configurations";
  }
  throw Error(ErrorKind::kInput, std::string(type.name) + ": " + what + ", but a fit of its " +
                                     std::to_string(type.terms.size()) + " terms needs " +
                                     std::to_string(FewestRows(type)) + "; measure more");
}

}  // namespace

LayerFit FitStatedRows(const LayerType& type, std::span<const StatedRow> rows,
                       std::span<const Observation> reads, const DeviceTraits& traits,
                       bool allow_residual) {
  LayerFit fit;
  for (const StatedRow& row : rows) fit.row_source.push_back(row.row->source);
  TypeRows problem = MakeTypeRows(type, rows, reads, traits);
  const double exponent = BestExponent(problem);
  Eigen::VectorXd held_out = CrossForecast(problem, exponent);
  if (allow_residual) {
    if (auto better = TryResidual(problem, exponent, rows, held_out)) {
      problem.with_residual = true;
      held_out = std::move(*better);
    }
  }
  LayerModel& model = fit.model;
  model.type = &type;
  model.energy = FitTerms(type.terms, problem.energy, exponent);
  model.time = FitTime(problem, exponent);
  if (problem.with_residual) {
    Rows all(static_cast<std::size_t>(problem.own));
    std::iota(all.begin(), all.end(), Eigen::Index{0});
    model.residual = LearnResidual(problem, model.energy, model.time, all, TreeChoice::kTypical);
  }
  model.interval = FitInterval(problem, model.energy, held_out, rows);
  model.support = SupportOf(type, rows);
  for (std::size_t term = 0; term < type.terms.size(); ++term) {
    const auto column = problem.energy.amounts.col(static_cast<Eigen::Index>(term));
    if ((column.array() <= 0).all()) model.unseen_terms.push_back(term);
  }
  model.training_rows = problem.own;
  model.cv_mape_percent = 100 * MeanRelativeError(held_out, problem);
  const std::size_t dtype_slot = DTypeSlot(type);
  std::set<DType> dtypes;
  for (const StatedRow& row : rows) {
    dtypes.insert(static_cast<DType>(row.row->spec[dtype_slot]));
  }
  model.dtypes.assign(dtypes.begin(), dtypes.end());

  fit.measured_j.assign(problem.energy.target.begin(), problem.energy.target.begin() + problem.own);
  fit.held_out_j.assign(held_out.begin(), held_out.end());
  return fit;
}

LayerFit FitLayer(const LayerType& type, std::span<const Observation> rows,
                  std::span<const Observation> reads, const DeviceTraits& traits,
                  bool allow_residual) {
  std::vector<SourceRows> sources = ReadSources(type, rows, reads, traits);
  std::vector<StatedRow> all;
  std::vector<StatedRow> used;
  for (const SourceRows& source : sources) {
    all.insert(all.end(), source.rows.begin(), source.rows.end());
    if (source.used) used.insert(used.end(), source.rows.begin(), source.rows.end());
  }
  RequireEnough(type, all, "");
  RequireEnough(type, used, " consistent");
  LayerFit fit = FitStatedRows(type, used, reads, traits, allow_residual);
  fit.model.other_page_states = OtherPageStates(sources, traits);
  fit.sources = std::move(sources);
  return fit;
}

}  // namespace joulecast
