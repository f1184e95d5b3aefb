// SPDX-License-Identifier: Apache-2.0
#include "fit/numpy_random.h"

#include <gmock/gmock.h>

namespace joulecast {
namespace {

using testing::ElementsAre;

TEST(NumpyRandomTest, PermutationsAreNumpys) {
  // numpy.random.RandomState(1234).permutation(10) and (1223).permutation(17), any numpy since 1.0.
  EXPECT_THAT(NumpyRandomState(1234).Permutation(10), ElementsAre(7, 2, 9, 1, 0, 8, 4, 5, 6, 3));
  EXPECT_THAT(NumpyRandomState(1223).Permutation(17),
              ElementsAre(6, 13, 16, 8, 11, 9, 3, 15, 5, 2, 0, 12, 1, 14, 4, 7, 10));
}

TEST(NumpyRandomTest, NothingToShuffle) {
  EXPECT_TRUE(NumpyRandomState(1).Permutation(0).empty());
  EXPECT_THAT(NumpyRandomState(1).Permutation(1), ElementsAre(0));
}

}  // namespace
}  // namespace joulecast
