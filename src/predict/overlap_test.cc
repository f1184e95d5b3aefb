// SPDX-License-Identifier: Apache-2.0
#include "predict/overlap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace joulecast {
namespace {

constexpr Term kTerms[] = {{"compute", "x", Part::kArithmetic, Overlap::kCompute},
                           {"near", "x", Part::kInput, Overlap::kTraffic},
                           {"far", "x", Part::kInput, Overlap::kTraffic},
                           {"call", "x", Part::kOverhead, Overlap::kSerial}};

double Total(const std::vector<double>& costs, double p) {
  const OverlapFactors factors = FactorsOf(kTerms, costs, p);
  double total = 0;
  for (std::size_t i = 0; i < costs.size(); ++i) total += costs[i] * factors.Of(kTerms[i]);
  return total;
}

TEST(OverlapTest, ExponentOneAddsUp) { EXPECT_DOUBLE_EQ(Total({3, 1, 2, 10}, 1), 16); }

TEST(OverlapTest, ExponentTwoIsPythagoras) {
  EXPECT_DOUBLE_EQ(Total({3, 1, 3, 10}, 2), 15);  // sqrt(3^2 + (1 + 3)^2) + 10
}

TEST(OverlapTest, PartsAreTheCostTimesTheDerivative) {
  // C = 3, M = 4, both 5: dC = 3 / 5, dM = 4 / 5; 3 x 0.6 + 4 x 0.8 = 5.
  const OverlapFactors factors = FactorsOf(kTerms, std::vector<double>{3, 1, 3, 10}, 2);
  EXPECT_DOUBLE_EQ(factors.compute, 0.6);
  EXPECT_DOUBLE_EQ(factors.traffic, 0.8);
  EXPECT_EQ(factors.Of(kTerms[3]), 1);
}

TEST(OverlapTest, NothingOverlapsWithAnAbsentSide) {
  EXPECT_DOUBLE_EQ(Total({3, 0, 0, 1}, 2), 4);
  EXPECT_DOUBLE_EQ(Total({0, 2, 3, 1}, 2), 6);
  EXPECT_DOUBLE_EQ(Total({0, 0, 0, 0}, 2), 0);
}

TEST(OverlapTest, LargeExponentsTakeTheLargerSide) {
  EXPECT_NEAR(Total({3, 4, 0, 0}, 200), 4, 1e-9);
  EXPECT_NEAR(Total({1e-5, 2e-5, 0, 0}, 1000), 2e-5, 1e-12);  // (1e-5)^1000 is no double
}

TEST(OverlapTest, TinyCostsDoNotVanish) {
  EXPECT_NEAR(Total({3e-200, 4e-200, 0, 0}, 2) / 5e-200, 1, 1e-12);
}

}  // namespace
}  // namespace joulecast
