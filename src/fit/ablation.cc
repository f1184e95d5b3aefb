// SPDX-License-Identifier: Apache-2.0
// Subsets are visited depth first, each as its parent plus one column of higher index, so that the
// factor L of the parent's Gram matrix gains one row. With L z = X^T y, the last entry of z is all
// that is new on the right-hand side too; L^T w = z then gives the coefficients, and the test error
// follows from the test rows' own Gram matrix: |y - X w|^2 = y.y - 2 w.(X^T y) + w.(X^T X) w.
#include "fit/ablation.h"

#include <cmath>
#include <string>

#include "fit/scaling.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// A pivot below this share of its column's square is rounding, not information.
constexpr double kDependent = 1e-12;

class SubsetWalk {
 public:
  SubsetWalk(const MatrixXd& train_x, const VectorXd& train_y, const MatrixXd& test_x,
             const VectorXd& test_y)
      : columns_(train_x.cols()), scores_(std::size_t{1} << columns_) {
    const Standardiser standardiser(train_x);
    const MatrixXd train = standardiser.Scale(train_x);
    const MatrixXd test = standardiser.Scale(test_x);
    const double train_mean = train_y.mean();
    const VectorXd train_target = train_y.array() - train_mean;
    const VectorXd test_target = test_y.array() - train_mean;
    gram_ = train.transpose() * train;
    moment_ = train.transpose() * train_target;
    test_gram_ = test.transpose() * test;
    test_moment_ = test.transpose() * test_target;
    test_square_ = test_target.squaredNorm();
    test_spread_ = (test_y.array() - test_y.mean()).square().sum();
    factor_ = MatrixXd::Zero(columns_, columns_);
    chosen_.resize(static_cast<std::size_t>(columns_));
    half_solved_ = VectorXd::Zero(columns_);
    weights_ = VectorXd::Zero(columns_);
  }

  std::vector<double> Run() {
    scores_[0] = 1 - test_square_ / test_spread_;
    Extend(0, 0, 0);
    return std::move(scores_);
  }

 private:
  Index Chosen(Index i) const { return chosen_[static_cast<std::size_t>(i)]; }

  /// Scores each superset of the `size` chosen columns that adds columns from `first` on.
  void Extend(Index first, Index size, std::size_t mask) {
    for (Index column = first; column < columns_; ++column) {
      const std::size_t extended = mask | (std::size_t{1} << column);
      const bool is_independent = Append(column, size);
      scores_[extended] = is_independent ? ScoreOf(size + 1) : scores_[mask];
      Extend(column + 1, is_independent ? size + 1 : size, extended);
    }
  }

  /// Grows the factor by `column`. False if the column depends on the chosen ones.
  bool Append(Index column, Index size) {
    double pivot = gram_(column, column);
    double right = moment_[column];
    for (Index i = 0; i < size; ++i) {
      double entry = gram_(Chosen(i), column);
      for (Index k = 0; k < i; ++k) entry -= factor_(k, i) * factor_(k, size);
      entry /= factor_(i, i);
      factor_(i, size) = entry;
      pivot -= entry * entry;
      right -= entry * half_solved_[i];
    }
    if (!(pivot > kDependent * gram_(column, column))) return false;
    factor_(size, size) = std::sqrt(pivot);
    half_solved_[size] = right / factor_(size, size);
    chosen_[static_cast<std::size_t>(size)] = column;
    return true;
  }

  double ScoreOf(Index size) {
    for (Index i = size; i-- > 0;) {
      double entry = half_solved_[i];
      for (Index k = i + 1; k < size; ++k) entry -= factor_(i, k) * weights_[k];
      weights_[i] = entry / factor_(i, i);
    }
    double error = test_square_;
    for (Index i = 0; i < size; ++i) {
      double shared = 0;
      for (Index k = 0; k < i; ++k) shared += test_gram_(Chosen(k), Chosen(i)) * weights_[k];
      const double own = test_gram_(Chosen(i), Chosen(i)) * weights_[i];
      error += weights_[i] * (2 * (shared - test_moment_[Chosen(i)]) + own);
    }
    return 1 - error / test_spread_;
  }

  Index columns_;
  std::vector<double> scores_;
  MatrixXd gram_;
  VectorXd moment_;
  MatrixXd test_gram_;
  VectorXd test_moment_;
  double test_square_ = 0;
  double test_spread_ = 0;
  MatrixXd factor_;  ///< L^T: column i is the factor's row i, contiguous in memory
  std::vector<Index> chosen_;
  VectorXd half_solved_;
  VectorXd weights_;
};

}  // namespace

std::vector<double> AblateSubsets(const MatrixXd& train_x, const VectorXd& train_y,
                                  const MatrixXd& test_x, const VectorXd& test_y) {
  if (train_x.cols() > static_cast<Index>(kMostAblationColumns)) {
    throw Error(ErrorKind::kInput, "all subsets of " + std::to_string(train_x.cols()) +
                                       " features are too many: choose at most " +
                                       std::to_string(kMostAblationColumns));
  }
  const bool is_shaped = train_x.rows() == train_y.size() && test_x.rows() == test_y.size() &&
                         train_x.cols() == test_x.cols() && train_y.size() >= 2 &&
                         test_y.size() >= 2;
  if (!is_shaped || !train_x.allFinite() || !train_y.allFinite() || !test_x.allFinite() ||
      !test_y.allFinite() || test_y.minCoeff() == test_y.maxCoeff()) {
    throw Error(ErrorKind::kInput,
                "an ablation needs training and test rows with the same features, all finite, and "
                "test targets that differ; it was given " +
                    std::to_string(train_y.size()) + " training and " +
                    std::to_string(test_y.size()) + " test rows");
  }
  return SubsetWalk(train_x, train_y, test_x, test_y).Run();
}

}  // namespace joulecast
