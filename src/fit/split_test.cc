// SPDX-License-Identifier: Apache-2.0
#include "fit/split.h"

#include <gmock/gmock.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::ElementsAre;

TEST(SplitTest, CutsTheShuffledRowsAtSeventyAndNinetyPercent) {
  const Split3 split = SplitShuffled(10, 1234);  // numpy's permutation: 7 2 9 1 0 8 4 5 6 3
  EXPECT_THAT(split.train, ElementsAre(7, 2, 9, 1, 0, 8, 4));
  EXPECT_THAT(split.validation, ElementsAre(5, 6));
  EXPECT_THAT(split.test, ElementsAre(3));
}

TEST(SplitTest, FoldsAreContiguousAndTheFirstOnesLonger) {
  const auto folds = ContiguousFolds(5, 2);
  ASSERT_EQ(folds.size(), 2u);
  EXPECT_THAT(folds[0].test, ElementsAre(0, 1, 2));
  EXPECT_THAT(folds[0].train, ElementsAre(3, 4));
  EXPECT_THAT(folds[1].test, ElementsAre(3, 4));
  EXPECT_THAT(folds[1].train, ElementsAre(0, 1, 2));
}

TEST(SplitTest, MoreFoldsThanRowsAreRefused) {
  EXPECT_THROW(ContiguousFolds(3, 4), Error);
  EXPECT_THROW(ContiguousFolds(3, 1), Error);
}

}  // namespace
}  // namespace joulecast
