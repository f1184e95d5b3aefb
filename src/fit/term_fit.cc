// SPDX-License-Identifier: Apache-2.0
#include "fit/term_fit.h"

#include <algorithm>
#include <vector>

#include "fit/nnls.h"
#include "predict/overlap.h"

namespace joulecast {
namespace {

constexpr int kRounds = 12;

/// Half a standard deviation of normal errors, from their median. Misfits have long tails: this
/// close to least absolute errors, held-out forecasts of every layer type are better than at the
/// usual 1.345 (docs/predictor.md).
constexpr double kHuberPerMedian = 0.5 * 1.4826;

/// Below this relative error a row fits: no noise is smaller.
constexpr double kLeastHuber = 0.01;

double Median(Eigen::VectorXd values) {
  const auto middle = values.begin() + values.size() / 2;
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// `amounts` scaled by each row's overlap factors: times the coefficients it gives the forecast.
Eigen::MatrixXd Linearised(std::span<const Term> terms, const TermModel& model,
                           const Eigen::MatrixXd& amounts) {
  if (model.overlap_exponent == 1) return amounts;
  Eigen::MatrixXd result = amounts;
  std::vector<double> costs(terms.size());
  for (Eigen::Index row = 0; row < amounts.rows(); ++row) {
    for (std::size_t i = 0; i < terms.size(); ++i) {
      costs[i] = amounts(row, static_cast<Eigen::Index>(i)) * model.coefficients[i];
    }
    const OverlapFactors factors = FactorsOf(terms, costs, model.overlap_exponent);
    for (std::size_t i = 0; i < terms.size(); ++i) {
      result(row, static_cast<Eigen::Index>(i)) *= factors.Of(terms[i]);
    }
  }
  return result;
}

Eigen::Map<const Eigen::VectorXd> AsVector(const std::vector<double>& numbers) {
  return {numbers.data(), static_cast<Eigen::Index>(numbers.size())};
}

/// One least-squares step on relative errors, columns brought to the same size first.
Eigen::VectorXd Step(const Eigen::MatrixXd& columns, const TermRows& rows,
                     const Eigen::VectorXd& huber) {
  Eigen::MatrixXd relative = columns.array().colwise() / rows.target.array();
  Eigen::VectorXd size = relative.colwise().norm();
  size = (size.array() > 0).select(size, 1.0);
  relative.array().rowwise() /= size.transpose().array();
  const Eigen::VectorXd root = (huber.array() * rows.weight.array()).sqrt();
  const Eigen::VectorXd solution =
      SolveNonNegative(relative.array().colwise() * root.array(), root);
  return solution.array() / size.array();
}

}  // namespace

TermRows TermRows::Subset(const std::vector<Eigen::Index>& rows) const {
  return {amounts(rows, Eigen::all), target(rows), weight(rows)};
}

TermModel FitTerms(std::span<const Term> terms, const TermRows& rows, double overlap_exponent) {
  TermModel model{.coefficients = std::vector<double>(terms.size(), 0.0),
                  .overlap_exponent = overlap_exponent};
  Eigen::VectorXd huber = Eigen::VectorXd::Ones(rows.count());
  Eigen::VectorXd coefficients = Step(rows.amounts, rows, huber);
  if (overlap_exponent != 1) {
    // A side that starts at nothing would never be seen: overlap hides the smaller side.
    const Eigen::MatrixXd relative = rows.amounts.array().colwise() / rows.target.array();
    const Eigen::VectorXd size =
        (relative.array().square().colwise().mean()).sqrt().max(1e-300).matrix();
    coefficients = coefficients.cwiseMax(1e-3 * size.cwiseInverse().cwiseMin(1e200));
  }
  for (int round = 0; round < kRounds; ++round) {
    std::copy(coefficients.begin(), coefficients.end(), model.coefficients.begin());
    const Eigen::MatrixXd columns = Linearised(terms, model, rows.amounts);
    const Eigen::VectorXd residual =
        ((columns * coefficients).array() / rows.target.array() - 1).abs();
    const double bound = std::max(kLeastHuber, kHuberPerMedian * Median(residual));
    huber = (residual.array() <= bound).select(1.0, bound / residual.array().max(1e-12));
    const Eigen::VectorXd next = Step(columns, rows, huber);
    const bool damped = overlap_exponent != 1 && round + 1 < kRounds;
    coefficients = damped ? Eigen::VectorXd(0.5 * (coefficients + next)) : next;
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto column = static_cast<Eigen::Index>(i);
    const bool is_absent = rows.amounts.col(column).cwiseAbs().maxCoeff() == 0;
    model.coefficients[i] = is_absent ? 0 : coefficients[column];
  }
  return model;
}

Eigen::MatrixXd TermCosts(std::span<const Term> terms, const TermModel& model,
                          const Eigen::MatrixXd& amounts) {
  return Linearised(terms, model, amounts).array().rowwise() *
         AsVector(model.coefficients).transpose().array();
}

}  // namespace joulecast
