// SPDX-License-Identifier: Apache-2.0
#include "fit/ablation.h"

#include <gtest/gtest.h>

#include <random>

#include "base/statistics.h"
#include "fit/regression.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

TEST(AblationTest, EachSubsetScoresAsItsOwnFit) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> uniform(0, 1);
  const MatrixXd x = MatrixXd::NullaryExpr(60, 6, [&] { return uniform(random); });
  VectorXd y = x * VectorXd{{1, 2, 0, 4, 5, 6}};
  for (double& value : y) value += uniform(random);
  const VectorXd test_y = y.tail(20);
  const auto scores = AblateSubsets(x.topRows(40), y.head(40), x.bottomRows(20), test_y);
  ASSERT_EQ(scores.size(), 64u);
  for (std::size_t mask = 1; mask < scores.size(); ++mask) {
    std::vector<Index> columns;
    for (Index j = 0; j < 6; ++j) {
      if ((mask >> j & 1) != 0) columns.push_back(j);
    }
    const LinearModel model = FitLeastSquares(x(Eigen::seqN(0, 40), columns), y.head(40));
    const VectorXd predicted = model.Predict(x(Eigen::seqN(40, 20), columns));
    EXPECT_NEAR(scores[mask], *R2({test_y.data(), 20}, {predicted.data(), 20}), 1e-12) << mask;
  }
}

TEST(AblationTest, TheEmptySubsetIsTheTrainingMean) {
  // Mean 2 of the training; test 1, 3 has the same mean: R2 0. Test y = x is met exactly.
  const auto scores =
      AblateSubsets(MatrixXd{{0}, {4}}, VectorXd{{0, 4}}, MatrixXd{{1}, {3}}, VectorXd{{1, 3}});
  EXPECT_NEAR(scores[0], 0, 1e-15);
  EXPECT_NEAR(scores[1], 1, 1e-15);
}

TEST(AblationTest, DependentAndConstantColumnsAddNothing) {
  const MatrixXd x{{1, 2, 9}, {2, 4, 9}, {4, 8, 9}, {3, 6, 9}};
  const VectorXd y{{1, 3, 4, 2}};
  const auto scores = AblateSubsets(x, y, x, y);
  EXPECT_NEAR(scores[0b011], scores[0b001], 1e-12);
  EXPECT_NEAR(scores[0b111], scores[0b001], 1e-12);
  EXPECT_NEAR(scores[0b100], scores[0], 1e-12);
}

TEST(AblationTest, RefusesWhatHasNoScore) {
  const MatrixXd x{{1}, {2}};
  EXPECT_THROW(AblateSubsets(x, VectorXd{{1, 2}}, x, VectorXd{{5, 5}}), Error);
  EXPECT_THROW(AblateSubsets(x, VectorXd{{1, 2}}, MatrixXd{{1, 2}}, VectorXd{{5}}), Error);
  const MatrixXd wide = MatrixXd::Ones(3, 25);
  EXPECT_THROW(AblateSubsets(wide, VectorXd{{1, 2, 3}}, wide, VectorXd{{1, 2, 3}}), Error);
}

}  // namespace
}  // namespace joulecast
