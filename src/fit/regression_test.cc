// SPDX-License-Identifier: Apache-2.0
#include "fit/regression.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST(LeastSquaresTest, LineThroughThreePoints) {
  // Through (0, 1), (1, 3), (2, 4): slope 3/2, intercept 8/3 - 3/2.
  const LinearModel line = FitLeastSquares(MatrixXd{{0}, {1}, {2}}, VectorXd{{1, 3, 4}});
  EXPECT_NEAR(line.coefficients[0], 1.5, 1e-14);
  EXPECT_NEAR(line.intercept, 8.0 / 3 - 1.5, 1e-14);
  EXPECT_NEAR(line.Predict(MatrixXd{{4}})[0], 8.0 / 3 + 4.5, 1e-13);
}

TEST(LeastSquaresTest, CollinearColumnsShareAndConstantsGetNothing) {
  // y = 2 a; a, then a again, then a constant: by least norm each copy takes half.
  const MatrixXd x{{1, 1, 0.1}, {2, 2, 0.1}, {5, 5, 0.1}};
  const LinearModel model = FitLeastSquares(x, VectorXd{{2, 4, 10}});
  EXPECT_NEAR(model.coefficients[0], 1, 1e-12);
  EXPECT_NEAR(model.coefficients[1], 1, 1e-12);
  EXPECT_EQ(model.coefficients[2], 0);
  EXPECT_NEAR(model.intercept, 0, 1e-12);
}

TEST(LeastSquaresTest, ColumnsOfVeryDifferentSizeBothCount) {
  // y = 1e-12 a + b, exactly.
  const MatrixXd x{{1e12, 1}, {3e12, 0}, {2e12, 5}, {7e12, 2}};
  const LinearModel model = FitLeastSquares(x, VectorXd{{2, 3, 7, 9}});
  EXPECT_NEAR(model.coefficients[0], 1e-12, 1e-24);
  EXPECT_NEAR(model.coefficients[1], 1, 1e-12);
}

TEST(LeastSquaresTest, RefusesWhatCannotBeFitted) {
  EXPECT_THROW(FitLeastSquares(MatrixXd{{1}}, VectorXd{{1}}), Error);
  EXPECT_THROW(FitLeastSquares(MatrixXd{{1}, {2}}, VectorXd{{1}}), Error);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_THROW(FitLeastSquares(MatrixXd{{1}, {nan}}, VectorXd{{1, 2}}), Error);
}

TEST(LassoTest, SoftThresholdOfOneColumn) {
  // Centred column (-1, 0, 1), target (-2, 0, 2): x.y = 4, less n alpha = 3 * 0.5, over x.x = 2.
  const LassoFit fit = FitLasso(MatrixXd{{1}, {2}, {3}}, VectorXd{{3, 5, 7}}, {.alpha = 0.5});
  EXPECT_TRUE(fit.converged);
  EXPECT_NEAR(fit.model.coefficients[0], 1.25, 1e-14);
  EXPECT_NEAR(fit.model.intercept, 5 - 2 * 1.25, 1e-14);
}

TEST(LassoTest, StrongPenaltyLeavesTheMean) {
  const LassoFit fit = FitLasso(MatrixXd{{1}, {2}, {3}}, VectorXd{{3, 5, 7}}, {.alpha = 2});
  EXPECT_EQ(fit.model.coefficients[0], 0);
  EXPECT_EQ(fit.model.intercept, 5);
  EXPECT_EQ(fit.iterations, 1);
}

TEST(LassoTest, StopsShortWhenItMayNotGoOn) {
  // First pass by hand, from zero, n alpha = 0.3: columns (-1, 0, 1) and (-1, 1, 0), y (-2, 0, 2).
  // b1 = (4 - 0.3) / 2 = 1.85; residual (-0.15, 0, 0.15); b2: |x2.r| = 0.15 <= 0.3, so 0.
  const MatrixXd x{{1, 1}, {2, 3}, {3, 2}};
  const LassoFit fit = FitLasso(x, VectorXd{{1, 3, 5}}, {.alpha = 0.1, .max_iterations = 1});
  EXPECT_EQ(fit.iterations, 1);
  EXPECT_NEAR(fit.model.coefficients[0], 1.85, 1e-14);
  EXPECT_EQ(fit.model.coefficients[1], 0);
}

