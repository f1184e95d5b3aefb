// SPDX-License-Identifier: Apache-2.0
#include "fit/layer_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "base/statistics.h"
#include "fit/nnls.h"
#include "fit/residual_fit.h"
#include "fit/term_fit.h"
#include "fit/type_rows.h"
#include "joulecast/error.h"
#include "predict/support.h"

namespace joulecast {
namespace {

using Rows = std::vector<Eigen::Index>;

/// Exponents of the overlap of compute and traffic that cross-validation chooses from.
constexpr std::array kOverlapExponents = {1.0, 1.2, 1.4, 1.6, 1.8, 2.0};

constexpr double kLeastHalfWidth = 0.01;

/// Uncertainty of a term that hardly any row tells apart from others: a factor of e.
constexpr double kMostUncertain = 1;

/// A residual makes a profile a hundred times larger and no reader understands it: it must take
/// away a quarter of the held-out error, and more than repeated measurements differ anyway.
constexpr double kResidualPays = 0.75;
constexpr double kResidualGain = 0.02;

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

/// Of a list that is not empty.
double QuantileOf(std::span<const double> values, double level) {
  return Quantile(values, level).value();
}

/// Folds that resemble the shift from random layers to those of real networks: the smallest and
/// the largest fifth by size and by each parameter.
std::vector<std::vector<bool>> ShiftedFolds(const TypeRows& problem, std::vector<double> sizes,
                                            std::span<const StatedRow> rows) {
  std::vector<std::vector<double>> keys = {std::move(sizes)};
  const auto own = rows.size();
  for (std::size_t slot = 0; slot < SlotCount(problem.type); ++slot) {
    std::vector<double> values;
    for (const StatedRow& row : rows) {
      values.push_back(static_cast<double>(row.row->spec[slot]));
    }
    if (std::set<double>(values.begin(), values.end()).size() < kFolds) continue;
    if (std::find(keys.begin(), keys.end(), values) == keys.end()) keys.push_back(values);
  }
  std::vector<std::vector<bool>> folds;
  for (const std::vector<double>& key : keys) {
    const double low = QuantileOf(key, 0.2);
    const double high = QuantileOf(key, 0.8);
    std::vector<bool> smallest(own);
    std::vector<bool> largest(own);
    for (std::size_t i = 0; i < own; ++i) {
      smallest[i] = key[i] < low;
      largest[i] = key[i] > high;
    }
    for (const auto& fold : {smallest, largest}) {
      if (std::find(fold.begin(), fold.end(), true) != fold.end()) folds.push_back(fold);
    }
  }
  return folds;
}

std::vector<double> EnergiesOf(const TypeRows& problem) {
  return {problem.energy.target.begin(), problem.energy.target.begin() + problem.own};
}

std::vector<double> MacsOf(const TypeRows& problem) {
  std::vector<double> macs;
  for (const LayerSpec* spec : problem.specs) {
    macs.push_back(static_cast<double>(spec->CountWork().macs));
  }
  return macs;
}

/// What shifted folds take for size. Where a residual is learned it is known before measuring:
/// rows chosen by what they cost would teach it a biased ratio.
std::vector<double> SizesOf(const TypeRows& problem) {
  return problem.with_residual ? MacsOf(problem) : EnergiesOf(problem);
}

/// Mean relative error over all rows of all folds.
double ErrorOver(const TypeRows& problem, double exponent,
                 std::span<const std::vector<bool>> folds) {
  double sum = 0;
  double count = 0;
  for (const std::vector<bool>& fold : folds) {
    const Eigen::VectorXd forecast = HeldOut(problem, fold, exponent);
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) continue;
      const double target = problem.energy.target[static_cast<Eigen::Index>(i)];
      sum += std::abs(forecast[next++] / target - 1);
      ++count;
    }
  }
  return count > 0 ? sum / count : 0;
}

/// Whether a residual makes forecasts of held-out rows clearly better, and those of rows unlike
/// the training ones not worse.
bool ResidualPays(TypeRows problem, double exponent, std::span<const StatedRow> rows) {
  if (rows.size() < kFewestResidualRows) return false;
  const double plain = MeanRelativeError(CrossForecast(problem, exponent), problem);
  problem.with_residual = true;
  const double learned = MeanRelativeError(CrossForecast(problem, exponent), problem);
  if (learned > std::min(kResidualPays * plain, plain - kResidualGain)) return false;
  const auto folds = ShiftedFolds(problem, SizesOf(problem), rows);
  const double learned_shifted = ErrorOver(problem, exponent, folds);
  problem.with_residual = false;
  return learned_shifted <= ErrorOver(problem, exponent, folds);
}

