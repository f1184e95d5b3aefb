// SPDX-License-Identifier: Apache-2.0
// Attention in one operator: layouts, caches, counts.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

Attributes Heads(std::int64_t heads) { return {{"num_heads", heads}}; }

TEST(AttentionTest, OnnxInFourDimensions) {
  // 8 heads of queries share 2 of keys and values; 5 keys lie in the cache, 3 are new.
  const auto lowered =
      LowerWhole("Attention", {Data({2, 8, 3, 16}), Data({2, 2, 3, 16}), Data({2, 2, 3, 32}),
                               Data({3, 8}), Data({2, 2, 5, 16}), Data({2, 2, 5, 32})});
  ASSERT_TRUE(lowered);
  EXPECT_EQ(lowered->spec.ToString(),
            "attention batch=2 heads=8 kv_heads=2 queries=3 keys=8 dim=16 value_dim=32 mask=24 "
            "dtype=f32");
  ASSERT_EQ(lowered->outputs.size(), 4u);
  EXPECT_EQ(ToString(lowered->outputs[0].shape), "2x8x3x32");
  EXPECT_EQ(ToString(lowered->outputs[1].shape), "2x2x8x16");
  EXPECT_EQ(ToString(lowered->outputs[2].shape), "2x2x8x32");
  EXPECT_EQ(ToString(lowered->outputs[3].shape), "2x8x3x8");
}

TEST(AttentionTest, OnnxInThreeDimensions) {
  const Attributes heads = {{"q_num_heads", std::int64_t{4}}, {"kv_num_heads", std::int64_t{2}}};
  EXPECT_EQ(Lower("Attention", {Data({2, 3, 64}), Data({2, 7, 32}), Data({2, 7, 16})}, heads),
            (Result{"attention batch=2 heads=4 kv_heads=2 queries=3 keys=7 dim=16 value_dim=8 "
                    "dtype=f32",
                    "2x3x32"}));
  EXPECT_THAT(Complaint("Attention", {Data({2, 3, 64}), Data({2, 7, 32}), Data({2, 7, 16})}),
              HasSubstr("0 heads do not divide 64 numbers per token"));
}

TEST(AttentionTest, MultiHead) {
  const std::string op = "com.microsoft::MultiHeadAttention";
  EXPECT_EQ(Lower(op, {Data({2, 3, 64}), Data({2, 7, 64}), Data({2, 7, 32})}, Heads(4)),
            (Result{"attention batch=2 heads=4 kv_heads=4 queries=3 keys=7 dim=16 value_dim=8 "
                    "dtype=f32",
                    "2x3x32"}));
  EXPECT_EQ(Lower(op, {Data({2, 3, 4, 3, 16})}, Heads(4)),  // packed
            (Result{"attention batch=2 heads=4 kv_heads=4 queries=3 keys=3 dim=16 value_dim=16 "
                    "dtype=f32",
                    "2x3x64"}));
  // Keys of an encoder come split into heads already; bias for queries, keys and values.
  EXPECT_EQ(Lower(op, {Data({2, 3, 64}), Data({2, 4, 9, 16}), Data({2, 4, 9, 16}), Stored({192})},
                  Heads(4))
                .spec,
            "attention batch=2 heads=4 kv_heads=4 queries=3 keys=9 dim=16 value_dim=16 bias=1 "
            "dtype=f32");
}

TEST(AttentionTest, GroupQuery) {
  const std::string op = "com.microsoft::GroupQueryAttention";
  const Attributes heads = {{"num_heads", std::int64_t{32}}, {"kv_num_heads", std::int64_t{8}}};
  EXPECT_EQ(Lower(op,
                  {Data({1, 1, 4096}), Data({1, 1, 1024}), Data({1, 1, 1024}),
                   Data({1, 8, 511, 128}), Data({1, 8, 511, 128})},
                  heads),
            (Result{"attention batch=1 heads=32 kv_heads=8 queries=1 keys=512 dim=128 "
                    "value_dim=128 dtype=f32",
                    "1x1x4096"}));
  // (32 + 2 x 8) x 128 = 6144 numbers per token, packed.
  EXPECT_EQ(Lower(op, {Data({1, 5, 6144}), Absent(), Absent()}, heads),
            (Result{"attention batch=1 heads=32 kv_heads=8 queries=5 keys=5 dim=128 "
                    "value_dim=128 dtype=f32",
                    "1x5x4096"}));
}