/// A problem of correlated columns of very different sizes, wider than it has signal for.
struct LassoProblem {
  LassoProblem() {
    std::mt19937 random(11);
    std::normal_distribution<double> normal(0, 1);
    x = MatrixXd::NullaryExpr(60, 40, [&] { return normal(random); });
    x.rightCols(20) += 3 * x.leftCols(20);
    for (Eigen::Index j = 0; j < x.cols(); ++j) x.col(j) *= 1 + static_cast<double>(j * j);
    y = 2 * x.col(3) - 0.1 * x.col(30) + VectorXd::NullaryExpr(60, [&] { return normal(random); });
  }
  MatrixXd x;
  VectorXd y;
};

/// Cyclic descent as the textbook has it, each column visited in each pass.
VectorXd PlainDescent(const LassoProblem& problem, double alpha, int passes) {
  const MatrixXd x = problem.x.rowwise() - problem.x.colwise().mean();
  VectorXd residual = problem.y.array() - problem.y.mean();
  VectorXd b = VectorXd::Zero(x.cols());
  for (int pass = 0; pass < passes; ++pass) {
    for (Eigen::Index j = 0; j < x.cols(); ++j) {
      const VectorXd without = residual + x.col(j) * b[j];
      const double pull = x.col(j).dot(without);
      const double excess = std::max(0.0, std::abs(pull) - alpha * 60);
      b[j] = std::copysign(excess, pull) / x.col(j).squaredNorm();
      residual = without - x.col(j) * b[j];
    }
  }
  return b;
}

TEST(LassoTest, EachPassIsThatOfPlainDescent) {
  const LassoProblem problem;
  for (const double alpha : {0.1, 1.0, 10.0}) {
    for (const int passes : {1, 2, 7, 100, 1000}) {
      const LassoFit fit = FitLasso(problem.x, problem.y,
                                    {.alpha = alpha, .tolerance = 0, .max_iterations = passes});
      const VectorXd plain = PlainDescent(problem, alpha, passes);
      EXPECT_LT((fit.model.coefficients - plain).cwiseAbs().maxCoeff(), 1e-9)
          << alpha << " " << passes;
    }
  }
}

TEST(LassoTest, TheOptimumBalancesGradientAndPenalty) {
  const LassoProblem problem;
  const LassoFit fit =
      FitLasso(problem.x, problem.y, {.alpha = 1, .tolerance = 1e-12, .max_iterations = 1'000'000});
  EXPECT_TRUE(fit.converged);
  const VectorXd residual = problem.y - fit.model.Predict(problem.x);
  const MatrixXd x = problem.x.rowwise() - problem.x.colwise().mean();
  const VectorXd gradient = x.transpose() * residual / 60;
  for (Eigen::Index j = 0; j < x.cols(); ++j) {
    const double b = fit.model.coefficients[j];
    if (b == 0) {
      EXPECT_LE(std::abs(gradient[j]), 1 + 1e-4);
    } else {
      EXPECT_NEAR(gradient[j], std::copysign(1, b), 1e-4);
    }
  }
}

TEST(CrossValidationTest, ScoresEachFold) {
  // A straight line is predicted exactly from either half.
  const MatrixXd x{{1}, {2}, {3}, {4}};
  const auto scores = CrossValidatedR2(x, VectorXd{{3, 5, 7, 9}}, 2, FitLeastSquares);
  ASSERT_EQ(scores.size(), 2u);
  EXPECT_NEAR(scores[0], 1, 1e-12);
  EXPECT_NEAR(scores[1], 1, 1e-12);
  EXPECT_THROW(CrossValidatedR2(x, VectorXd{{1, 1, 2, 3}}, 2, FitLeastSquares), Error);
}

}  // namespace
}  // namespace joulecast