double LogError(double forecast, double measured) {
  return std::abs(std::log(std::max(forecast, 1e-300) / measured));
}

/// Shares of the terms in the forecast of each row of `amounts` [rows, terms].
Eigen::MatrixXd SharesOf(const LayerType& type, const TermModel& model,
                         const Eigen::MatrixXd& amounts) {
  Eigen::MatrixXd costs = TermCosts(type.terms, model, amounts);
  const Eigen::VectorXd total = costs.rowwise().sum().cwiseMax(1e-300);
  costs.array().colwise() /= total.array();
  return costs;
}

/// Forecasts of the rows that only read by a fit that has seen none of them: how well a type's
/// terms carry over to a use of memory that the type itself was never measured at.
Eigen::VectorXd ForecastReads(const TypeRows& problem, double exponent) {
  Rows own(static_cast<std::size_t>(problem.own));
  std::iota(own.begin(), own.end(), Eigen::Index{0});
  const TermModel model = FitTerms(problem.type.terms, problem.energy.Subset(own), exponent);
  const Eigen::Index reads = problem.energy.count() - problem.own;
  return TermCosts(problem.type.terms, model, problem.energy.amounts.bottomRows(reads))
      .rowwise()
      .sum();
}

/// Mean absolute log error that each term explains: non-negative least squares of the errors of
/// held-out rows on the terms' shares in them.
Eigen::VectorXd UncertaintyByTerm(const TypeRows& problem, const TermModel& model,
                                  const Eigen::VectorXd& held_out) {
  Eigen::MatrixXd shares = SharesOf(problem.type, model, problem.energy.amounts);
  Eigen::VectorXd forecast(problem.energy.count());
  forecast.head(problem.own) = held_out;
  if (problem.energy.count() > problem.own) {
    forecast.tail(problem.energy.count() - problem.own) =
        ForecastReads(problem, model.overlap_exponent);
  }
  Eigen::VectorXd error(problem.energy.count());
  for (Eigen::Index i = 0; i < error.size(); ++i) {
    error[i] = std::min(kMostUncertain, LogError(forecast[i], problem.energy.target[i]));
  }
  const Eigen::VectorXd root = problem.energy.weight.array().sqrt();
  return SolveNonNegative(shares.array().colwise() * root.array(), error.cwiseProduct(root))
      .cwiseMin(kMostUncertain);
}

Support SupportOf(const LayerType& type, std::span<const StatedRow> rows) {
  Support support;
  for (std::size_t slot = 0; slot < SlotCount(type); ++slot) {
    const auto [least, most] =
        std::minmax_element(rows.begin(), rows.end(), [&](const StatedRow& a, const StatedRow& b) {
          return a.row->spec[slot] < b.row->spec[slot];
        });
    support.least.push_back(least->row->spec[slot]);
    support.most.push_back(most->row->spec[slot]);
  }
  return support;
}

/// What forecasting the shifted folds shows: per row tested, and over all folds.
struct ShiftedErrors {
  std::vector<Eigen::Index> rows;
  std::vector<double> forecasts;
  std::vector<double> distances;  ///< outside the support of the rows that were trained on
  double common = 1;  ///< part of a fold's squared log error that its rows share: squared mean
                      ///< over mean square, averaged over the folds
};

ShiftedErrors ForecastShifted(const TypeRows& problem, std::span<const StatedRow> rows,
                              double exponent) {
  ShiftedErrors errors;
  const std::vector<std::vector<bool>> folds = ShiftedFolds(problem, SizesOf(problem), rows);
  if (!folds.empty()) errors.common = 0;
  for (const std::vector<bool>& fold : folds) {
    const Eigen::VectorXd forecast = HeldOut(problem, fold, exponent);
    std::vector<StatedRow> train;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) train.push_back(rows[i]);
    }
    const Support support = SupportOf(problem.type, train);
    double sum = 0;
    double squares = 0;
    Eigen::Index next = 0;
    for (std::size_t i = 0; i < fold.size(); ++i) {
      if (!fold[i]) continue;
      const auto row = static_cast<Eigen::Index>(i);
      const double value = std::max(forecast[next++], 1e-300);
      const double error =
          std::clamp(std::log(value / problem.energy.target[row]), -kMostUncertain, kMostUncertain);
      sum += error;
      squares += error * error;
      errors.rows.push_back(row);
      errors.forecasts.push_back(value);
      errors.distances.push_back(DistanceOutside(rows[i].row->spec, support));
    }
    if (squares > 0) {
      errors.common +=
          sum * sum / (squares * static_cast<double>(next)) / static_cast<double>(folds.size());
    }
  }
  return errors;
}

