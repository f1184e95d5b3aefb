// SPDX-License-Identifier: Apache-2.0
#include "fit/regression.h"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <span>
#include <string>

#include "base/statistics.h"
#include "fit/split.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::RowVectorXd;
using Eigen::VectorXd;

/// Rows around their mean, so that the intercept drops out of the problem.
struct Centred {
  Centred(const MatrixXd& raw_x, const VectorXd& raw_y) {
    if (raw_x.rows() != raw_y.size() || raw_y.size() < 2) {
      throw Error(ErrorKind::kInput,
                  "a regression needs at least two rows, each with its target; "
                  "it was given " +
                      std::to_string(raw_x.rows()) + " rows and " + std::to_string(raw_y.size()) +
                      " targets");
    }
    if (!raw_x.allFinite() || !raw_y.allFinite()) {
      throw Error(ErrorKind::kInput,
                  "a regression was given a value that is not finite: exclude such rows first");
    }
    x_mean = raw_x.colwise().mean();
    y_mean = raw_y.mean();
    x = raw_x.rowwise() - x_mean;
    y = raw_y.array() - y_mean;
    for (Index j = 0; j < x.cols(); ++j) {
      const bool is_constant = raw_x.col(j).minCoeff() == raw_x.col(j).maxCoeff();
      if (is_constant) x.col(j).setZero();
    }
  }

  LinearModel ModelOf(VectorXd coefficients) const {
    const double intercept = y_mean - x_mean * coefficients;
    return {std::move(coefficients), intercept};
  }

  MatrixXd x;
  VectorXd y;
  RowVectorXd x_mean;
  double y_mean = 0;
};

/// The coordinate descent itself. `gradient_` is x^T (y - x b) throughout.
class LassoDescent {
 public:
  LassoDescent(const Centred& data, const LassoOptions& options)
      : data_(data),
        options_(options),
        penalty_(options.alpha * static_cast<double>(data.y.size())),
        gap_limit_(options.tolerance * data.y.squaredNorm()),
        gram_(MatrixXd::Zero(data.x.cols(), data.x.cols())),
        gradient_(data.x.transpose() * data.y),
        coefficients_(VectorXd::Zero(data.x.cols())) {
    gram_.selfadjointView<Eigen::Lower>().rankUpdate(data.x.transpose());
    gram_.triangularView<Eigen::StrictlyUpper>() = gram_.transpose();
  }

  LassoFit Run() {
    LassoFit fit;
    while (fit.iterations < options_.max_iterations && !fit.converged) {
      ++fit.iterations;
      const bool is_settled = Sweep();
      if (is_settled || fit.iterations == options_.max_iterations) {
        fit.converged = DualGap() < gap_limit_;
      }
    }
    fit.model = data_.ModelOf(coefficients_);
    return fit;
  }

 private:
  /// One pass over the columns. True if no coefficient moved by more than the tolerance, relative
  /// to the largest.
  bool Sweep() {
    double largest = 0;
    double largest_move = 0;
    for (Index j = 0; j < gram_.cols(); ++j) {
      const double norm = gram_(j, j);
      if (norm == 0) continue;
      const double old = coefficients_[j];
      const double pull = gradient_[j] + old * norm;
      const double excess = std::abs(pull) - penalty_;
      const double value = excess > 0 ? std::copysign(excess, pull) / norm : 0;
      if (value != old) {
        gradient_ -= (value - old) * gram_.col(j);
        coefficients_[j] = value;
        largest_move = std::max(largest_move, std::abs(value - old));
      }
      largest = std::max(largest, std::abs(value));
    }
    return largest == 0 || largest_move / largest < options_.tolerance;
  }

  /// Distance of the objective from the dual objective at the scaled residual; it bounds the
  /// distance from the optimum. Renews the gradient, so that rounding does not add up.
  double DualGap() {
    const VectorXd residual = data_.y - data_.x * coefficients_;
    gradient_.noalias() = data_.x.transpose() * residual;
    const double steepest = gradient_.size() == 0 ? 0 : gradient_.cwiseAbs().maxCoeff();
    const double scale = steepest > penalty_ ? penalty_ / steepest : 1;
    return 0.5 * (1 + scale * scale) * residual.squaredNorm() +
           penalty_ * coefficients_.lpNorm<1>() - scale * residual.dot(data_.y);
  }

  const Centred& data_;
  const LassoOptions& options_;
  double penalty_;
  double gap_limit_;
  MatrixXd gram_;
  VectorXd gradient_;
  VectorXd coefficients_;
};

}  // namespace

VectorXd LinearModel::Predict(const MatrixXd& x) const {
  return (x * coefficients).array() + intercept;
}

LinearModel FitLeastSquares(const MatrixXd& x, const VectorXd& y) {
  Centred data(x, y);
  VectorXd norms = data.x.colwise().norm();
  for (Index j = 0; j < norms.size(); ++j) {
    if (norms[j] == 0) norms[j] = 1;
    data.x.col(j) /= norms[j];
  }
  Eigen::CompleteOrthogonalDecomposition<MatrixXd> factors;
  factors.setThreshold(1e-12);  // of the largest pivot: below it, a column adds only rounding
  factors.compute(data.x);
  const VectorXd scaled = factors.solve(data.y);
  return data.ModelOf(scaled.cwiseQuotient(norms));
}

LassoFit FitLasso(const MatrixXd& x, const VectorXd& y, const LassoOptions& options) {
  const Centred data(x, y);
  return LassoDescent(data, options).Run();
}

std::vector<double> CrossValidatedR2(const MatrixXd& x, const VectorXd& y, std::size_t folds,
                                     const Fitter& fit) {
  std::vector<double> scores;
  for (const Fold& fold : ContiguousFolds(static_cast<std::size_t>(y.size()), folds)) {
    const LinearModel model = fit(x(fold.train, Eigen::all), y(fold.train));
    const VectorXd predicted = model.Predict(x(fold.test, Eigen::all));
    const VectorXd measured = y(fold.test);
    const auto r2 = R2({measured.data(), fold.test.size()}, {predicted.data(), fold.test.size()});
    if (!r2) {
      throw Error(ErrorKind::kInput, "cross-validation in " + std::to_string(folds) +
                                         " folds leaves a fold of " +
                                         std::to_string(fold.test.size()) +
                                         " rows with equal targets: use fewer folds or more rows");
    }
    scores.push_back(*r2);
  }
  return scores;
}

}  // namespace joulecast
