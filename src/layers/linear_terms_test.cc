// SPDX-License-Identifier: Apache-2.0
// Physical terms of fully connected layers, worked by hand.
#include <gtest/gtest.h>

#include "layers/test_terms.h"

namespace joulecast {
namespace {

DeviceTraits CacheOf(double bytes) { return {.last_level_cache_bytes = bytes}; }

TEST(LinearTermsTest, AMatrixProductReadsItsWeightsOnce) {
  // 8 x 1000 x 500 MACs; 2,000,000 bytes of weights; 32,000 in, 16,000 out.
  const Amounts amounts = AmountsOf("linear batch=8 in=1000 out=500", CacheOf(1e9));
  EXPECT_NEAR(amounts.at("macs"), 0.004, 1e-15);
  EXPECT_NEAR(amounts.at("weights_cached"), 0.002, 1e-15);
  EXPECT_EQ(amounts.at("weights_from_memory"), 0);
  EXPECT_EQ(amounts.at("weights_for_few_rows"), 0);
  EXPECT_NEAR(amounts.at("input"), 0.000032, 1e-18);
  EXPECT_NEAR(amounts.at("output"), 0.000016, 1e-18);
  EXPECT_EQ(amounts.at("call"), 1);
}

TEST(LinearTermsTest, WhatTheCacheLacksComesFromMemory) {
  const Amounts amounts = AmountsOf("linear batch=8 in=1000 out=500", CacheOf(1.5e6));
  EXPECT_NEAR(amounts.at("weights_cached"), 0.0015, 1e-15);
  EXPECT_NEAR(amounts.at("weights_from_memory"), 0.0005, 1e-15);
}

TEST(LinearTermsTest, UpToThreeRowsAreMatrixVectorProducts) {
  const Amounts three = AmountsOf("linear batch=3 in=1000 out=500", CacheOf(1.5e6));
  EXPECT_NEAR(three.at("weights_for_few_rows"), 0.002, 1e-15);
  EXPECT_EQ(three.at("weights_cached"), 0);
  EXPECT_EQ(three.at("weights_from_memory"), 0);
  const Amounts four = AmountsOf("linear batch=4 in=1000 out=500", CacheOf(1.5e6));
  EXPECT_EQ(four.at("weights_for_few_rows"), 0);
  EXPECT_NEAR(four.at("weights_cached"), 0.0015, 1e-15);
}

TEST(LinearTermsTest, ALibraryMayComputeFewRowsAsAMatrixProduct) {
  DeviceTraits traits = CacheOf(1e9);
  traits.matrix_vector_rows = 0;
  const Amounts one = AmountsOf("linear batch=1 in=1000 out=500", traits);
  EXPECT_EQ(one.at("weights_for_few_rows"), 0);
  EXPECT_NEAR(one.at("weights_cached"), 0.002, 1e-15);
  const LayerSpec spec = LayerSpec::Parse("linear batch=1 in=1000 out=500");
  EXPECT_EQ(spec.type().pure_read_bytes(spec, traits), std::nullopt);
}

TEST(LinearTermsTest, EachBlockOf384RowsReadsTheWeightsAgain) {
  const auto cached = [](const std::string& batch) {
    return AmountsOf("linear batch=" + batch + " in=1000 out=500", CacheOf(1e9))
        .at("weights_cached");
  };
  EXPECT_NEAR(cached("384"), 0.002, 1e-15);
  EXPECT_NEAR(cached("385"), 0.004, 1e-15);
  EXPECT_NEAR(cached("769"), 0.006, 1e-15);
}

TEST(LinearTermsTest, RowsOnTheSameCacheSetsComeTwice) {
  // 256 floats are 1024 bytes: four rows later the sets of L1 repeat. 256 x 100 x 4 bytes.
  EXPECT_NEAR(AmountsOf("linear batch=8 in=256 out=100", CacheOf(1e9)).at("weights_cached"),
              2 * 0.0001024, 1e-15);
  EXPECT_NEAR(AmountsOf("linear batch=8 in=255 out=100", CacheOf(1e9)).at("weights_cached"),
              0.000102, 1e-15);
  // 256 halves are 512 bytes and do not; 512 of them do.
  EXPECT_NEAR(
      AmountsOf("linear batch=8 in=256 out=100 dtype=f16", CacheOf(1e9)).at("weights_cached"),
      0.0000512, 1e-15);
  EXPECT_NEAR(
      AmountsOf("linear batch=8 in=512 out=100 dtype=f16", CacheOf(1e9)).at("weights_cached"),
      2 * 0.0001024, 1e-15);
}

TEST(LinearTermsTest, NarrowPanelsAliasAtLongerRowsOnly) {
  DeviceTraits traits = CacheOf(1e9);
  traits.aliasing_bytes = 4096;
  // 256 x 100 and 1024 x 100 x 4 bytes.
  EXPECT_NEAR(AmountsOf("linear batch=8 in=256 out=100", traits).at("weights_cached"), 0.0001024,
              1e-15);
  EXPECT_NEAR(AmountsOf("linear batch=8 in=1024 out=100", traits).at("weights_cached"),
              2 * 0.0004096, 1e-15);
}

TEST(LinearTermsTest, WeightsThatTakeTurnsAreColdTheFirstTime) {
  // 255 x 1000 x 4 bytes are 1.02 MB, a fifth of the cache; 64 sets of them fill it.
  const auto amounts = [](double sets, double bytes, const std::string& batch) {
    DeviceTraits traits = CacheOf(5e6);
    traits.weights_in_turn = sets;
    traits.in_turn_bytes = bytes;
    return AmountsOf("linear batch=" + batch + " in=255 out=1000", traits);
  };
  const double weights = 0.00102;
  EXPECT_NEAR(amounts(64, 1e7, "8").at("weights_from_memory"), weights, 1e-15);
  EXPECT_NEAR(amounts(64, 1e7, "8").at("weights_cached"), 0, 1e-15);
  // The second block of 384 rows finds them in the cache.
  EXPECT_NEAR(amounts(64, 1e7, "385").at("weights_from_memory"), weights, 1e-15);
  EXPECT_NEAR(amounts(64, 1e7, "385").at("weights_cached"), weights, 1e-15);
  // Four sets stay in the cache; so do as many as fill less than it; so does a single one.
  for (const auto& [sets, bytes] : {std::pair(4, 1e7), std::pair(64, 4e6), std::pair(1, 1e7)}) {
    EXPECT_EQ(amounts(sets, bytes, "8").at("weights_from_memory"), 0) << sets;
    EXPECT_NEAR(amounts(sets, bytes, "8").at("weights_cached"), weights, 1e-15) << sets;
  }
  // A backward pass alone has one set.
  EXPECT_EQ(amounts(64, 1e7, "8 pass=backward").at("weights_from_memory"), 0);
}

TEST(LinearTermsTest, FewRowsTeachWhatReadingCosts) {
  const auto read = [](const char* text) {
    const LayerSpec spec = LayerSpec::Parse(text);
    return spec.type().pure_read_bytes(spec, {});
  };
  EXPECT_EQ(read("linear batch=1 in=1000 out=500"), 4 * (500'000 + 500));  // weights and bias
  EXPECT_EQ(read("linear batch=3 in=1000 out=500 bias=0"), 4 * 500'000);
  EXPECT_EQ(read("linear batch=4 in=1000 out=500"), std::nullopt);
  // Sets of 1.02 MB of which 64 take turns come from memory, though each would fit the cache.
  const LayerSpec cold = LayerSpec::Parse("linear batch=1 in=255 out=1000");
  EXPECT_EQ(
      cold.type().pure_read_bytes(cold, {.last_level_cache_bytes = 5e6, .weights_in_turn = 64}),
      std::nullopt);
}

}  // namespace
}  // namespace joulecast
