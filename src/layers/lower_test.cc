// SPDX-License-Identifier: Apache-2.0
// How single graph nodes become layers.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

TEST(LowerTest, Convolution) {
  EXPECT_EQ(
      Lower("Conv", {Data({2, 4, 5, 7}), Stored({6, 2, 3, 2}), Stored({6})},
            {{"group", std::int64_t{2}}, {"strides", Ints{2, 1}}, {"pads", Ints{1, 0, 1, 0}}}),
      (Result{"conv2d batch=2 in=4 out=6 image=5x7 kernel=3x2 stride=2x1 padding=1x0 "
              "groups=2 dtype=f32",
              "2x6x3x6"}));
  EXPECT_THAT(Complaint("Conv", {Data({2, 4, 5, 7}), Stored({6, 3, 3, 2})}),
              HasSubstr("Conv 'n': weights 6x3x3x2 with 1 groups do not fit the input 2x4x5x7"));
}

TEST(LowerTest, SamePaddingPutsTheOddPixelLast) {
  // 4 positions on 7 pixels by stride 2 need 3 * 2 + 4 = 10: 3 pixels of padding.
  EXPECT_EQ(Lower("Conv", {Data({1, 1, 7, 7}), Stored({1, 1, 4, 4})},
                  {{"strides", Ints{2, 2}}, {"auto_pad", "SAME_UPPER"}})
                .spec,
            "conv2d batch=1 in=1 out=1 image=7x7 kernel=4x4 stride=2 padding=1x1x2x2 groups=1 "
            "bias=0 dtype=f32");
}

TEST(LowerTest, GemmByStoredWeightsIsLinear) {
  const Attributes transposed = {{"transB", std::int64_t{1}}};
  EXPECT_EQ(Lower("Gemm", {Data({3, 5}), Stored({7, 5}), Stored({7})}, transposed),
            (Result{"linear batch=3 in=5 out=7 dtype=f32", "3x7"}));
  EXPECT_EQ(Lower("Gemm", {Data({3, 5}), Data({7, 5})}, transposed),
            (Result{"matmul batch=1 m=3 k=5 n=7 dtype=f32", "3x7"}));
  EXPECT_EQ(Lower("Gemm", {Data({5, 3}), Data({5, 7}), Data({7})}, {{"transA", std::int64_t{1}}}),
            (Result{"matmul batch=1 m=3 k=5 n=7 bias=1 dtype=f32", "3x7"}));
  EXPECT_THAT(Complaint("Gemm", {Data({3, 5}), Stored({7, 5})}), HasSubstr("do not fit"));
}

TEST(LowerTest, MatMulFollowsNumpy) {
  EXPECT_EQ(Lower("MatMul", {Data({2, 3, 5}), Stored({5, 7})}),
            (Result{"linear batch=6 in=5 out=7 bias=0 dtype=f32", "2x3x7"}));
  EXPECT_EQ(Lower("MatMul", {Data({2, 8, 3, 5}), Data({2, 8, 5, 7})}),
            (Result{"matmul batch=16 m=3 k=5 n=7 dtype=f32", "2x8x3x7"}));
  EXPECT_EQ(Lower("MatMul", {Data({2, 3, 5}), Data({5, 7})}),
            (Result{"matmul batch=1 m=6 k=5 n=7 dtype=f32", "2x3x7"}));
  EXPECT_EQ(Lower("MatMul", {Data({3, 5}), Data({4, 5, 7})}),
            (Result{"matmul batch=4 m=3 k=5 n=7 dtype=f32", "4x3x7"}));
  EXPECT_EQ(Lower("MatMul", {Data({5}), Data({5})}),
            (Result{"matmul batch=1 m=1 k=5 n=1 dtype=f32", "scalar"}));
  EXPECT_THAT(Complaint("MatMul", {Data({2, 3, 5}), Data({4, 5, 7})}), HasSubstr("do not fit"));
}

TEST(LowerTest, StoredOperandsOfMatMulAreParameters) {
  EXPECT_EQ(Lower("MatMul", {Data({4, 3, 5}), Stored({4, 5, 7})}),
            (Result{"matmul batch=4 m=3 k=5 n=7 weights=140 dtype=f32", "4x3x7"}));
  // w x, with w on the left, counts as x' w': the weights are the right operand.
  EXPECT_EQ(Lower("MatMul", {Stored({3, 5}), Data({5, 7})}),
            (Result{"matmul batch=1 m=7 k=5 n=3 weights=15 dtype=f32", "3x7"}));
}

