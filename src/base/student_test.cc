// SPDX-License-Identifier: Apache-2.0
#include "base/student.h"

#include <gtest/gtest.h>

namespace joulecast {
namespace {

TEST(StudentTest, HalfWidthsAreThoseOfTheTables) {
  EXPECT_DOUBLE_EQ(StudentHalfWidth90(1), 6.314);
  EXPECT_DOUBLE_EQ(StudentHalfWidth90(10), 1.812);
  EXPECT_NEAR(StudentHalfWidth90(12), 1.782, 0.001);
  EXPECT_NEAR(StudentHalfWidth90(30), 1.697, 0.001);
  EXPECT_NEAR(StudentHalfWidth90(1e9), 1.645, 0.001);
}

}  // namespace
}  // namespace joulecast
