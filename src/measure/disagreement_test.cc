// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "measure/diagnosis.h"
#include "measure/scripted_meter.h"
#include "measure/session.h"

namespace joulecast {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DisagreementTest : public ::testing::Test {
 protected:
  void Add(const char* name, Domain domain, double power_w) {
    auto meter = std::make_unique<ScriptedMeter>(name, clock_);
    meter->Add(std::move(domain), Constant(power_w));
    meters_.push_back(std::move(meter));
  }
  std::vector<std::string> Find() {
    Session session(meters_, clock_);
    session.Start();
    clock_.Sleep(Seconds(1));
    return FindDisagreements(meters_, session.Stop());
  }

  TestClock clock_;
  std::vector<std::unique_ptr<Meter>> meters_;
  const Domain package_ = {.name = "package-0", .part = "machine/package-0"};
};

TEST_F(DisagreementTest, TwoCountersOfOnePartMayDifferByFivePercent) {
  Add("powercap", package_, 100);
  Add("perf", package_, 96);
  EXPECT_THAT(Find(), IsEmpty());
  Add("hwmon", package_, 80);
  EXPECT_THAT(Find(), ElementsAre("hwmon:package-0 says 80 W and powercap:package-0 says 100 W: "
                                  "both count machine/package-0",
                                  "hwmon:package-0 says 80 W and perf:package-0 says 96 W: "
                                  "both count machine/package-0"));
}

TEST_F(DisagreementTest, APartMayTakeLessThanTheWholeAndNotMore) {
  Add("powercap", package_, 100);
  Add("core", {.name = "core", .part = "machine/package-0/core"}, 60);
  EXPECT_THAT(Find(), IsEmpty());
  Add("psys", {.name = "psys", .part = "machine"}, 30);
  EXPECT_THAT(Find(), ElementsAre("powercap:package-0 says 100 W and psys:psys says 30 W: "
                                  "the first lies within the second",
                                  "core:core says 60 W and psys:psys says 30 W: "
                                  "the first lies within the second"));
}

TEST_F(DisagreementTest, AModelContradictsNobody) {
  Add("powercap", package_, 100);
  Domain modelled = package_;
  modelled.evidence = Evidence::kModelled;
  Add("modelled", modelled, 20);
  EXPECT_THAT(Find(), IsEmpty());
}

}  // namespace
}  // namespace joulecast
