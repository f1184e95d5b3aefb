// SPDX-License-Identifier: Apache-2.0
#include "fit/interval_fit.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "base/statistics.h"
#include "fit/nnls.h"
#include "fit/shifted_folds.h"
#include "fit/term_fit.h"
#include "predict/support.h"

namespace joulecast {
namespace {

constexpr double kLeastHalfWidth = 0.01;

/// Uncertainty of a term that hardly any row tells apart from others: a factor of e.
constexpr double kMostUncertain = 1;

/// Ten of so many rows lie beyond the quantile: fewer do not tell it.
constexpr std::size_t kFewestForScale = 100;

/// Up to which of the distances outside the scale may follow a line.
constexpr std::array kUntilQuantiles = {0.0, 0.25, 0.5, 0.75, 0.9, 1.0};

double LogError(double forecast, double measured) {
  return std::log(std::max(forecast, 1e-300) / measured);
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
  std::vector<Eigen::Index> own(static_cast<std::size_t>(problem.own));
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
    error[i] = std::min(kMostUncertain, std::abs(LogError(forecast[i], problem.energy.target[i])));
  }
  const Eigen::VectorXd root = problem.energy.weight.array().sqrt();
  return SolveNonNegative(shares.array().colwise() * root.array(), error.cwiseProduct(root))
      .cwiseMin(kMostUncertain);
}

/// Errors of held-out rows in units of their local uncertainty, and how far outside the support
/// of the rows that were trained on each lies.
struct HeldOutScores {
  std::vector<double> scores;
  std::vector<double> distances;
  double common = 1;  ///< part of a shifted fold's squared log error that its rows share: squared
                      ///< mean over mean square, averaged over the folds
};

/// Adds what forecasting the shifted folds shows.
void AddShifted(const TypeRows& problem, std::span<const StatedRow> rows, double exponent,
                const Eigen::VectorXd& local, HeldOutScores& scores) {
  const std::vector<std::vector<bool>> folds = ShiftedFolds(problem, rows);
  if (!folds.empty()) scores.common = 0;
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
      const double error = std::clamp(LogError(forecast[next++], problem.energy.target[row]),
                                      -kMostUncertain, kMostUncertain);
      sum += error;
      squares += error * error;
      scores.scores.push_back(std::abs(error) / local[row]);
      scores.distances.push_back(DistanceOutside(rows[i].row->spec, support).total());
    }
    if (squares > 0) {
      scores.common +=
          sum * sum / (squares * static_cast<double>(next)) / static_cast<double>(folds.size());
    }
  }
}

/// A score, and what its distance makes of a line that ends at a certain distance.
struct RowUntil {
  double score = 0;
  double along = 0;   ///< distance up to that end
  double beyond = 1;  ///< factor from there on
};

std::vector<RowUntil> RowsUntil(std::span<const double> scores, std::span<const double> distances,
                                double until) {
  std::vector<RowUntil> rows;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double along = std::min(distances[i], until);
    rows.push_back({scores[i], along, (1 + distances[i]) / (1 + along)});
  }
  return rows;
}

/// The scale that goes with a slope: the quantile `level` of the scales that the rows lie on, each
/// as heavy as its factor, which makes the pinball loss least. Between two rows it is interpolated;
/// where all weigh the same it is Quantile's.
double ScaleBeside(double slope, std::span<const RowUntil> rows, double level) {
  std::vector<std::pair<double, double>> scales;  // and their weights
  for (const RowUntil& row : rows) {
    scales.emplace_back(row.score / row.beyond - slope * row.along, row.beyond);
  }
  std::ranges::sort(scales);
  const auto gap = [&](std::size_t i) { return (scales[i].second + scales[i + 1].second) / 2; };
  double wanted = 0;
  for (std::size_t i = 0; i + 1 < scales.size(); ++i) wanted += level * gap(i);
  std::size_t i = 0;
  for (; i + 1 < scales.size() && wanted > gap(i); ++i) wanted -= gap(i);
  if (i + 1 == scales.size()) return std::max(0.0, scales.back().first);
  return std::max(0.0, std::lerp(scales[i].first, scales[i + 1].first, wanted / gap(i)));
}

