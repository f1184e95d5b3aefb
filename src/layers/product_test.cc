// SPDX-License-Identifier: Apache-2.0
// Products of matrices by any operator: in integers, fused, by equation, by weights of few bits;
// and rows of tables.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

Attributes Equation(const std::string& text) { return {{"equation", text}}; }

TEST(ProductTest, IntegersHaveTheirOwnResultTypes) {
  const TensorInfo scale = Stored({});
  const TensorInfo zero = Stored({}, DType::kI8);
  const TensorInfo x = Data({2, 3, 5}, DType::kU8);
  const TensorInfo w = Stored({5, 7}, DType::kI8);
  const auto sums = LowerWhole("MatMulInteger", {x, w, zero, zero});
  EXPECT_EQ(sums->spec.ToString(), "linear batch=6 in=5 out=7 bias=0 dtype=i8");
  EXPECT_EQ(sums->outputs[0].dtype, DType::kI32);
  const auto scaled = LowerWhole("QLinearMatMul", {x, scale, zero, w, scale, zero, scale, zero});
  EXPECT_EQ(scaled->spec.ToString(), "linear batch=6 in=5 out=7 bias=0 dtype=i8");
  EXPECT_EQ(scaled->outputs[0].dtype, DType::kI8);
  EXPECT_EQ(ToString(scaled->outputs[0].shape), "2x3x7");
  const auto floats = LowerWhole("com.microsoft::DynamicQuantizeMatMul",
                                 {Data({2, 3, 5}), w, scale, zero, Stored({7})});
  EXPECT_EQ(floats->spec.ToString(), "linear batch=6 in=5 out=7 dtype=i8");
  EXPECT_EQ(floats->outputs[0].dtype, DType::kF32);
}

TEST(ProductTest, FusedOperators) {
  EXPECT_EQ(Lower("com.microsoft::FusedMatMul", {Data({2, 8, 3, 5}), Data({2, 8, 7, 5})},
                  {{"transB", std::int64_t{1}}, {"alpha", 0.125}}),
            (Result{"matmul batch=16 m=3 k=5 n=7 dtype=f32", "2x8x3x7"}));
  EXPECT_EQ(Lower("com.microsoft::FusedGemm", {Data({3, 5}), Stored({5, 7}), Stored({7})},
                  {{"activation", "Relu"}}),
            (Result{"linear batch=3 in=5 out=7 dtype=f32", "3x7"}));
  EXPECT_THAT(Complaint("com.microsoft::FusedMatMul", {Data({2, 3, 5}), Data({2, 5, 7})},
                        {{"transBatchA", std::int64_t{1}}}),
              HasSubstr("export the model"));
}

TEST(ProductTest, GemmOfAStoredLeftOperand) {
  EXPECT_EQ(Lower("Gemm", {Stored({3, 5}), Data({5, 7})}),
            (Result{"matmul batch=1 m=7 k=5 n=3 weights=15 dtype=f32", "3x7"}));
  EXPECT_THAT(Complaint("Gemm", {Data({2, 3, 5}), Stored({5, 7})}), HasSubstr("be matrices"));
  EXPECT_THAT(Complaint("MatMul", {Data({2, 3, 5}), Stored({4, 7})}), HasSubstr("do not fit"));
}

TEST(ProductTest, EquationsOfOneMatrixProduct) {
  EXPECT_EQ(Lower("Einsum", {Data({2, 8, 3, 5}), Data({2, 8, 7, 5})}, Equation("bhqd,bhkd->bhqk")),
            (Result{"matmul batch=16 m=3 k=5 n=7 dtype=f32", "2x8x3x7"}));
  EXPECT_EQ(Lower("Einsum", {Data({2, 3, 5}), Stored({5, 4, 6})}, Equation("btd, dhk -> bthk")),
            (Result{"matmul batch=1 m=6 k=5 n=24 weights=120 dtype=f32", "2x3x4x6"}));
  // No arrow: names that stand once, by the alphabet.
  EXPECT_EQ(Lower("Einsum", {Data({3, 5}), Data({5, 2})}, Equation("bj,ja")),
            (Result{"matmul batch=1 m=3 k=5 n=2 dtype=f32", "2x3"}));
  // The hidden axes broadcast: 4 against 1, so they belong to the left operand alone.
  EXPECT_EQ(Lower("Einsum", {Data({4, 3, 5}), Data({1, 5, 7})}, Equation("...ij,...jk->...ik")),
            (Result{"matmul batch=1 m=12 k=5 n=7 dtype=f32", "4x3x7"}));
  EXPECT_EQ(Lower("Einsum", {Data({3}), Data({5})}, Equation("i,j->ij")),
            (Result{"matmul batch=1 m=3 k=1 n=5 dtype=f32", "3x5"}));
}