TEST(LowerTest, Pools) {
  const Attributes window = {{"kernel_shape", Ints{3, 3}}, {"strides", Ints{2, 2}}};
  EXPECT_EQ(Lower("MaxPool", {Data({2, 3, 7, 9})}, window),
            (Result{"maxpool2d batch=2 channels=3 image=7x9 kernel=3x3 stride=2 padding=0 "
                    "dtype=f32",
                    "2x3x3x4"}));
  EXPECT_EQ(Lower("AveragePool", {Data({2, 3, 7, 9})}, window),
            (Result{"avgpool2d batch=2 channels=3 image=7x9 kernel=3x3 stride=2 padding=0 "
                    "dtype=f32",
                    "2x3x3x4"}));
  EXPECT_EQ(Lower("MaxPool", {Data({2, 3, 7})}, window).spec, "unknown");
  EXPECT_THAT(Complaint("MaxPool", {Data({2, 3, 2, 2})}, window), HasSubstr("image 2x2"));
  EXPECT_THAT(Complaint("MaxPool", {Data({2, 3, 7, 7})}), HasSubstr("kernel"));
}

TEST(LowerTest, AveragePoolSaysWhetherPaddingCounts) {
  Attributes window = {{"kernel_shape", Ints{3, 3}}, {"pads", Ints{1, 1, 1, 1}}};
  EXPECT_THAT(Lower("AveragePool", {Data({1, 1, 4, 4})}, window).spec, HasSubstr("include_pad=0"));
  window.emplace_back("count_include_pad", std::int64_t{1});
  EXPECT_THAT(Lower("AveragePool", {Data({1, 1, 4, 4})}, window).spec,
              testing::Not(HasSubstr("include_pad")));
}

TEST(LowerTest, AdaptiveAndGlobalPools) {
  EXPECT_EQ(
      Lower("AdaptiveAveragePool", {Data({2, 3, 13, 12})}, {{"output_size", Ints{6, 5}}}),
      (Result{"adaptiveavgpool2d batch=2 channels=3 image=13x12 output=6x5 dtype=f32", "2x3x6x5"}));
  EXPECT_EQ(
      Lower("GlobalAveragePool", {Data({2, 3, 13, 12})}),
      (Result{"adaptiveavgpool2d batch=2 channels=3 image=13x12 output=1x1 dtype=f32", "2x3x1x1"}));
  EXPECT_EQ(Lower("GlobalAveragePool", {Data({2, 3, 4, 5, 6})}),
            (Result{"adaptiveavgpool2d batch=2 channels=3 image=20x6 output=1x1 dtype=f32",
                    "2x3x1x1x1"}));
}

TEST(LowerTest, ActivationsAreInPlaceWhereTheirInputIsDead) {
  for (const auto& [op, name] : {std::pair{"Relu", "relu"}, std::pair{"Sigmoid", "sigmoid"},
                                 std::pair{"Tanh", "tanh"}, std::pair{"Clip", "relu6"}}) {
    const std::string spec = std::string(name) + " batch=2 elements=60 inplace=";
    EXPECT_EQ(Lower(op, {Data({2, 3, 4, 5})}).spec, spec + "0 dtype=f32");
    EXPECT_EQ(Lower(op, {Data({2, 3, 4, 5})}, {}, {.input_is_dead = true}).spec,
              spec + "1 dtype=f32");
    EXPECT_EQ(
        Lower(op, {Data({2, 3, 4, 5})}, {{"inplace", std::int64_t{0}}}, {.input_is_dead = true})
            .spec,
        spec + "0 dtype=f32");
  }
}

TEST(LowerTest, SoftmaxAlongItsAxis) {
  EXPECT_EQ(Lower("Softmax", {Data({2, 3, 4, 5})}),
            (Result{"softmax batch=24 length=5 dtype=f32", "2x3x4x5"}));
  EXPECT_EQ(Lower("LogSoftmax", {Data({2, 3, 4, 5})}, {{"axis", std::int64_t{1}}}),
            (Result{"softmax batch=2 length=3 inner=20 dtype=f32", "2x3x4x5"}));
  EXPECT_THAT(Complaint("Softmax", {Data({2, 3})}, {{"axis", std::int64_t{2}}}),
              HasSubstr("axis 2"));
}

TEST(LowerTest, SoftmaxOfOldOpsetsFlattensFromItsAxis) {
  Attributes old = {{"flatten", std::int64_t{1}}};
  EXPECT_EQ(Lower("Softmax", {Data({2, 3, 4, 5})}, old).spec,
            "softmax batch=2 length=60 dtype=f32");
  old.emplace_back("axis", std::int64_t{-2});
  EXPECT_EQ(Lower("Softmax", {Data({2, 3, 4, 5})}, old).spec,
            "softmax batch=6 length=20 dtype=f32");
}

