// SPDX-License-Identifier: Apache-2.0
#include "meters/wrap_counter.h"

#include <gtest/gtest.h>

#include <limits>

#include "joulecast/error.h"

namespace joulecast {
namespace {

TEST(WrapCounterTest, CountsFromItsFirstValue) {
  WrapCounter counter(255);
  EXPECT_EQ(counter.Advance(200), 0u);
  EXPECT_EQ(counter.Advance(250), 50u);
  EXPECT_EQ(counter.Advance(250), 50u);
}

TEST(WrapCounterTest, CountsAcrossWraps) {
  WrapCounter counter(255);
  counter.Advance(250);
  EXPECT_EQ(counter.Advance(255), 5u);
  EXPECT_EQ(counter.Advance(0), 6u);  // 255 -> 0 is one tick, not minus 255
  EXPECT_EQ(counter.Advance(249), 255u);
  EXPECT_EQ(counter.Advance(248), 510u);  // all but one of a full round
}

TEST(WrapCounterTest, KeepsToIntegersUpToTheWidestRange) {
  constexpr std::uint64_t kGreatest = std::numeric_limits<std::uint64_t>::max();
  WrapCounter counter(kGreatest);
  counter.Advance(kGreatest - 1);
  EXPECT_EQ(counter.Advance(1), 3u);
}

TEST(WrapCounterTest, RefusesAValuePastTheRange) {
  WrapCounter counter(255);
  counter.Advance(255);
  EXPECT_THROW(counter.Advance(256), Error);
}

TEST(RisingCounterTest, RefusesToFall) {
  RisingCounter counter;
  EXPECT_EQ(counter.Advance(7), 7u);
  EXPECT_EQ(counter.Advance(7), 7u);
  EXPECT_THROW(counter.Advance(6), Error);
}

}  // namespace
}  // namespace joulecast
