// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <Eigen/Core>
#include <functional>
#include <vector>

namespace joulecast {

/// y = x * coefficients + intercept.
struct LinearModel {
  Eigen::VectorXd coefficients;
  double intercept = 0;

  Eigen::VectorXd Predict(const Eigen::MatrixXd& x) const;
};

/// Ordinary least squares with an intercept, by a rank-revealing factorisation of the centred,
/// normalised columns. Constant columns get the coefficient 0; of collinear ones the solution of
/// least norm is taken, in units of the normalised columns.
/// Throws Error{kInput} for fewer than two rows, or values that are not finite.
LinearModel FitLeastSquares(const Eigen::MatrixXd& x, const Eigen::VectorXd& y);

struct LassoOptions {
  double alpha = 1.0;
  double tolerance = 1e-4;    ///< of the dual gap, in units of the centred target's square
  int max_iterations = 1000;  ///< passes over all columns
};

struct LassoFit {
  LinearModel model;
  int iterations = 0;
  bool converged = false;  ///< the dual gap fell below the tolerance
};

/// Minimises |y - x b|^2 / 2n + alpha |b|_1 with a free intercept, by cyclic coordinate descent
/// from zero: the iterates and the stopping test of scikit-learn's `Lasso`, so that a run which
/// stops short stops where it would. The gradient is updated through the Gram matrix.
/// Throws as FitLeastSquares.
LassoFit FitLasso(const Eigen::MatrixXd& x, const Eigen::VectorXd& y, const LassoOptions& options);

using Fitter = std::function<LinearModel(const Eigen::MatrixXd&, const Eigen::VectorXd&)>;

/// R2 on each of `folds` contiguous parts, fitted on the others.
/// Throws Error{kInput} if there are fewer rows than folds, or a part whose targets are all equal.
std::vector<double> CrossValidatedR2(const Eigen::MatrixXd& x, const Eigen::VectorXd& y,
                                     std::size_t folds, const Fitter& fit);

}  // namespace joulecast
