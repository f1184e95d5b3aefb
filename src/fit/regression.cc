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

/// The coordinate descent itself. A zero coefficient stays zero while its column's gradient
/// x_j.(y - x b) is below the penalty. Since the gradient moves by at most |x_j| times what the fit
/// moves, most columns can be left asleep for many passes: that changes no iterate. The awake ones
/// have their own small Gram matrix and gradient.
class LassoDescent {
 public:
  LassoDescent(const Centred& data, const LassoOptions& options)
      : data_(data),
        options_(options),
        penalty_(options.alpha * static_cast<double>(data.y.size())),
        target_square_(data.y.squaredNorm()),
        gap_limit_(options.tolerance * target_square_),
        gram_(MatrixXd::Zero(data.x.cols(), data.x.cols())),
        moment_(data.x.transpose() * data.y),
        coefficients_(VectorXd::Zero(data.x.cols())) {
    gram_.selfadjointView<Eigen::Lower>().rankUpdate(data.x.transpose());
    gram_.triangularView<Eigen::StrictlyUpper>() = gram_.transpose();
    norms_ = gram_.diagonal().cwiseSqrt();
  }

  LassoFit Run() {
    LassoFit fit;
    Wake();
    while (fit.iterations < options_.max_iterations && !fit.converged) {
      ++fit.iterations;
      const bool is_settled = Sweep();
      if (is_settled || fit.iterations == options_.max_iterations) fit.converged = HasConverged();
      if (fit.iterations % kPassesAsleep == 0) Wake();
    }
    StoreCoefficients();
    fit.model = data_.ModelOf(coefficients_);
    return fit;
  }

 private:
  static constexpr int kPassesAsleep = 64;

  void StoreCoefficients() {
    for (std::size_t a = 0; a < awake_.size(); ++a) {
      coefficients_[awake_[a]] = awake_coefficients_[static_cast<Index>(a)];
    }
  }

  /// Renews the gradient and chooses the columns that the next passes may have to move.
  void Wake() {
    StoreCoefficients();
    VectorXd gradient = moment_;
    for (Index j = 0; j < gram_.cols(); ++j) {
      if (coefficients_[j] != 0) gradient -= coefficients_[j] * gram_.col(j);
    }
    allowance_ = kPassesAsleep * last_pass_moved_;
    moved_ = 0;
    awake_.clear();
    for (Index j = 0; j < gram_.cols(); ++j) {
      if (norms_[j] == 0) continue;
      const double slack = (penalty_ - std::abs(gradient[j])) / norms_[j];
      if (coefficients_[j] != 0 || slack <= allowance_) awake_.push_back(j);
    }
    awake_gram_ = gram_(awake_, awake_);
    awake_gradient_ = gradient(awake_);
    awake_coefficients_ = coefficients_(awake_);
  }

  /// One pass over the columns. True if no coefficient moved by more than the tolerance, relative
  /// to the largest.
  bool Sweep() {
    double largest = 0;
    double largest_move = 0;
    double pass_moved = 0;
    for (std::size_t next = 0; next < awake_.size();) {
      const auto a = static_cast<Index>(next++);
      const double norm = awake_gram_(a, a);
      const double old = awake_coefficients_[a];
      const double pull = awake_gradient_[a] + old * norm;
      const double excess = std::abs(pull) - penalty_;
      const double value = excess > 0 ? std::copysign(excess, pull) / norm : 0;
      largest = std::max(largest, std::abs(value));
      if (value == old) continue;
      awake_gradient_ -= (value - old) * awake_gram_.col(a);
      awake_coefficients_[a] = value;
      largest_move = std::max(largest_move, std::abs(value - old));
      const double step = std::abs(value - old) * norms_[awake_[next - 1]];
      moved_ += step;
      pass_moved += step;
      if (moved_ > allowance_) {  // a column asleep may be due next
        const Index column = awake_[next - 1];
        last_pass_moved_ = std::max(last_pass_moved_, pass_moved);
        Wake();
        const auto behind = std::upper_bound(awake_.begin(), awake_.end(), column);
        next = static_cast<std::size_t>(behind - awake_.begin());
      }
    }
    last_pass_moved_ = pass_moved;
    return largest == 0 || largest_move / largest < options_.tolerance;
  }

  /// The dual gap from the Gram matrix, confirmed from the residuals before it ends the descent.
  bool HasConverged() {
    const double explained = awake_coefficients_.dot(moment_(awake_));
    const double residual_by_target = target_square_ - explained;
    const double residual_square = residual_by_target - awake_coefficients_.dot(awake_gradient_);
    if (!(DualGap(residual_square, residual_by_target, awake_gradient_) < gap_limit_)) return false;
    StoreCoefficients();
    const VectorXd residual = data_.y - data_.x * coefficients_;
    return DualGap(residual.squaredNorm(), residual.dot(data_.y), data_.x.transpose() * residual) <
           gap_limit_;
  }

  /// Distance of the objective from the dual objective at the scaled residual; it bounds the
  /// distance from the optimum. Columns asleep have gradients below the penalty, and so no say.
  double DualGap(double residual_square, double residual_by_target,
                 const VectorXd& gradient) const {
    const double steepest = gradient.size() == 0 ? 0 : gradient.cwiseAbs().maxCoeff();
    const double scale = steepest > penalty_ ? penalty_ / steepest : 1;
    return 0.5 * (1 + scale * scale) * residual_square +
           penalty_ * awake_coefficients_.lpNorm<1>() - scale * residual_by_target;
  }

  const Centred& data_;
  const LassoOptions& options_;
  double penalty_;
  double target_square_;
  double gap_limit_;
  MatrixXd gram_;
  VectorXd moment_;  ///< x^T y
  VectorXd norms_;   ///< |x_j|
  VectorXd coefficients_;

  std::vector<Index> awake_;  ///< ascending
  MatrixXd awake_gram_;
  VectorXd awake_gradient_;
  VectorXd awake_coefficients_;
  double moved_ = 0;      ///< bound on how far the fit moved since Wake
  double allowance_ = 0;  ///< how far it may move before a column asleep could matter
  double last_pass_moved_ = 0;
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
