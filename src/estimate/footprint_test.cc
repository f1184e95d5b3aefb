// SPDX-License-Identifier: Apache-2.0
#include "joulecast/footprint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "joulecast/error.h"

namespace joulecast {
namespace {

constexpr Joules kOneKilowattHour(3.6e6);

Footprint Of(const FootprintOptions& options, Seconds time = Seconds(2)) {
  return FootprintOf(kOneKilowattHour, Joules(1.8e6), Joules(7.2e6), time, options);
}

TEST(FootprintTest, AKilowattHourEmitsTheGridsIntensityTimesThePue) {
  const Footprint footprint = Of({.gco2_per_kwh = 56, .pue = 1.5});
  EXPECT_DOUBLE_EQ(footprint.facility_energy_j.value, 5.4e6);
  EXPECT_DOUBLE_EQ(footprint.operational_gco2->value, 84);
  EXPECT_DOUBLE_EQ(footprint.operational_gco2->low, 42);
  EXPECT_DOUBLE_EQ(footprint.operational_gco2->high, 168);
}

TEST(FootprintTest, NothingIsComputedFromWhatNobodyGave) {
  const Footprint footprint = Of({});
  EXPECT_FALSE(footprint.operational_gco2);
  EXPECT_FALSE(footprint.embodied_gco2);
  EXPECT_FALSE(footprint.cost);
  EXPECT_FALSE(footprint.sci_gco2());
  EXPECT_FALSE(footprint.inferences_per_year());
  EXPECT_FALSE(Of({.gco2_per_kwh = 56}).sci_gco2());  // no embodied share: no SCI
}

TEST(FootprintTest, TheMakingOfTheDeviceIsSpreadOverItsLifeByTimeReserved) {
  // 2 s of 365 days of 86,400 s: 365 kg x 2 / 31,536,000.
  const FootprintOptions options{.gco2_per_kwh = 100, .embodied_kg = 365, .lifetime_years = 1};
  const Footprint footprint = Of(options);
  EXPECT_DOUBLE_EQ(*footprint.embodied_gco2, 2.0 / 86.4);
  EXPECT_DOUBLE_EQ(footprint.sci_gco2()->value, 100 + 2.0 / 86.4);
  EXPECT_FALSE(Of(options, Seconds(0)).embodied_gco2);  // a profile without times
}

TEST(FootprintTest, ARateSpreadsTheWholeDeviceOverWhatItServes) {
  const Footprint footprint =
      Of({.inferences_per_day = 10, .embodied_kg = 365, .lifetime_years = 1});
  EXPECT_DOUBLE_EQ(*footprint.embodied_gco2, 100);  // 1 kg a day over 10 inferences
  EXPECT_DOUBLE_EQ(*footprint.inferences_per_year(), 3650);
}

TEST(FootprintTest, CostIsThePriceOfTheFacilitysEnergy) {
  EXPECT_DOUBLE_EQ(Of({.pue = 2, .price_per_kwh = 0.25}).cost->value, 0.5);
}

TEST(FootprintTest, WhatCannotBeIsRefused) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const FootprintOptions& options : {
           FootprintOptions{.gco2_per_kwh = -1},
           FootprintOptions{.gco2_per_kwh = nan},
           FootprintOptions{.pue = 0.9},
           FootprintOptions{.price_per_kwh = -0.1},
           FootprintOptions{.inferences_per_day = -5},
           FootprintOptions{.inferences_per_day = 43'201},  // of 2 s each: more than a day
           FootprintOptions{.embodied_kg = -1},
           FootprintOptions{.embodied_kg = 1, .lifetime_years = 0},
       }) {
    EXPECT_THROW(Of(options), Error);
  }
}

TEST(GridRegionsTest, AreFoundByCodeInAnyCase) {
  ASSERT_NE(FindGridRegion("fr"), nullptr);
  EXPECT_EQ(FindGridRegion("FR")->name, "France");
  EXPECT_EQ(FindGridRegion("FR"), FindGridRegion("fr"));
  EXPECT_EQ(FindGridRegion("XX"), nullptr);
  EXPECT_EQ(FindGridRegion(""), nullptr);
}

TEST(GridRegionsTest, AreOrderedAndPlausible) {
  const auto regions = GridRegions();
  EXPECT_GT(regions.size(), 200U);
  EXPECT_TRUE(std::is_sorted(regions.begin(), regions.end(),
                             [](const auto& a, const auto& b) { return a.code < b.code; }));
  for (const GridRegion& region : regions) {
    EXPECT_GT(region.gco2_per_kwh, 0) << region.code;
    EXPECT_LT(region.gco2_per_kwh, 1400) << region.code;  // old gas and oil plants
    EXPECT_GE(region.year, 2022) << region.code;
  }
}

}  // namespace
}  // namespace joulecast