TEST(AttentionTest, ProjectsItsTokens) {
  const std::string op = "com.microsoft::Attention";
  EXPECT_EQ(Lower(op, {Data({2, 3, 64}), Stored({64, 192}), Stored({192})}, Heads(4)),
            (Result{"attention batch=2 heads=4 kv_heads=4 queries=3 keys=3 dim=16 value_dim=16 "
                    "project=64 bias=1 dtype=f32",
                    "2x3x64"}));
  EXPECT_THAT(Complaint(op, {Data({2, 3, 64}), Stored({32, 192})}, Heads(4)),
              HasSubstr("weights 32x192 do not fit the input 2x3x64"));
}

TEST(AttentionTest, CountsEachPairOfQueryAndKey) {
  // 2 x 8 x 3 x 8 pairs of 16 + 32 MACs. Queries 2 x 3 x 128; keys and values 2 x 8 x 2 x 48;
  // mask 24. Result 2 x 8 x 3 x 32, and three tokens of 96 numbers for each of 2 caches.
  const Work work = LayerSpec::Parse(
                        "attention batch=2 heads=8 kv_heads=2 queries=3 keys=8 dim=16 "
                        "value_dim=32 mask=24 stored=3")
                        .CountWork();
  EXPECT_EQ(work.macs, 384 * 48);
  EXPECT_EQ(work.params, 0);
  EXPECT_EQ(work.input_bytes, 4 * (768 + 1536 + 24));
  EXPECT_EQ(work.output_bytes, 4 * (1536 + 576));
}

TEST(AttentionTest, CountsItsOwnProjection) {
  // 6 tokens of 64 by 192, then 2 x 4 x 3 x 3 pairs of 32 MACs; 65 x 192 numbers.
  const Work work = LayerSpec::Parse(
                        "attention batch=2 heads=4 kv_heads=4 queries=3 keys=3 dim=16 "
                        "value_dim=16 project=64 bias=1")
                        .CountWork();
  EXPECT_EQ(work.macs, 6 * 64 * 192 + 72 * 32);
  EXPECT_EQ(work.bias_adds, 6 * 192);
  EXPECT_EQ(work.params, 65 * 192);
  EXPECT_EQ(work.input_bytes, 4 * 6 * 64);
  EXPECT_EQ(work.output_bytes, 4 * 6 * 64);
}

TEST(AttentionTest, RelativeIsAProductOfQueriesByKeysAndValues) {
  const LayerSpec spec =
      LayerSpec::Parse("attention batch=2 heads=8 kv_heads=2 queries=3 keys=8 dim=16 value_dim=32");
  EXPECT_EQ(spec.type().relative(spec)->ToString(), "linear batch=48 in=48 out=8 bias=0 dtype=f32");
  EXPECT_NEAR(AmountsOf(spec.ToString(), {}).at("scores"), 384e-9, 1e-18);
}

TEST(AttentionTest, RotaryTablesAreReadByTheToken) {
  // 2 x 5 tokens read a row of 8 cosines and one of 8 sines each.
  EXPECT_EQ(Lower("RotaryEmbedding", {Data({2, 4, 5, 16}), Data({64, 8}), Data({64, 8})}),
            (Result{"rotary elements=640 table=160 dtype=f32", "2x4x5x16"}));
  EXPECT_EQ(Lower("com.microsoft::RotaryEmbedding",
                  {Data({2, 5, 64}), Data({2, 5}, DType::kI64), Stored({64, 8}), Stored({64, 8})}),
            (Result{"rotary elements=640 table=160 dtype=f32", "2x5x64"}));
  EXPECT_EQ(LayerSpec::Parse("rotary elements=640 table=160").CountWork().input_bytes, 3200);
}

TEST(AttentionTest, HeadsThatDoNotDivideAreRefused) {
  EXPECT_THROW(LayerSpec::Parse("attention batch=1 heads=8 kv_heads=3 queries=1 keys=1 dim=1 "
                                "value_dim=1"),
               Error);
}

}  // namespace
}  // namespace joulecast