TEST(LowerTest, Normalisation) {
  const TensorInfo c = Stored({3});
  EXPECT_EQ(Lower("BatchNormalization", {Data({2, 3, 4, 5}), c, c, c, c}),
            (Result{"batchnorm2d batch=2 channels=3 image=4x5 dtype=f32", "2x3x4x5"}));
  EXPECT_EQ(Lower("BatchNormalization", {Data({2, 3}), c, c, c, c}),
            (Result{"batchnorm2d batch=2 channels=3 image=1x1 dtype=f32", "2x3"}));
  EXPECT_EQ(Lower("BatchNormalization", {Data({2, 3, 7}), c, c, c, c}),
            (Result{"batchnorm2d batch=2 channels=3 image=1x7 dtype=f32", "2x3x7"}));
  EXPECT_THAT(Complaint("BatchNormalization", {Data({2, 4, 5, 5}), c, c, c, c}),
              HasSubstr("scale 3 does not fit"));
  EXPECT_EQ(Lower("LRN", {Data({2, 3, 4, 5})}, {{"size", std::int64_t{5}}}),
            (Result{"lrn batch=2 channels=3 image=4x5 size=5 dtype=f32", "2x3x4x5"}));
}

TEST(LowerTest, ArithmeticBroadcasts) {
  EXPECT_EQ(Lower("Add", {Data({2, 3, 4}), Data({2, 3, 4})}),
            (Result{"add out=24 in=48 inplace=0 dtype=f32", "2x3x4"}));
  EXPECT_EQ(Lower("Sub", {Data({3, 1}), Data({2, 1, 4})}),
            (Result{"add out=24 in=11 inplace=0 dtype=f32", "2x3x4"}));
  EXPECT_EQ(Lower("Sum", {Data({4}), Data({4}), Data({4})}),
            (Result{"add out=4 in=12 inplace=0 dtype=f32", "4"}));
  EXPECT_THAT(Complaint("Add", {Data({2, 3}), Data({2, 4})}), HasSubstr("do not broadcast"));
}

TEST(LowerTest, StoredVectorsAreWeightsAndScalarsAreNot) {
  EXPECT_EQ(Lower("Mul", {Data({2, 3, 4}), Stored({4})}).spec,
            "mul out=24 in=28 weights=4 inplace=0 dtype=f32");
  EXPECT_EQ(Lower("Div", {Data({2, 3, 4}), Stored({})}).spec,
            "mul out=24 in=25 inplace=0 dtype=f32");
}

TEST(LowerTest, ConcatAddsUpOneAxis) {
  EXPECT_EQ(Lower("Concat", {Data({2, 3, 4}), Data({2, 5, 4})}, {{"axis", std::int64_t{-2}}}),
            (Result{"concat elements=64 parts=2 dtype=f32", "2x8x4"}));
  EXPECT_THAT(Complaint("Concat", {Data({2, 3}), Data({2, 3, 1})}, {{"axis", std::int64_t{0}}}),
              HasSubstr("do not fit along axis 0"));
}

TEST(LowerTest, Views) {
  EXPECT_EQ(Lower("Transpose", {Data({2, 3, 4})}),
            (Result{"transpose elements=24 dtype=f32", "4x3x2"}));
  EXPECT_EQ(Lower("Transpose", {Data({2, 3, 4})}, {{"perm", Ints{0, 2, 1}}}).shape, "2x4x3");
  EXPECT_THAT(Complaint("Transpose", {Data({2, 3, 4})}, {{"perm", Ints{0, 2, 2}}}),
              HasSubstr("repeats 2"));
  EXPECT_EQ(Lower("Dropout", {Data({2, 3})}), (Result{"dropout elements=6 dtype=f32", "2x3"}));
  EXPECT_EQ(Lower("Flatten", {Data({2, 3, 4})}), (Result{"reshape elements=24 dtype=f32", "2x12"}));
  EXPECT_EQ(Lower("Reshape", {Data({2, 3, 4}), Numbers({0, -1})}).shape, "2x12");
  EXPECT_EQ(Lower("Squeeze", {Data({2, 1, 4}), Numbers({1})}).shape, "2x4");
  EXPECT_EQ(Lower("Unsqueeze", {Data({2, 4})}, {{"axes", Ints{0, -1}}}).shape, "1x2x4x1");
}

TEST(LowerTest, PadsByAttributeOrInput) {
  const Result padded = {"pad in=40 out=84 dtype=f32", "1x2x6x7"};
  EXPECT_EQ(Lower("Pad", {Data({1, 2, 4, 5})}, {{"pads", Ints{0, 0, 1, 1, 0, 0, 1, 1}}}), padded);
  EXPECT_EQ(Lower("Pad", {Data({1, 2, 4, 5}), Numbers({1, 1, 1, 1}), Stored({}), Numbers({2, -1})}),
            padded);
  EXPECT_EQ(Lower("Pad", {Data({1, 2, 4, 5}), Numbers({0, 0, -1, 0, 0, 0, 0, -2})}).shape,
            "1x2x3x3");
  EXPECT_THAT(Complaint("Pad", {Data({1, 2, 4, 5}), Numbers({1, 1})}), HasSubstr("do not fit"));
}

}  // namespace
}  // namespace joulecast
