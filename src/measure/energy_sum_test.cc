// SPDX-License-Identifier: Apache-2.0
#include "measure/energy_sum.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class EnergySumTest : public ::testing::Test {
 protected:
  ScriptedMeter& Add(const char* name) {
    meters_.push_back(std::make_unique<ScriptedMeter>(name, clock_));
    return static_cast<ScriptedMeter&>(*meters_.back());
  }

  MeasuredWindow Measure(double seconds) {
    Session session(meters_, clock_);
    session.Start();
    clock_.Sleep(Seconds(seconds));
    return session.Stop();
  }

  TestClock clock_;
  std::vector<std::unique_ptr<Meter>> meters_;
};

Domain Of(const char* name, const char* part, Evidence evidence = Evidence::kMeasured) {
  return {.name = name, .part = part, .evidence = evidence};
}

TEST_F(EnergySumTest, TakesNothingThatLiesWithinWhatIsTaken) {
  Add("powercap")
      .Add(Of("package-0", "machine/package-0"), ConstantPower(50))
      .Add(Of("dram-0", "machine/dram-0"), ConstantPower(5))
      .Add(Of("core", "machine/package-0/core"), ConstantPower(40))
      .Add(Of("psys", "machine"), ConstantPower(70));
  const SumPlan plan = PlanSum(meters_);
  EXPECT_THAT(plan.domains, ElementsAre(DomainIndex{0, 0}, DomainIndex{0, 1}));
  EXPECT_THAT(plan.left_out, ElementsAre("powercap:core lies within powercap:package-0",
                                         "powercap:psys contains powercap:package-0"));
  EXPECT_NEAR(Sum(meters_, plan, Measure(2), {}).energy->value(), 110, 1e-9);
}

TEST_F(EnergySumTest, BetterEvidenceWinsAndTheWeakestIsNamed) {
  Add("modelled").Add(Of("cpu", "machine/package-0", Evidence::kModelled), ConstantPower(90));
  Add("powercap").Add(Of("package-0", "machine/package-0"), ConstantPower(50));
  Add("nvml").Add(Of("gpu-0", "machine/gpu-0", Evidence::kIntegrated), ConstantPower(200));
  const SumPlan plan = PlanSum(meters_);
  EXPECT_THAT(plan.domains, ElementsAre(DomainIndex{1, 0}, DomainIndex{2, 0}));
  EXPECT_EQ(plan.evidence, Evidence::kIntegrated);
  EXPECT_THAT(plan.left_out, ElementsAre("modelled:cpu counts the same as powercap:package-0"));
}

TEST_F(EnergySumTest, OneFailureMakesItUnknownAndNotSmaller) {
  Add("powercap")
      .Add(Of("package-0", "machine/package-0"), ConstantPower(50))
      .Add(Of("package-1", "machine/package-1"),
           [](double time_s) { return time_s < 1 ? Total(1) : Failure("Input/output error"); });
  const EnergySum sum = Sum(meters_, PlanSum(meters_), Measure(2), {});
  EXPECT_FALSE(sum.energy);
  EXPECT_FALSE(sum.net);
  EXPECT_EQ(sum.failure, "powercap:package-1: at the end: Input/output error");
}

TEST_F(EnergySumTest, NetTakesTheMeanOfTheIdlePowersOff) {
  // 10 W until 5 s, 50 W until 10 s, 20 W after that: at rest 15 W on average, and 5 s of 50 W.
  Add("powercap").Add(Of("package-0", "machine/package-0"), [](double time_s) {
    const double before = 10 * std::min(time_s, 5.0);
    const double busy = 50 * std::clamp(time_s - 5, 0.0, 5.0);
    return Total(before + busy + 20 * std::max(time_s - 10, 0.0));
  });
  Baseline baseline{.before = Measure(5)};
  const MeasuredWindow busy = Measure(5);
  baseline.after = Measure(5);
  const EnergySum sum = Sum(meters_, PlanSum(meters_), busy, baseline);
  EXPECT_NEAR(sum.energy->value(), 250, 1e-9);
  EXPECT_NEAR(sum.net->value(), 250 - 5 * 15, 1e-9);
  const IdlePower idle = IdlePowerOf(meters_[0]->domains()[0], 0, 0, baseline);
  EXPECT_EQ(idle.basis, "idle before and after");
}

TEST_F(EnergySumTest, WithoutIdleWindowsNetIsMissingAndSaysSo) {
  Add("powercap").Add(Of("package-0", "machine/package-0"), ConstantPower(50));
  const EnergySum sum = Sum(meters_, PlanSum(meters_), Measure(2), {});
  EXPECT_TRUE(sum.energy);
  EXPECT_FALSE(sum.net);
  EXPECT_THAT(sum.net_is_missing, HasSubstr("no idle window was measured"));
}

TEST_F(EnergySumTest, AModelledDomainRestsAtItsModelsPower) {
  Domain cpu = Of("cpu", "machine/cpu", Evidence::kModelled);
  cpu.resting_power = Watts(30);
  Add("modelled").Add(cpu, ConstantPower(50));
  const EnergySum sum = Sum(meters_, PlanSum(meters_), Measure(2), {});
  EXPECT_NEAR(sum.net->value(), 2 * (50 - 30), 1e-9);
  EXPECT_THAT(sum.net_is_missing, IsEmpty());
}

}  // namespace
}  // namespace joulecast