/// Loss of a line as an estimate of the quantile `level`.
double PinballLoss(std::span<const RowUntil> rows, const ScoreLine& line, double level) {
  double loss = 0;
  for (const RowUntil& row : rows) {
    const double above = row.score - row.beyond * (line.scale + line.per_distance * row.along);
    loss += above > 0 ? level * above : (level - 1) * above;
  }
  return loss;
}

struct FittedLine {
  ScoreLine line;
  double loss = std::numeric_limits<double>::infinity();
};

FittedLine FitLineUntil(std::span<const double> scores, std::span<const double> distances,
                        double until, double level) {
  const std::vector<RowUntil> rows = RowsUntil(scores, distances, until);
  const auto fitted = [&](double slope) {
    const ScoreLine line{ScaleBeside(slope, rows, level), slope, until};
    return FittedLine{line, PinballLoss(rows, line, level)};
  };
  // The loss is convex in the slope, and at its end no line is higher than the highest score.
  double low = 0;
  double high = until > 0 ? *std::ranges::max_element(scores) / until : 0;
  constexpr int kThirds = 60;  // (2/3)^60 of the range: nothing
  for (int i = 0; i < kThirds && high > 0; ++i) {
    const double third = (high - low) / 3;
    if (fitted(low + third).loss <= fitted(high - third).loss) {
      high -= third;
    } else {
      low += third;
    }
  }
  return fitted(low);
}

}  // namespace

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

ScoreLine FitScoreLine(std::span<const double> scores, std::span<const double> distances,
                       double level) {
  std::vector<double> outside;
  std::ranges::copy_if(distances, std::back_inserter(outside),
                       [](double distance) { return distance > 0; });
  if (outside.empty()) return FitLineUntil(scores, distances, 0, level).line;
  FittedLine best;
  for (const double part : kUntilQuantiles) {
    const double until = Quantile(outside, part).value();
    const FittedLine tried = FitLineUntil(scores, distances, until, level);
    if (tried.loss < best.loss) best = tried;
  }
  return best.line;
}

ScoreLine FitIntervalLine(std::span<const double> scores, std::span<const double> distances,
                          std::size_t plain, double level) {
  ScoreLine line = FitScoreLine(scores, distances, level);
  std::vector<double> inside;
  for (std::size_t i = plain; i < scores.size(); ++i) {
    if (distances[i] == 0) inside.push_back(scores[i]);
  }
  if (inside.size() >= kFewestForScale) {
    line.scale = std::max(line.scale, Quantile(inside, level).value());
  }
  return line;
}

IntervalModel FitInterval(const TypeRows& problem, const TermModel& model,
                          const Eigen::VectorXd& held_out, std::span<const StatedRow> rows) {
  const Eigen::VectorXd uncertainty = UncertaintyByTerm(problem, model, held_out);
  const Eigen::VectorXd local =
      (SharesOf(problem.type, model, problem.energy.amounts) * uncertainty)
          .cwiseMax(kLeastHalfWidth);
  HeldOutScores scores;
  for (Eigen::Index i = 0; i < problem.own; ++i) {
    const double error = std::abs(LogError(held_out[i], problem.energy.target[i]));
    scores.scores.push_back(std::min(kMostUncertain, error) / local[i]);
    scores.distances.push_back(0);
  }
  AddShifted(problem, rows, model.overlap_exponent, local, scores);
  const ScoreLine line = FitIntervalLine(scores.scores, scores.distances,
                                         static_cast<std::size_t>(problem.own), kIntervalLevel);
  return {.uncertainty = {uncertainty.begin(), uncertainty.end()},
          .floor = kLeastHalfWidth,
          .scale = line.scale,
          .scale_per_distance = line.per_distance,
          .tested_distance = line.until,
          .correlation = scores.common};
}

}  // namespace joulecast
