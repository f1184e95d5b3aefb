// SPDX-License-Identifier: Apache-2.0
#include "fit/scaling.h"

#include <gtest/gtest.h>

#include <limits>

#include "joulecast/error.h"

namespace joulecast {
namespace {

TEST(ScalingTest, MinMaxMapsTheRangeOntoOne) {
  const MinMaxScale scale(Eigen::VectorXd{{4, 2, 6}});
  EXPECT_EQ(scale.Scale(Eigen::VectorXd{{2, 5, 8}}), (Eigen::VectorXd{{0, 0.75, 1.5}}));
  EXPECT_EQ(scale.Restore(Eigen::VectorXd{{0, 0.75, 1.5}}), (Eigen::VectorXd{{2, 5, 8}}));
  EXPECT_EQ(MinMaxScale(Eigen::VectorXd{{3, 3}}).Scale(Eigen::VectorXd{{3}})[0], 0);
}

TEST(ScalingTest, MinMaxRefusesWhatIsNoNumber) {
  EXPECT_THROW(MinMaxScale(Eigen::VectorXd()), Error);
  EXPECT_THROW(MinMaxScale(Eigen::VectorXd{{1, std::numeric_limits<double>::quiet_NaN()}}), Error);
}

TEST(ScalingTest, StandardisedColumnsHaveUnitSpreadAndConstantsVanish) {
  const Eigen::MatrixXd x{{1, 0.1}, {3, 0.1}};
  const Eigen::MatrixXd expected{{-1, 0}, {1, 0}};
  EXPECT_EQ(Standardiser(x).Scale(x), expected);
}

}  // namespace
}  // namespace joulecast