/// Uncertainty by term from plain held-out rows; its scale from plain and shifted ones alike, for
/// what real networks ask lies between the two.
IntervalModel FitInterval(const TypeRows& problem, const TermModel& model,
                          const Eigen::VectorXd& held_out, std::span<const StatedRow> rows,
                          double level) {
  const Eigen::VectorXd uncertainty = UncertaintyByTerm(problem, model, held_out);
  const Eigen::MatrixXd shares = SharesOf(problem.type, model, problem.energy.amounts);
  IntervalModel interval{.uncertainty = {uncertainty.begin(), uncertainty.end()},
                         .floor = kLeastHalfWidth};
  const auto score = [&](Eigen::Index row, double forecast) {
    return LogError(forecast, problem.energy.target[row]) /
           std::max(interval.floor, shares.row(row).dot(uncertainty));
  };
  std::vector<double> scores;
  for (Eigen::Index i = 0; i < problem.own; ++i) scores.push_back(score(i, held_out[i]));
  interval.scale = QuantileOf(scores, level);
  const ShiftedErrors shifted = ForecastShifted(problem, rows, model.overlap_exponent);
  interval.correlation = shifted.common;
  if (shifted.rows.empty()) return interval;
  scores.clear();
  for (std::size_t i = 0; i < shifted.rows.size(); ++i) {
    scores.push_back(score(shifted.rows[i], shifted.forecasts[i]));
  }
  interval.scale = 0.5 * (interval.scale + QuantileOf(scores, level));
  interval.usual_distance = QuantileOf(shifted.distances, 0.5);
  return interval;
}

}  // namespace

LayerFit FitLayer(const LayerType& type, std::span<const Observation> rows,
                  std::span<const Observation> reads, const DeviceTraits& traits, double level,
                  bool allow_residual) {
  const auto too_few = [&](std::size_t count, const char* what) {
    if (count >= FewestRows(type)) return;
    throw Error(ErrorKind::kInput, std::string(type.name) + ": " + std::to_string(count) + what +
                                       " rows, but a fit of its " +
                                       std::to_string(type.terms.size()) + " terms needs " +
                                       std::to_string(FewestRows(type)));
  };
  too_few(rows.size(), "");
  LayerFit fit;
  fit.sources = ReadSources(type, rows, reads, traits);
  std::vector<StatedRow> used;
  for (const SourceRows& source : fit.sources) {
    if (source.used) used.insert(used.end(), source.rows.begin(), source.rows.end());
  }
  for (const StatedRow& row : used) fit.row_source.push_back(row.row->source);
  too_few(used.size(), " consistent");

  TypeRows problem = MakeTypeRows(type, used, reads, traits);
  const double exponent = BestExponent(problem);
  problem.with_residual = allow_residual && ResidualPays(problem, exponent, used);
  const Eigen::VectorXd held_out = CrossForecast(problem, exponent);
  LayerModel& model = fit.model;
  model.type = &type;
  model.energy = FitTerms(type.terms, problem.energy, exponent);
  Rows all(static_cast<std::size_t>(problem.own));
  std::iota(all.begin(), all.end(), Eigen::Index{0});
  if (problem.with_residual) {
    model.energy_residual = LearnResidual(problem, model.energy, problem.energy.target, all);
  }
  model.interval = FitInterval(problem, model.energy, held_out, used, level);
  model.support = SupportOf(type, used);
  model.training_rows = problem.own;
  model.cv_mape_percent = 100 * MeanRelativeError(held_out, problem);
  const std::size_t dtype_slot = DTypeSlot(type);
  std::set<DType> dtypes;
  for (const StatedRow& row : used) {
    dtypes.insert(static_cast<DType>(row.row->spec[dtype_slot]));
  }
  model.dtypes.assign(dtypes.begin(), dtypes.end());

  fit.measured_j.assign(problem.energy.target.begin(), problem.energy.target.begin() + problem.own);
  fit.held_out_j.assign(held_out.begin(), held_out.end());

  problem.energy.target = problem.time;
  model.time = FitTerms(type.terms, problem.energy, exponent);
  if (problem.with_residual) {
    model.time_residual = LearnResidual(problem, model.time, problem.time, all);
  }
  return fit;
}

}  // namespace joulecast
