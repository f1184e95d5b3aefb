// SPDX-License-Identifier: Apache-2.0
#include "dataset/repetitions.h"

#include <gtest/gtest.h>

#include <cmath>

namespace joulecast {
namespace {

TEST(RepetitionsTest, SpreadIsOfASample) {
  EXPECT_NEAR(Spread({0.9, 1.1}), std::sqrt(0.02), 1e-12);  // deviations of 0.1 each, n - 1 = 1
  EXPECT_EQ(Spread({7}), 0);
  EXPECT_EQ(Spread({}), 0);
}

TEST(RepetitionsTest, ThreeThatDisagreeGiveTheirMedian) {
  const Cost disagree = Typical({.energies_j = {0.9, 1.1, 9.0}, .times_s = {2, 1, 6}});
  EXPECT_DOUBLE_EQ(disagree.energy_j, 1.1);
  EXPECT_DOUBLE_EQ(disagree.time_s, 2);
  const Cost agree = Typical({.energies_j = {0.99, 1, 1.04}, .times_s = {2, 1, 6}});
  EXPECT_NEAR(agree.energy_j, 1.01, 1e-12);
  EXPECT_DOUBLE_EQ(agree.time_s, 3) << "energies decide for both";
  EXPECT_DOUBLE_EQ(Typical({.energies_j = {1, 3}, .times_s = {}}).energy_j, 2);
  EXPECT_EQ(Typical({}).energy_j, 0);
}

}  // namespace
}  // namespace joulecast
