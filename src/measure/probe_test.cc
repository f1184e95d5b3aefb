// SPDX-License-Identifier: Apache-2.0
#include "measure/probe.h"

#include <gtest/gtest.h>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

class ProbeTest : public ::testing::Test {
 protected:
  ProbeTest() : meter_(new ScriptedMeter("a", clock_)) {
    meters_.emplace_back(meter_);
    meter_->read_cost = Seconds(20e-6);
  }

  TestClock clock_;
  ScriptedMeter* meter_;
  std::vector<std::unique_ptr<Meter>> meters_;
};

TEST_F(ProbeTest, FindsTickStepAndCostOfReading) {
  meter_->Add({.name = "gpu-0", .part = "machine/gpu-0"}, Ticking(200, 0.05));
  const MeterProbe probe = ProbeTicks(*meter_, clock_, Seconds(1));
  EXPECT_NEAR(probe.domains[0].tick->count(), 0.05, 40e-6) << "two readings at most";
  EXPECT_NEAR(probe.domains[0].smallest_step->value(), 10, 1e-9);
  EXPECT_NEAR(probe.read_cost.count(), 20e-6, 1e-9);
}

TEST_F(ProbeTest, EndsOnceItKnowsAndGivesUpInTime) {
  const auto started = clock_.Now();
  meter_->Add({.name = "package-0", .part = "machine/package-0"}, Ticking(50, 0.001));
  ProbeTicks(*meter_, clock_, Seconds(1));
  EXPECT_LT(Seconds(clock_.Now() - started).count(), 0.02);
  meter_->Add({.name = "stuck", .part = "machine/dram-0"}, [](double) { return Total(7); });
  const MeterProbe probe = ProbeTicks(*meter_, clock_, Seconds(1));
  EXPECT_FALSE(probe.domains[1].tick);
  EXPECT_FALSE(probe.domains[1].smallest_step);
  EXPECT_TRUE(probe.domains[0].tick);
  EXPECT_LT(Seconds(clock_.Now() - started).count(), 1.1);
}

TEST_F(ProbeTest, AWindowHoldsTwentyTicksAndLastsASecond) {
  meter_->Add({.name = "fast", .part = "machine/package-0"}, Ticking(50, 0.001));
  const auto length = [&] {
    const MeterProbe probe = ProbeTicks(*meter_, clock_, Seconds(2));
    return WindowLength(meters_, std::span(&probe, 1)).count();
  };
  EXPECT_DOUBLE_EQ(length(), 1);
  meter_->Add({.name = "slow", .part = "machine/gpu-0"}, Ticking(50, 0.1));
  EXPECT_NEAR(length(), 2, 0.002);
}

TEST_F(ProbeTest, WhatIsDocumentedServesWhereNothingIsSeen) {
  meter_->Add({.name = "wall", .part = "machine", .tick = Seconds(0.5)}, Ticking(50, 0.5));
  const MeterProbe probe = ProbeTicks(*meter_, clock_, Seconds(0.1));
  EXPECT_FALSE(probe.domains[0].tick);
  EXPECT_DOUBLE_EQ(WindowLength(meters_, std::span(&probe, 1)).count(), 10);
}

}  // namespace
}  // namespace joulecast
