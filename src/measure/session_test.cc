// SPDX-License-Identifier: Apache-2.0
#include "measure/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>

#include "joulecast/error.h"
#include "measure/guard.h"
#include "measure/scripted_meter.h"

namespace joulecast {
namespace {

using ::testing::HasSubstr;

const Domain kPackage = {.name = "package-0",
                         .part = "machine/package-0",
                         .resolution = Joules(61e-6),
                         .tick = Seconds(0.001)};

class SessionTest : public ::testing::Test {
 protected:
  ScriptedMeter& Add(const char* name) {
    auto meter = std::make_unique<ScriptedMeter>(name, clock_);
    ScriptedMeter& added = *meter;
    meters_.push_back(std::move(meter));
    return added;
  }

  TestClock clock_;
  std::vector<std::unique_ptr<Meter>> meters_;
};

TEST_F(SessionTest, EachMeterIsReadOnceAnEdge) {
  ScriptedMeter& meter = Add("a").Add({.name = "x", .part = "machine"}, ConstantPower(20));
  Session session(meters_, clock_);
  session.Start();
  clock_.Sleep(Seconds(3));
  EXPECT_EQ(meter.reads, 1);
  const MeasuredWindow window = session.Stop();
  EXPECT_EQ(meter.reads, 2);
  EXPECT_DOUBLE_EQ(window.duration.count(), 3);
  EXPECT_NEAR(window.meters[0].domains[0].energy->value(), 60, 1e-9);
}

TEST_F(SessionTest, OnlyAMeterThatIsDueIsReadInBetween) {
  ScriptedMeter& wraps = Add("wraps").Add(kPackage, ConstantPower(20));
  wraps.gap = Seconds(100);
  ScriptedMeter& patient = Add("patient").Add(kPackage, ConstantPower(20));
  Session session(meters_, clock_);
  session.Start();
  EXPECT_EQ(Seconds(*session.NextDue() - clock_.Now()), Seconds(50)) << "half of what it bears";
  clock_.Sleep(Seconds(49));
  session.ReadDue();
  EXPECT_EQ(wraps.reads, 1);
  clock_.Sleep(Seconds(1));
  session.ReadDue();
  EXPECT_EQ(wraps.reads, 2);
  EXPECT_EQ(patient.reads, 1);
  EXPECT_EQ(Seconds(*session.NextDue() - clock_.Now()), Seconds(50));
}

TEST_F(SessionTest, WithoutAGapNothingIsDueAndNoThreadRuns) {
  Add("a").Add(kPackage, ConstantPower(20));
  Session session(meters_, clock_);
  session.Start();
  EXPECT_FALSE(session.NextDue());
  EXPECT_FALSE(Guard(session).has_thread());
}

TEST_F(SessionTest, AGuardHasAThreadOnlyIfTheWindowMayOutlastAMeter) {
  Add("a").Add(kPackage, ConstantPower(20)).gap = Seconds(100);
  Session session(meters_, clock_);
  session.Start();
  EXPECT_FALSE(Guard(session, Seconds(10)).has_thread());
}

TEST(GuardTest, ReadsInTimeWhileTheWindowLasts) {
  SteadyClock clock;
  std::vector<std::unique_ptr<Meter>> meters;
  auto meter = std::make_unique<ScriptedMeter>("a", clock);
  std::atomic<int> readings = 0;
  meter->gap = Seconds(0.002);
  meter->Add(kPackage, [&](double time_s) {
    ++readings;
    readings.notify_all();
    return Total(time_s);
  });
  meters.push_back(std::move(meter));
  Session session(meters, clock);
  session.Start();
  {
    const Guard guard(session);
    EXPECT_TRUE(guard.has_thread());
    for (int seen = readings; seen < 4; seen = readings) readings.wait(seen);
  }
  EXPECT_TRUE(session.Stop().meters[0].domains[0].energy);
}

TEST_F(SessionTest, ACounterThatStoppedOnTheWayIsFoundOut) {
  // 20 W until 4 s, then nothing: two edges alone would say 80 J.
  Add("a").Add(kPackage, [](double time_s) { return Total(20 * std::min(time_s, 4.0)); });
  Session session(meters_, clock_);
  session.Start();
  clock_.Sleep(Seconds(5));
  const DomainEnergy used = session.Stop().meters[0].domains[0];
  EXPECT_FALSE(used.energy);
  EXPECT_THAT(used.failure, HasSubstr("stopped before the end"));
}

TEST_F(SessionTest, ASlowButLivingCounterIsNotTakenForAStoppedOne) {
  // A memory at rest: 2 mW in units of 61 uJ moves every 30 ms, longer than 20 ticks.
  Add("a").Add(kPackage, [](double time_s) {
    const double units = static_cast<double>(static_cast<long>(0.002 * time_s / 61e-6));
    return Total(units * 61e-6);
  });
  Session session(meters_, clock_);
  session.Start();
  clock_.Sleep(Seconds(5));
  EXPECT_TRUE(session.Stop().meters[0].domains[0].energy);
}

TEST(SessionWithoutMetersTest, IsRefused) {
  TestClock clock;
  EXPECT_THROW(Session({}, clock), Error);
}

}  // namespace
}  // namespace joulecast
