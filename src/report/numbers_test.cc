// SPDX-License-Identifier: Apache-2.0
#include "report/numbers.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace joulecast {
namespace {

TEST(NumbersTest, EnergiesHaveThreeDigitsAndAPrefix) {
  EXPECT_EQ(Human(Joules(1)), "1.00 J");
  EXPECT_EQ(Human(Joules(12.34)), "12.3 J");
  EXPECT_EQ(Human(Joules(123.4)), "123 J");
  EXPECT_EQ(Human(Joules(4560)), "4.56 kJ");
  EXPECT_EQ(Human(Joules(0.0123)), "12.3 mJ");
  EXPECT_EQ(Human(Joules(4.5e-6)), "4.50 uJ");
  EXPECT_EQ(Human(Joules(7.89e-9)), "7.89 nJ");
  EXPECT_EQ(Human(Joules(-0.5)), "-500 mJ");
}

TEST(NumbersTest, RoundingUpTakesTheNextPrefix) {
  EXPECT_EQ(Human(Joules(0.9994)), "999 mJ");
  EXPECT_EQ(Human(Joules(0.9996)), "1.00 J");
  EXPECT_EQ(Human(Joules(999.6)), "1.00 kJ");
  EXPECT_EQ(Human(Joules(9.996)), "10.0 J");
  EXPECT_EQ(Human(Joules(99.96)), "100 J");
}

TEST(NumbersTest, NothingAndWhatIsNoNumber) {
  EXPECT_EQ(Human(Joules(0)), "0 J");
  EXPECT_EQ(Human(Seconds(0)), "0 s");
  EXPECT_EQ(Human(Joules(std::numeric_limits<double>::infinity())), "inf J");
}

TEST(NumbersTest, WhatNoPrefixReachesIsNeitherZeroNorLong) {
  EXPECT_EQ(Human(Joules(1e-13)), "1.0e-04 nJ");
  EXPECT_EQ(Human(Joules(2.5e25)), "2.5e+10 PJ");
  EXPECT_LE(Human(Joules(std::numeric_limits<double>::max())).size(), 11u);
}

TEST(NumbersTest, TimesStayInSeconds) {
  EXPECT_EQ(Human(Seconds(0.25)), "250 ms");
  EXPECT_EQ(Human(Seconds(7200)), "7200 s");
}

TEST(NumbersTest, PowersGoDownToMilliwatts) {
  EXPECT_EQ(Human(Watts(105)), "105 W");
  EXPECT_EQ(Human(Watts(0.05)), "50.0 mW");
}

TEST(NumbersTest, SmallCountsAreWhole) {
  EXPECT_EQ(HumanCount(0), "0");
  EXPECT_EQ(HumanCount(512), "512");
  EXPECT_EQ(HumanCount(999), "999");
  EXPECT_EQ(HumanCount(1000), "1.00 k");
  EXPECT_EQ(HumanCount(138'357'544), "138 M");
  EXPECT_EQ(HumanCount(15.5e9), "15.5 G");
}

TEST(NumbersTest, MacsAlwaysStandApartFromTheirNumber) {
  EXPECT_EQ(HumanMacs(0), "0 MACs");
  EXPECT_EQ(HumanMacs(512), "512 MACs");
  EXPECT_EQ(HumanMacs(15.5e9), "15.5 GMACs");
}

TEST(NumbersTest, SharesOfSomethingAreNeverZero) {
  EXPECT_EQ(HumanShare(0), "0.0 %");
  EXPECT_EQ(HumanShare(1e-9), "<0.1 %");
  EXPECT_EQ(HumanShare(0.0006), "0.1 %");
  EXPECT_EQ(HumanShare(0.042), "4.2 %");
  EXPECT_EQ(HumanShare(1), "100.0 %");
}

TEST(NumbersTest, TheSpreadIsThatOfTheLargerSide) {
  EXPECT_EQ(HumanSpread(Joules(2), Joules(2.5)), "25 %");
  EXPECT_EQ(HumanSpread(Joules(1), Joules(10.99)), "999 %");
  EXPECT_EQ(HumanSpread(Joules(1), Joules(1e12)), ">999 %");
  EXPECT_EQ(HumanSpread(Joules(0), Joules(0)), "");
}

}  // namespace
}  // namespace joulecast
