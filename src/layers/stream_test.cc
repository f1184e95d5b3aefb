// SPDX-License-Identifier: Apache-2.0
#include "layers/stream.h"

#include <gtest/gtest.h>

#include "layers/test_terms.h"

namespace joulecast {
namespace {

// 2 x 500,000 floats: 4,000,000 bytes.
const std::string kRelu = "relu batch=2 elements=500000 inplace=";

double Filled(const Amounts& amounts) {
  return amounts.at("filled_from_cache") + amounts.at("filled_from_memory");
}

TEST(StreamTest, InPlaceFillsHalfAsMuch) {
  EXPECT_NEAR(Filled(AmountsOf(kRelu + "1", {})), 0.004, 1e-15);
  EXPECT_NEAR(Filled(AmountsOf(kRelu + "0", {})), 0.008, 1e-15);  // the result's lines come too
}

TEST(StreamTest, WhatTheCacheLacksComesFromMemory) {
  // 4 MB pass through 1 MB: three quarters are gone when they come again.
  const Amounts amounts = AmountsOf(kRelu + "1", {.last_level_cache_bytes = 1e6});
  EXPECT_NEAR(amounts.at("filled_from_cache"), 0.001, 1e-15);
  EXPECT_NEAR(amounts.at("filled_from_memory"), 0.003, 1e-15);
  EXPECT_NEAR(amounts.at("written_back"), 0.003, 1e-15);
}

TEST(StreamTest, WhatFitsIntoTheCacheStaysThere) {
  const Amounts amounts = AmountsOf(kRelu + "1", {.last_level_cache_bytes = 4e6});
  EXPECT_NEAR(amounts.at("filled_from_cache"), 0.004, 1e-15);
  EXPECT_EQ(amounts.at("filled_from_memory"), 0);
  EXPECT_EQ(amounts.at("written_back"), 0);
}

TEST(StreamTest, OnlyLargeAllocationsAreFreshPages) {
  const auto fresh = [](const std::string& inplace, double threshold) {
    return AmountsOf(kRelu + inplace, {.large_buffer_bytes = threshold}).at("fresh_pages");
  };
  EXPECT_NEAR(fresh("0", 3'999'999), 0.004, 1e-15);
  EXPECT_EQ(fresh("0", 4'000'001), 0);
  EXPECT_EQ(fresh("0", 0), 0);          // the device has no such threshold
  EXPECT_EQ(fresh("1", 3'999'999), 0);  // nothing is allocated
}

TEST(StreamTest, ResultsThatTakeTurnsComeFromFurtherAway) {
  const DeviceTraits traits = {
      .l2_bytes = 1e6, .last_level_cache_bytes = 16e6, .results_in_turn = 8, .in_turn_bytes = 32e6};
  // 8 x 4 MB are written in turn, and the operand's 4 MB are read at each call:
  // 36 MB pass through 16 before the first result is written again. The operand stays.
  const Amounts amounts = AmountsOf(kRelu + "0", traits);
  const double gone = 0.004 * 20 / 36;
  EXPECT_NEAR(amounts.at("filled_from_cache"), 0.008 - gone, 1e-15);
  EXPECT_NEAR(amounts.at("filled_from_memory"), gone, 1e-15);
  EXPECT_NEAR(amounts.at("written_back"), gone, 1e-15);
  EXPECT_NEAR(amounts.at("results_in_turn"), 0.004 - gone, 1e-15);
  // 8 x 0.4 MB are more than L2 and less than the last-level cache.
  const Amounts small = AmountsOf("relu batch=1 elements=100000", traits);
  EXPECT_EQ(small.at("filled_from_memory"), 0);
  EXPECT_NEAR(small.at("results_in_turn"), 0.0004, 1e-15);
  EXPECT_EQ(AmountsOf("relu batch=1 elements=10000", traits).at("results_in_turn"), 0);
  // Gradients do not outlive their call.
  EXPECT_EQ(AmountsOf("relu batch=2 elements=500000 pass=backward", traits).at("results_in_turn"),
            0);
  // Nothing takes turns where results are written over operands, or over the last one.
  EXPECT_EQ(AmountsOf(kRelu + "1", traits).at("results_in_turn"), 0);
  EXPECT_EQ(AmountsOf(kRelu + "0", {.l2_bytes = 1e6, .last_level_cache_bytes = 16e6})
                .at("results_in_turn"),
            0);
}

TEST(StreamTest, NothingPassesThroughNoBytes) {
  EXPECT_EQ(ShareBeyondCache(0, {.last_level_cache_bytes = 1e6}), 0);
  EXPECT_EQ(ShareBeyondCache(1e6, {.last_level_cache_bytes = 0}), 1);
}

}  // namespace
}  // namespace joulecast
