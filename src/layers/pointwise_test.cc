// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

TEST(PointwiseTest, EachFunctionIsALayerOfItsOwn) {
  const std::pair<const char*, const char*> kNames[] = {
      {"Gelu", "gelu"}, {"com.microsoft::FastGelu", "gelu"}, {"Silu", "silu"},
      {"Mish", "mish"}, {"HardSwish", "hardswish"},          {"LeakyRelu", "leakyrelu"},
      {"Erf", "erf"},   {"Acosh", "trigonometric"},          {"Sqrt", "sqrt"},
      {"Neg", "unary"}};
  for (const auto& [op, name] : kNames) {
    EXPECT_EQ(Lower(op, {Data({2, 3, 4})}),
              (Result{std::string(name) + " batch=2 elements=12 inplace=0 dtype=f32", "2x3x4"}));
  }
}

TEST(PointwiseTest, TestsForNanAreTruthValues) {
  EXPECT_EQ(LowerWhole("IsNaN", {Data({4})})->outputs[0].dtype, DType::kBool);
  EXPECT_EQ(LowerWhole("Abs", {Data({4})})->outputs[0].dtype, DType::kF32);
}

TensorInfo Fraction(double number) {
  return {.dtype = DType::kF32,
          .is_constant = true,
          .constant = Constant{.dtype = DType::kF32, .floats = {number}}};
}

TEST(PointwiseTest, SmallPowersAreProducts) {
  EXPECT_EQ(Lower("Pow", {Data({2, 8}), Fraction(2)}).spec,
            "unary batch=2 elements=8 inplace=0 dtype=f32");
  EXPECT_EQ(Lower("Pow", {Data({2, 8}), Fraction(2.5)}).spec,
            "pow out=16 in=17 inplace=0 dtype=f32");
  EXPECT_EQ(Lower("Pow", {Data({2, 8}), Data({8})}).spec, "pow out=16 in=24 inplace=0 dtype=f32");
}

TEST(PointwiseTest, SlopesAreWeights) {
  EXPECT_EQ(Lower("PRelu", {Data({2, 3, 4, 4}), Stored({3, 1, 1})}),
            (Result{"prelu out=96 in=99 weights=3 inplace=0 dtype=f32", "2x3x4x4"}));
  EXPECT_EQ(Lower("PRelu", {Data({2, 3, 4, 4}), Stored({3})}).spec,
            "prelu out=96 in=99 weights=3 inplace=0 dtype=f32");  // as before opset 7
  EXPECT_THAT(Complaint("PRelu", {Data({2, 3, 4, 4}), Stored({5, 1, 1})}),
              HasSubstr("do not broadcast"));
}

// 6 elements of 4 bytes, read and written; the output is fresh where pages of 16 bytes are "large".
TEST(PointwiseTest, StreamsItsElementsAndComputesEach) {
  const Amounts amounts = AmountsOf("gelu batch=2 elements=3", {.large_buffer_bytes = 16});
  EXPECT_DOUBLE_EQ(amounts.at("filled_from_memory"), 48e-9);
  EXPECT_DOUBLE_EQ(amounts.at("written_back"), 24e-9);
  EXPECT_DOUBLE_EQ(amounts.at("fresh_pages"), 24e-9);
  EXPECT_DOUBLE_EQ(amounts.at("elements"), 6e-9);
}

std::string RelativeOf(const std::string& text) {
  const LayerSpec spec = LayerSpec::Parse(text);
  return spec.type().relative(spec)->ToString();
}

TEST(PointwiseTest, IsForecastAsAMeasuredActivationOfEqualCost) {
  EXPECT_EQ(RelativeOf("gelu batch=2 elements=3 inplace=1 dtype=f16"),
            "tanh batch=2 elements=3 inplace=1 dtype=f16");
  EXPECT_EQ(RelativeOf("leakyrelu batch=2 elements=3"),
            "relu batch=2 elements=3 inplace=0 dtype=f32");
}

TEST(PointwiseTest, AStreamIsForecastAsTheReluThatMovesAsManyBytes) {
  // (24 + 48) elements of 2 bytes are 144: a relu reads and writes 18 elements of 4.
  EXPECT_EQ(RelativeOf("add out=24 in=48 dtype=f16"),
            "relu batch=1 elements=18 inplace=0 dtype=f32");
  EXPECT_EQ(RelativeOf("fill in=0 out=1"), "relu batch=1 elements=1 inplace=0 dtype=f32");
}

}  // namespace
}  // namespace joulecast