TEST(ProductTest, OtherEquations) {
  EXPECT_EQ(Lower("Einsum", {Data({3, 3})}, Equation("ii->i")),
            (Result{"einsum out=3 summed=1 operands=1 in=9 dtype=f32", "3"}));
  EXPECT_EQ(Lower("Einsum", {Data({3, 5})}, Equation("ij->")),
            (Result{"einsum out=1 summed=15 operands=1 in=15 dtype=f32", "scalar"}));
  EXPECT_EQ(Lower("Einsum", {Data({3, 5}), Data({3, 5})}, Equation("ij,ij->ij")).spec,
            "einsum out=15 summed=1 operands=2 in=30 dtype=f32");
  EXPECT_EQ(Lower("Einsum", {Data({2, 3}), Data({3, 4}), Stored({4, 5})}, Equation("ij,jk,kl->il")),
            (Result{"einsum out=10 summed=12 operands=3 in=38 weights=20 dtype=f32", "2x5"}));
  // 10 results of 12 products of three operands.
  EXPECT_EQ(LayerSpec::Parse("einsum out=10 summed=12 operands=3 in=38").CountWork().macs, 240);
  EXPECT_EQ(LayerSpec::Parse("einsum out=15 in=30").CountWork().macs, 0);  // a mul
  EXPECT_EQ(LayerSpec::Parse("einsum out=1 summed=15 operands=1 in=15").CountWork().macs, 0);
}

TEST(ProductTest, EquationsThatDoNotFit) {
  const auto complaint = [](const std::string& equation) {
    return Complaint("Einsum", {Data({3, 5}), Data({4, 2})}, Equation(equation));
  };
  EXPECT_THAT(complaint("ij,jk->ik"), HasSubstr("the extents 5 and 4"));
  EXPECT_THAT(complaint("ij->ij"), HasSubstr("fewer operands"));
  EXPECT_THAT(complaint("ij,kl,mn->i"), HasSubstr("more operands"));
  EXPECT_THAT(complaint("ij,klm->i"), HasSubstr("'klm' for 2 dimensions"));
  EXPECT_THAT(complaint("ij,k1->i"), HasSubstr("'1' is no letter"));
  EXPECT_THAT(complaint("ij,kl->x"), HasSubstr("no operand's"));
  EXPECT_THAT(complaint(""), HasSubstr("does not fit"));
}

TEST(ProductTest, WeightsOfFewBits) {
  EXPECT_EQ(Lower("com.microsoft::MatMulNBits",
                  {Data({2, 3, 70}), Stored({9, 3, 16}, DType::kU8), Stored({27})},
                  {{"K", std::int64_t{70}},
                   {"N", std::int64_t{9}},
                   {"bits", std::int64_t{4}},
                   {"block_size", std::int64_t{32}}}),
            (Result{"linearnbits batch=6 in=70 out=9 bits=4 block=32 dtype=f32", "2x3x9"}));
  // 630 weights of 4 bits are 315 bytes; rows of 70 have 3 blocks: 27 scales of 4 bytes.
  const Work work = LayerSpec::Parse("linearnbits batch=6 in=70 out=9").CountWork();
  EXPECT_EQ(work.macs, 6 * 630);
  EXPECT_EQ(work.params, 630);
  EXPECT_EQ(work.weight_bytes, 315 + 108);
  EXPECT_EQ(work.input_bytes, 6 * 70 * 4);
}

TEST(ProductTest, RowsOfTables) {
  EXPECT_EQ(Lower("Gather", {Stored({100, 16}), Data({2, 7}, DType::kI64)}),
            (Result{"embedding batch=14 width=16 vocabulary=100 dtype=f32", "2x7x16"}));
  EXPECT_EQ(Lower("Gather", {Data({2, 7, 16}), Numbers({0})}, {{"axis", std::int64_t{1}}}),
            (Result{"gather rows=1 width=32 dtype=f32", "2x1x16"}));
  const Work work = LayerSpec::Parse("embedding batch=14 width=16 vocabulary=100").CountWork();
  EXPECT_EQ(work.params, 1600);
  EXPECT_EQ(work.input_bytes, 14 * 8);
  EXPECT_EQ(work.weight_bytes, 14 * 16 * 4);  // not the whole table
  EXPECT_EQ(work.output_bytes, 14 * 16 * 4);
  // More indices than rows: some come again, from the cache.
  EXPECT_EQ(
      LayerSpec::Parse("embedding batch=500 width=16 vocabulary=100").CountWork().weight_bytes,
      6400);
  EXPECT_EQ(LayerSpec::Parse("gather rows=2 width=32").CountWork().input_bytes, 256 + 16);
}

}  // namespace
}  // namespace joulecast
