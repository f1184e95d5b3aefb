// SPDX-License-Identifier: Apache-2.0
#include "meters/counter_meter.h"

#include <gtest/gtest.h>

#include <thread>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using std::chrono::milliseconds;

TEST(PowerIntegralTest, AddsTheMeanOfNeighboursForTheTimeBetween) {
  Watts power(10);
  PowerIntegral integral([&] { return power; });
  const Counter::TimePoint start;
  DomainReading reading;
  integral.Read(start, reading);
  EXPECT_DOUBLE_EQ(reading.total->value(), 0);
  power = Watts(30);
  integral.Read(start + milliseconds(500), reading);
  EXPECT_DOUBLE_EQ(reading.total->value(), 10);  // 20 W for half a second
  integral.Read(start + milliseconds(600), reading);
  EXPECT_DOUBLE_EQ(reading.total->value(), 13);  // 30 W for a tenth more
}

/// Fails once its zone is gone. Reads the same however often it is read: an interrupted reading is
/// made again.
class Failing final : public Counter {
 public:
  explicit Failing(const bool& gone) : gone_(gone) {}
  void Read(TimePoint, DomainReading& into) override {
    if (gone_) throw Error(ErrorKind::kDevice, "the zone is gone");
    into.total = Joules(1);
  }

 private:
  const bool& gone_;
};

CountedDomain Counted(const bool& gone) {
  return {.domain = {.name = "x", .part = "machine/x"},
          .counter = std::make_unique<Failing>(gone),
          .failure = {}};
}

constexpr bool kNeverGone = false;

TEST(CounterMeterTest, AFailedDomainStaysFailedAndLeavesTheOthersAlone) {
  bool gone = false;
  std::vector<CountedDomain> domains;
  domains.push_back(Counted(gone));
  domains.push_back(Counted(kNeverGone));
  CounterMeter meter("test", "a test", std::move(domains));
  Reading reading;
  meter.Read(reading);
  EXPECT_EQ(reading.domains[0].total, Joules(1));
  for (const bool now : {true, false}) {  // back again, it still does not count
    gone = now;
    meter.Read(reading);
    EXPECT_EQ(reading.domains[0].total, std::nullopt);
    EXPECT_EQ(reading.domains[0].failure, "the zone is gone");
    EXPECT_EQ(reading.domains[1].total, Joules(1));
    EXPECT_EQ(reading.domains[1].failure, "");
  }
}

TEST(CounterMeterTest, ADomainThatCannotBeCountedSaysSoInEachReading) {
  std::vector<CountedDomain> domains;
  domains.push_back({.domain = {.name = "x", .part = "machine/x"},
                     .counter = nullptr,
                     .failure = "its range cannot be read"});
  CounterMeter meter("test", "a test", std::move(domains));
  Reading reading;
  meter.Read(reading);
  EXPECT_EQ(reading.domains[0].failure, "its range cannot be read");
  EXPECT_EQ(reading.domains[0].total, std::nullopt);
}

TEST(CounterMeterTest, TheShortestGapOfItsDomainsCounts) {
  std::vector<CountedDomain> domains;
  for (const double gap : {3.0, 2.0}) {
    domains.push_back(Counted(kNeverGone));
    domains.back().longest_gap = Seconds(gap);
  }
  domains.push_back(Counted(kNeverGone));
  EXPECT_EQ(CounterMeter("test", "", std::move(domains)).longest_gap(), Seconds(2));
  EXPECT_EQ(CounterMeter("test", "", {}).longest_gap(), std::nullopt);
}

/// Is interrupted for a while at one of its readings.
class Interrupted final : public Counter {
 public:
  explicit Interrupted(int when) : when_(when) {}
  void Read(TimePoint, DomainReading& into) override {
    into.total = Joules(++read_);
    if (read_ == when_) std::this_thread::sleep_for(milliseconds(20));
  }

 private:
  int when_;
  int read_ = 0;
};

TEST(CounterMeterTest, AReadingThatWasInterruptedIsMadeAgain) {
  std::vector<CountedDomain> domains;
  domains.push_back({.domain = {.name = "x", .part = "machine/x"},
                     .counter = std::make_unique<Interrupted>(2),
                     .failure = {}});
  CounterMeter meter("test", "", std::move(domains));
  Reading reading;
  meter.Read(reading);
  meter.Read(reading);
  EXPECT_GE(*reading.domains[0].total, Joules(3));
}

TEST(CounterMeterTest, AReadingIsDatedBetweenItsEdges) {
  CounterMeter meter("test", "", {});
  Reading reading;
  const auto before = std::chrono::steady_clock::now();
  meter.Read(reading);
  EXPECT_GE(reading.at, before);
  EXPECT_LE(reading.at, std::chrono::steady_clock::now());
}

}  // namespace
}  // namespace joulecast
