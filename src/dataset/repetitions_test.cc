// SPDX-License-Identifier: Apache-2.0
#include "dataset/repetitions.h"

#include <gmock/gmock.h>

#include <cmath>

namespace joulecast {
namespace {

using testing::ElementsAre;

TEST(RepetitionsTest, TheTwoFastestOfFourThatDisagreeCount) {
  const Repetitions kept =
      Undisturbed({.energies_j = {9, 4, 5, 8}, .times_s = {1.8, 1.02, 1.0, 1.5}});
  EXPECT_THAT(kept.times_s, ElementsAre(1.0, 1.02));
  EXPECT_THAT(kept.energies_j, ElementsAre(5, 4)) << "each with its own energy";
}

TEST(RepetitionsTest, AllCountWhereTheyAgreeOrAreThree) {
  // Deviations of 0.02 and twice nothing: variance 0.0008 / 3, 1.6 %.
  const Repetitions agree{.energies_j = {1, 2, 3, 4}, .times_s = {1, 1.02, 0.98, 1}};
  EXPECT_THAT(Undisturbed(agree).energies_j, ElementsAre(1, 2, 3, 4));
  const Repetitions three{.energies_j = {1, 2, 3}, .times_s = {1, 2, 3}};
  EXPECT_THAT(Undisturbed(three).energies_j, ElementsAre(1, 2, 3));
  const Repetitions timeless{.energies_j = {1, 2, 3, 4}, .times_s = {}};
  EXPECT_THAT(Undisturbed(timeless).energies_j, ElementsAre(1, 2, 3, 4));
}

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
