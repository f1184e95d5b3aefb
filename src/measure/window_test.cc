// SPDX-License-Identifier: Apache-2.0
#include "measure/window.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

const Domain kPackage = {.name = "package-0",
                         .part = "machine/package-0",
                         .resolution = Joules(61e-6),
                         .tick = Seconds(0.001)};

TEST(JudgeTest, IsTheDifferenceOfTheTotals) {
  const DomainEnergy used = Judge(kPackage, Total(1000), Total(1250), Seconds(5));
  EXPECT_EQ(used.energy, Joules(250));
  EXPECT_EQ(used.failure, "");
}

TEST(JudgeTest, AFailureAtEitherEdgeIsToldAndIsNoEnergy) {
  const DomainEnergy early = Judge(kPackage, Failure("EIO"), Total(1), Seconds(5));
  EXPECT_FALSE(early.energy);
  EXPECT_EQ(early.failure, "at the start: EIO");
  const DomainEnergy late = Judge(kPackage, Total(1), Failure("vanished"), Seconds(5));
  EXPECT_FALSE(late.energy);
  EXPECT_EQ(late.failure, "at the end: vanished");
}

TEST(JudgeTest, AClockThatGoesBackwardsGivesNoEnergy) {
  const DomainEnergy used = Judge(kPackage, Total(1), Total(2), Seconds(-0.5));
  EXPECT_FALSE(used.energy);
  EXPECT_THAT(used.failure, HasSubstr("clock went from the start to the end by -0.5 s"));
}

TEST(JudgeTest, ACounterThatGoesBackwardsGivesNoEnergy) {
  const DomainEnergy used = Judge(kPackage, Total(10), Total(7), Seconds(5));
  EXPECT_FALSE(used.energy);
  EXPECT_THAT(used.failure, HasSubstr("backwards by 3 J"));
}

TEST(JudgeTest, AStandstillIsStuckAfterTwentyTicks) {
  // 20 ticks of 1 ms.
  EXPECT_THAT(Judge(kPackage, Total(5), Total(5), Seconds(0.021)).failure, HasSubstr("stuck"));
  const DomainEnergy brief = Judge(kPackage, Total(5), Total(5), Seconds(0.019));
  EXPECT_FALSE(brief.energy) << "a zero is no amount of energy";
  EXPECT_THAT(brief.failure, HasSubstr("no update of the counter within 0.019 s"));
}

TEST(JudgeTest, AStandstillOfAnUnknownTickIsStuckAfterASecond) {
  Domain domain = kPackage;
  domain.tick.reset();
  EXPECT_THAT(Judge(domain, Total(5), Total(5), Seconds(0.9)).failure, HasSubstr("no update"));
  EXPECT_THAT(Judge(domain, Total(5), Total(5), Seconds(1.1)).failure, HasSubstr("stuck"));
}

TEST(JudgeTest, AJumpIsMorePowerThanSuchAPartDraws) {
  // A wrap counted once too often adds 262144 J: 26 kW over ten seconds.
  EXPECT_THAT(Judge(kPackage, Total(0), Total(262'144), Seconds(10)).failure, HasSubstr("jumped"));
  EXPECT_TRUE(Judge(kPackage, Total(0), Total(4'900 * 10), Seconds(10)).energy);
  Domain machine = kPackage;
  machine.part = "machine";
  EXPECT_TRUE(Judge(machine, Total(0), Total(262'144), Seconds(10)).energy);
}

TEST(JudgeTest, AWholeTickInsideAShortWindowIsNoJump) {
  // NVML adds 100 ms of 700 W at once: 70 J in a window of 2 ms, 35 kW if taken by itself.
  const Domain gpu = {.name = "gpu-0", .part = "machine/gpu-0", .tick = Seconds(0.1)};
  EXPECT_EQ(Judge(gpu, Total(0), Total(70), Seconds(0.002)).energy, Joules(70));
}

}  // namespace
}  // namespace joulecast
