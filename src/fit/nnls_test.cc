// SPDX-License-Identifier: Apache-2.0
#include "fit/nnls.h"

#include <gtest/gtest.h>

#include <random>

namespace joulecast {
namespace {

using Eigen::MatrixXd;
using Eigen::VectorXd;

VectorXd Vector(std::initializer_list<double> numbers) {
  return Eigen::Map<const VectorXd>(numbers.begin(), static_cast<Eigen::Index>(numbers.size()));
}

/// What a minimum on x >= 0 needs (Karush, Kuhn, Tucker): no column that is left out would help,
/// and none that is used would help more or less.
void ExpectOptimal(const MatrixXd& a, const VectorXd& b, const VectorXd& x) {
  ASSERT_TRUE(x.allFinite());
  EXPECT_GE(x.minCoeff(), 0);
  const VectorXd gradient = a.transpose() * (b - a * x);
  const double size = 1e-8 * std::max(1.0, (a.transpose() * b).cwiseAbs().maxCoeff());
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    EXPECT_LE(gradient[i], size) << i;
    if (x[i] > 1e-9) {
      EXPECT_NEAR(gradient[i], 0, size) << i;
    }
  }
}

TEST(NnlsTest, AnExactPositiveSolutionIsFound) {
  MatrixXd a(3, 2);
  a << 1, 0, 0, 1, 1, 1;
  const VectorXd x = SolveNonNegative(a, Vector({2, 3, 5}));
  EXPECT_NEAR(x[0], 2, 1e-12);
  EXPECT_NEAR(x[1], 3, 1e-12);
}

TEST(NnlsTest, WhatWouldBeNegativeIsZero) {
  // Freely x = (2, -1); without the second column the first alone is (1, 1).b / (1, 1).(1, 1).
  MatrixXd a(2, 2);
  a << 1, 0, 1, 1;
  const VectorXd x = SolveNonNegative(a, Vector({2, 1}));
  EXPECT_NEAR(x[0], 1.5, 1e-12);
  EXPECT_EQ(x[1], 0);
}

TEST(NnlsTest, ATargetThatPointsAwayGivesNothing) {
  MatrixXd a(2, 2);
  a << 1, 2, 3, 4;
  EXPECT_EQ(SolveNonNegative(a, Vector({-1, -1})), Vector({0, 0}));
  EXPECT_EQ(SolveNonNegative(a, Vector({0, 0})), Vector({0, 0}));
}

TEST(NnlsTest, AZeroColumnGetsNothing) {
  MatrixXd a(2, 3);
  a << 1, 0, 0, 0, 0, 2;
  const VectorXd x = SolveNonNegative(a, Vector({3, 4}));
  EXPECT_NEAR(x[0], 3, 1e-12);
  EXPECT_EQ(x[1], 0);
  EXPECT_NEAR(x[2], 2, 1e-12);
}

TEST(NnlsTest, CollinearColumnsShareWhatOneWouldGet) {
  MatrixXd a(3, 3);
  a << 1, 1, 2, 2, 2, 4, 3, 3, 6;
  const VectorXd b = Vector({2, 4, 6});
  const VectorXd x = SolveNonNegative(a, b);
  ExpectOptimal(a, b, x);
  EXPECT_NEAR(x[0] + x[1] + 2 * x[2], 2, 1e-9);
}

TEST(NnlsTest, ColumnsOfVerySmallAmountsAreFitted) {
  MatrixXd a(2, 2);
  a << 1e-150, 0, 0, 1e-150;
  const VectorXd x = SolveNonNegative(a, Vector({2e-150, 3e-150}));
  EXPECT_NEAR(x[0], 2, 1e-9);
  EXPECT_NEAR(x[1], 3, 1e-9);
}

TEST(NnlsTest, RandomProblemsEndInAMinimum) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (int trial = 0; trial < 300; ++trial) {
    const auto columns = static_cast<Eigen::Index>(1 + random() % 12);
    const auto rows = static_cast<Eigen::Index>(1 + random() % 40);
    MatrixXd a(rows, columns);
    VectorXd b(rows);
    for (double& value : a.reshaped()) value = normal(random);
    for (double& value : b) value = normal(random);
    // Some columns repeat others, some are nearly the same, some are empty.
    if (columns > 2 && trial % 3 == 0) a.col(1) = 2 * a.col(0);
    if (columns > 2 && trial % 3 == 1) a.col(1) = a.col(0) + 1e-5 * a.col(2);
    if (trial % 4 == 0) a.col(columns - 1).setZero();
    SCOPED_TRACE(trial);
    ExpectOptimal(a, b, SolveNonNegative(a, b));
  }
}

TEST(NnlsTest, PositiveAmountsAsLayersHaveThemEndInAMinimum) {
  std::mt19937 random(5);
  std::lognormal_distribution<double> amount(0, 2);
  for (int trial = 0; trial < 100; ++trial) {
    MatrixXd a(60, 10);
    for (double& value : a.reshaped()) value = random() % 3 == 0 ? 0 : amount(random);
    a.array().rowwise() /= a.colwise().norm().array().max(1e-300);
    const VectorXd b = VectorXd::Ones(60);
    SCOPED_TRACE(trial);
    ExpectOptimal(a, b, SolveNonNegative(a, b));
  }
}

}  // namespace
}  // namespace joulecast
