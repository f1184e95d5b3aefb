// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "joulecast/error.h"
#include "joulecast/measure.h"

namespace joulecast {
namespace {

TEST(EnergyWatchTest, AConstantPowerUsesPowerTimesTime) {
  EnergyWatch watch(OpenMeters("fake:watts=20:part=machine", {}));
  for (int stretch = 0; stretch < 2; ++stretch) {
    if (stretch > 0) watch.Start();
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    const EnergyUse use = watch.Stop();
    ASSERT_TRUE(use.energy) << use.failure;
    EXPECT_GE(use.time.count(), 0.03);
    // The counter's clock and the window's are read one after the other.
    EXPECT_NEAR(use.energy->value(), 20 * use.time.count(), 0.02 * 20 * use.time.count());
    EXPECT_EQ(use.evidence, Evidence::kModelled);
    ASSERT_EQ(use.parts.size(), 1u);
    EXPECT_TRUE(use.parts[0].in_total);
  }
}

TEST(EnergyWatchTest, WhatLiesInAnotherPartIsToldAndNotAdded) {
  EnergyWatch watch(OpenMeters("fake:watts=20:part=machine,fake:watts=5:part=machine/a", {}));
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const EnergyUse use = watch.Stop();
  ASSERT_EQ(use.parts.size(), 2u);
  EXPECT_TRUE(use.parts[0].in_total);
  EXPECT_FALSE(use.parts[1].in_total);
  EXPECT_EQ(use.energy, use.parts[0].energy);
}

TEST(EnergyWatchTest, StoppingTwiceIsRefused) {
  EnergyWatch watch(OpenMeters("fake:watts=20", {}));
  watch.Stop();
  EXPECT_THROW(watch.Stop(), Error);
  EXPECT_THROW(EnergyWatch({}), Error);
}

}  // namespace
}  // namespace joulecast
