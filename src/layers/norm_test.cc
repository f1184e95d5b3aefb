// SPDX-License-Identifier: Apache-2.0
// Normalisations: read, counted, and what they cost.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

Attributes Int(const std::string& name, std::int64_t value) { return {{name, value}}; }

TEST(NormTest, LayerNormTakesWhatLiesBehindItsAxisAsOneRow) {
  EXPECT_EQ(Lower("LayerNormalization", {Data({2, 3, 4}), Stored({4}), Stored({4})}),
            (Result{"layernorm batch=2 rows=3 length=4 weights=8 dtype=f32", "2x3x4"}));
  EXPECT_EQ(Lower("LayerNormalization", {Data({2, 3, 4}), Stored({3, 4})}, Int("axis", 1)).spec,
            "layernorm batch=2 rows=1 length=12 weights=12 dtype=f32");
  EXPECT_EQ(Lower("LayerNormalization", {Data({2, 3}), Stored({2, 3})}, Int("axis", 0)).spec,
            "layernorm batch=1 rows=1 length=6 weights=6 dtype=f32");
  const auto whole = LowerWhole("LayerNormalization", {Data({2, 3, 4}), Stored({4})});
  ASSERT_EQ(whole->outputs.size(), 3u);
  EXPECT_EQ(ToString(whole->outputs[1].shape), "2x3x1");  // the mean
  EXPECT_THAT(Complaint("LayerNormalization", {Data({2, 3, 4}), Stored({5})}),
              HasSubstr("scale 5 does not fit the input 2x3x4"));
}

TEST(NormTest, BatchNormGoesThroughEachImageByItself) {
  const Amounts amounts =
      AmountsOf("batchnorm2d batch=2 channels=3 image=4x5", {.last_level_cache_bytes = 1 << 20});
  // 2 x 3 images; 120 numbers of 4 bytes in and out, and 4 x 3 of statistics.
  EXPECT_NEAR(amounts.at("images"), 6e-9, 1e-18);
  EXPECT_NEAR(amounts.at("filled_from_cache"), 1.008e-6, 1e-15);
  EXPECT_EQ(amounts.at("call"), 1);
}

TEST(NormTest, FusedSumsAreReadAndMayBeHandedOn) {
  const std::string op = "com.microsoft::SkipLayerNormalization";
  EXPECT_EQ(Lower(op, {Data({2, 3, 4}), Data({2, 3, 4}), Stored({4}), Stored({4}), Stored({4})}),
            (Result{"layernorm batch=2 rows=3 length=4 weights=12 skip=24 dtype=f32", "2x3x4"}));
  EXPECT_EQ(Lower("com.microsoft::SkipSimplifiedLayerNormalization",
                  {Data({2, 3, 4}), Data({3, 4}), Stored({4})})
                .spec,
            "rmsnorm batch=2 rows=3 length=4 weights=4 skip=12 dtype=f32");
  EXPECT_THAT(Complaint(op, {Data({2, 3, 4}), Data({2, 3, 5}), Stored({4})}),
              HasSubstr("does not fit"));
}

TEST(NormTest, RootMeanSquares) {
  EXPECT_EQ(Lower("RMSNormalization", {Data({2, 3, 4}), Stored({4})}),
            (Result{"rmsnorm batch=2 rows=3 length=4 weights=4 dtype=f32", "2x3x4"}));
  EXPECT_EQ(Lower("SimplifiedLayerNormalization", {Data({2, 3, 4}), Stored({4})}).spec,
            "rmsnorm batch=2 rows=3 length=4 weights=4 dtype=f32");
  EXPECT_EQ(Lower("LpNormalization", {Data({2, 3, 4})}, Int("axis", 1)),
            (Result{"rmsnorm batch=1 rows=8 length=3 weights=0 dtype=f32", "2x3x4"}));
}

TEST(NormTest, GroupsAndInstances) {
  EXPECT_EQ(Lower("GroupNormalization", {Data({2, 6, 4, 5}), Stored({6}), Stored({6})},
                  Int("num_groups", 3)),
            (Result{"groupnorm batch=2 rows=3 length=40 weights=12 dtype=f32", "2x6x4x5"}));
  EXPECT_EQ(Lower("com.microsoft::GroupNorm", {Data({2, 4, 5, 6}), Stored({6}), Stored({6})},
                  Int("groups", 2))
                .spec,
            "groupnorm batch=2 rows=2 length=60 weights=12 dtype=f32");
  EXPECT_EQ(Lower("InstanceNormalization", {Data({2, 6, 4, 5}), Stored({6}), Stored({6})}),
            (Result{"instancenorm batch=2 rows=6 length=20 weights=12 dtype=f32", "2x6x4x5"}));
  EXPECT_THAT(Complaint("GroupNormalization", {Data({2, 6, 4}), Stored({6}), Stored({6})},
                        Int("num_groups", 4)),
              HasSubstr("4 groups do not divide"));
  EXPECT_EQ(Lower("MeanVarianceNormalization", {Data({2, 6, 4, 5})}).spec,
            "layernorm batch=1 rows=6 length=40 weights=0 dtype=f32");
}

TEST(NormTest, CountsNoMacs) {
  const Work work =
      LayerSpec::Parse("layernorm batch=2 rows=3 length=4 weights=8 skip=24 sum=1 dtype=f16")
          .CountWork();
  EXPECT_EQ(work.macs, 0);
  EXPECT_EQ(work.params, 8);
  EXPECT_EQ(work.input_bytes, (24 + 24) * 2);
  EXPECT_EQ(work.output_bytes, 2 * 24 * 2);
  EXPECT_EQ(work.weight_bytes, 16);
}

TEST(NormTest, LongRowsComeAgain) {
  DeviceTraits traits;
  traits.l2_bytes = 1e6;
  traits.last_level_cache_bytes = 1e9;
  // 10 rows of 1,000 floats: 40,000 bytes in, as many filled for the result, 8,000 of weights.
  const Amounts small = AmountsOf("layernorm batch=2 rows=5 length=1000 weights=2000", traits);
  EXPECT_NEAR(small.at("filled_from_cache"), 88'000e-9, 1e-15);
  EXPECT_EQ(small.at("read_again_from_cache"), 0);
  EXPECT_NEAR(small.at("rows"), 10e-9, 1e-18);
  EXPECT_NEAR(small.at("elements"), 10'000e-9, 1e-15);
  // A row of 200,000 floats and its result are 1.6 of L2: gone when it is read again.
  EXPECT_NEAR(
      AmountsOf("layernorm batch=1 rows=1 length=200000", traits).at("read_again_from_cache"),
      800'000e-9, 1e-15);
}

TEST(NormTest, RelativesAreWhatWasMeasured) {
  const auto relative = [](const char* text) {
    const LayerSpec spec = LayerSpec::Parse(text);
    return spec.type().relative(spec)->ToString();
  };
  EXPECT_EQ(relative("groupnorm batch=2 rows=3 length=40 weights=12"),
            "softmax batch=6 length=40 dtype=f32");
  // 2 x 3 x 20 floats in and out and 12 numbers of statistics: 1008 bytes, as 126 floats through.
  EXPECT_EQ(relative("batchnorm2d batch=2 channels=3 image=4x5"),
            "relu batch=1 elements=126 inplace=0 dtype=f32");
}

}  // namespace
}  // namespace joulecast
