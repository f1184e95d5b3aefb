// SPDX-License-Identifier: Apache-2.0
// Layers that move, pick or reduce elements, as graph nodes give them. Shapes that onnx knows too
// are compared with it in tests/e2e/test_onnx_shapes.py.
#include <gmock/gmock.h>

#include <limits>

#include "layers/slice.h"
#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kSmallest = std::numeric_limits<std::int64_t>::min();

TensorInfo Truths(Shape shape) { return Data(std::move(shape), DType::kBool); }
TensorInfo Indices(Shape shape) { return Data(std::move(shape), DType::kI64); }

TensorInfo Fractions(std::vector<double> numbers) {
  const Shape shape = {static_cast<std::int64_t>(numbers.size())};
  Constant constant{.dtype = DType::kF32, .shape = shape, .floats = std::move(numbers)};
  return {.dtype = DType::kF32, .shape = shape, .is_constant = true, .constant = constant};
}

TEST(MoveTest, ComparisonsAreBytesOfTruth) {
  const auto lowered = LowerWhole("Less", {Data({2, 1, 4}), Data({3, 1})});
  EXPECT_EQ(lowered->spec.ToString(), "compare out=24 in=11 dtype=f32");
  EXPECT_EQ(lowered->outputs[0].dtype, DType::kBool);
  const Work work = lowered->spec.CountWork();
  EXPECT_EQ(work.input_bytes, 44);
  EXPECT_EQ(work.output_bytes, 24);
}

TEST(MoveTest, AChoiceReadsItsConditionToo) {
  const auto lowered = LowerWhole("Where", {Truths({3, 4}), Data({2, 3, 4}), Data({})});
  EXPECT_EQ(lowered->spec.ToString(), "where out=24 in=25 conditions=12 dtype=f32");
  EXPECT_EQ(lowered->outputs[0].dtype, DType::kF32);
  EXPECT_EQ(lowered->spec.CountWork().input_bytes, 12 + 100);
}

TEST(MoveTest, StoredMasksAreNoWeights) {
  const TensorInfo mask = Stored({4, 4}, DType::kI32);
  EXPECT_EQ(Lower("Mul", {Data({4, 4}, DType::kI32), mask}).spec,
            "mul out=16 in=32 inplace=0 dtype=i32");
}

TEST(MoveTest, AViewOfAWeightCountsItOnce) {
  TensorInfo token = Stored({8, 1, 16});
  token.stored = 16;  // expanded from 1x1x16
  EXPECT_EQ(Lower("Concat", {token, Data({8, 4, 16})}, {{"axis", std::int64_t{1}}}),
            (Result{"concat elements=640 parts=2 weights=16 dtype=f32", "8x5x16"}));
  EXPECT_EQ(LowerWhole("Expand", {Stored({1, 1, 16}), Numbers({8, 1, 1})})->outputs[0].stored, 16);
}

TEST(MoveTest, SlicesCutWhatLiesOutside) {
  const auto slice = [](std::int64_t start, std::int64_t end, std::int64_t step) {
    const TensorInfo x = Data({5});
    return Lower("Slice", {x, Numbers({start}), Numbers({end}), Numbers({0}), Numbers({step})})
        .shape;
  };
  EXPECT_EQ(slice(1, kLargest, 1), "4");
  EXPECT_EQ(slice(-2, kLargest, 1), "2");
  EXPECT_EQ(slice(0, -1, 2), "2");           // 0, 2
  EXPECT_EQ(slice(-1, kSmallest, -1), "5");  // backwards through all
  EXPECT_EQ(slice(4, 0, -3), "2");           // 4, 1
  EXPECT_EQ(slice(3, 3, 1), "0");
  EXPECT_EQ(slice(0, 5, kLargest), "1");
}

TEST(MoveTest, ASliceByComputedBoundsDependsOnData) {
  EXPECT_THROW(Lower("Slice", {Data({5}), Indices({1}), Numbers({3})}), DataDependent);
  EXPECT_THAT(Complaint("Slice", {Data({5}), Numbers({0}), Numbers({3}), Numbers({1})}),
              HasSubstr("axis 1 is outside"));
  EXPECT_THAT(
      Complaint("Slice", {Data({5}), Numbers({0}), Numbers({3}), Numbers({0}), Numbers({0})}),
      HasSubstr("a step of 0"));
}

TEST(MoveTest, SplitsHaveAsManyResultsAsParts) {
  const auto lowered =
      LowerWhole("Split", {Data({2, 7}), Numbers({3, 4})}, {{"axis", std::int64_t{1}}});
  ASSERT_EQ(lowered->outputs.size(), 2u);
  EXPECT_THAT(lowered->outputs[0].shape, ElementsAre(2, 3));
  EXPECT_THAT(lowered->outputs[1].shape, ElementsAre(2, 4));
  EXPECT_EQ(lowered->spec.CountWork().bytes(), 0);
  EXPECT_THAT(Complaint("Split", {Data({2, 7}), Numbers({3, 3})}, {{"axis", std::int64_t{1}}}),
              HasSubstr("do not make up 7"));
}

TEST(MoveTest, UnequalPartsOfASplitEndWithTheSmallest) {
  const Node node{
      .op = "Split", .outputs = {1, 2, 3}, .attributes = {{"num_outputs", std::int64_t{3}}}};
  EXPECT_THAT(ReadSplit(NodeView(node, {}, {}), {7}, 0), ElementsAre(3, 3, 1));
}

TEST(MoveTest, ReductionsReadAllAndWriteWhatIsLeft) {
  EXPECT_EQ(Lower("ReduceMean", {Data({2, 3, 4})}, {{"axes", Ints{-1}}}),
            (Result{"reduce in=24 out=6 dtype=f32", "2x3x1"}));
  EXPECT_EQ(Lower("ReduceSum", {Data({2, 3, 4})}, {{"keepdims", std::int64_t{0}}}),
            (Result{"reduce in=24 out=1 dtype=f32", "scalar"}));
  EXPECT_EQ(LowerWhole("ArgMax", {Data({2, 3})})->outputs[0].dtype, DType::kI64);
  EXPECT_THAT(Complaint("ReduceMax", {Data({2, 3})}, {{"axes", Ints{2}}}), HasSubstr("axis 2"));
}

TEST(MoveTest, TopKGivesValuesAndPlaces) {
  const auto lowered = LowerWhole("TopK", {Data({4, 10}), Numbers({3})});
  EXPECT_EQ(lowered->spec.ToString(), "topk rows=4 length=10 k=3 dtype=f32");
  ASSERT_EQ(lowered->outputs.size(), 2u);
  EXPECT_EQ(lowered->outputs[1].dtype, DType::kI64);
  EXPECT_EQ(lowered->spec.CountWork().output_bytes, 12 * (4 + 8));
  EXPECT_THAT(Complaint("TopK", {Data({4, 10}), Numbers({11})}), HasSubstr("k=11 exceeds"));
}

TEST(MoveTest, WhatDataSelectIsTakenAsTheMost) {
  const auto found = LowerWhole("NonZero", {Truths({3, 5})});
  EXPECT_THAT(found->outputs[0].shape, ElementsAre(2, 15));
  EXPECT_THAT(found->assumption, HasSubstr("taken is the most, 2x15"));
  EXPECT_EQ(Lower("Compress", {Data({4, 6}), Truths({3})}, {{"axis", std::int64_t{1}}}).shape,
            "4x3");
  const auto boxes =
      LowerWhole("NonMaxSuppression", {Data({2, 100, 4}), Data({2, 5, 100}), Numbers({7})});
  EXPECT_THAT(boxes->outputs[0].shape, ElementsAre(2 * 5 * 7, 3));
  EXPECT_EQ(LowerWhole("Unique", {Data({4, 6})})->outputs.size(), 4u);
}

TEST(MoveTest, ResizesByScalesOrSizes) {
  const TensorInfo x = Data({1, 3, 10, 7});
  EXPECT_EQ(
      Lower("Resize", {x, Absent(), Fractions({1, 1, 1.5, 2})}, {{"mode", std::string("cubic")}}),
      (Result{"resize batch=1 channels=3 image=10x7 output=15x14 taps=16 dtype=f32", "1x3x15x14"}));
  EXPECT_EQ(Lower("Resize", {x, Absent(), Absent(), Numbers({1, 3, 10, 14})},
                  {{"mode", std::string("linear")}})
                .spec,
            "resize batch=1 channels=3 image=10x7 output=10x14 taps=2 dtype=f32");
  EXPECT_EQ(Lower("Resize", {x, Absent(), Absent(), Numbers({20, 21})},
                  {{"axes", Ints{2, 3}}, {"keep_aspect_ratio_policy", std::string("not_larger")}})
                .shape,
            "1x3x20x14");  // the smaller of twice and three times
  EXPECT_THAT(Complaint("Resize", {x, Absent(), Fractions({2, 2})}), HasSubstr("do not fit"));
  EXPECT_THAT(Complaint("Resize", {x}), HasSubstr("neither scales nor sizes"));
}

TEST(MoveTest, ImagesWithChannelsLastAreOneLongImage) {
  EXPECT_EQ(Lower("Resize", {Data({1, 4, 4, 3}), Absent(), Fractions({1, 2, 2, 1})}).spec,
            "resize batch=1 channels=1 image=1x48 output=1x192 taps=1 dtype=f32");
}

TEST(MoveTest, PicksAndScattersCountTheirIndices) {
  EXPECT_EQ(Lower("GatherND", {Data({4, 5, 6}), Indices({3, 2})}),
            (Result{"pick in=18 out=18 indices=6 dtype=f32", "3x6"}));
  EXPECT_EQ(Lower("GatherElements", {Data({4, 5}), Indices({2, 5})}).shape, "2x5");
  EXPECT_THAT(Complaint("GatherND", {Data({4, 5}), Indices({3, 3})}), HasSubstr("do not fit"));
  const auto lowered = LowerWhole("ScatterND", {Data({8, 4}), Indices({2, 1}), Data({2, 4})});
  EXPECT_EQ(lowered->spec.ToString(), "scatter in=40 out=32 indices=2 dtype=f32");
  EXPECT_EQ(lowered->spec.CountWork().input_bytes, 40 * 4 + 2 * 8);
}

TEST(MoveTest, FillsAndRepeats) {
  EXPECT_EQ(Lower("OneHot", {Indices({4, 2}), Numbers({10}), Fractions({0, 1})}),
            (Result{"fill in=0 out=80 indices=8 dtype=f32", "4x2x10"}));
  EXPECT_EQ(
      Lower("OneHot", {Indices({4}), Numbers({10}), Fractions({0, 1})}, {{"axis", std::int64_t{0}}})
          .shape,
      "10x4");
  EXPECT_EQ(Lower("Tile", {Data({2, 3}), Numbers({2, 1})}),
            (Result{"tile in=6 out=12 dtype=f32", "4x3"}));
  EXPECT_EQ(Lower("DepthToSpace", {Data({1, 8, 2, 3})}, {{"blocksize", std::int64_t{2}}}).shape,
            "1x2x4x6");
  EXPECT_THAT(Complaint("DepthToSpace", {Data({1, 6, 2, 3})}, {{"blocksize", std::int64_t{2}}}),
              HasSubstr("do not fit"));
}

TEST(MoveTest, CastsChangeTheType) {
  const auto lowered = LowerWhole("Cast", {Data({6})}, {{"to", std::string("f16")}});
  EXPECT_EQ(lowered->spec.ToString(), "cast elements=6 to=f16 dtype=f32");
  EXPECT_EQ(lowered->outputs[0].dtype, DType::kF16);
  EXPECT_EQ(lowered->spec.CountWork().bytes(), 24 + 12);
  EXPECT_EQ(Lower("Cast", {Data({6})}, {{"to", std::string("f32")}}).spec,
            "reshape elements=6 dtype=f32");
}

TEST(MoveTest, GridsAreReadWithTheirImage) {
  const auto lowered = LowerWhole("GridSample", {Data({2, 3, 8, 8}), Data({2, 4, 5, 2})});
  EXPECT_EQ(lowered->spec.ToString(),
            "gridsample batch=2 channels=3 image=8x8 output=4x5 taps=4 dtype=f32");
  EXPECT_EQ(lowered->spec.CountWork().input_bytes, 4 * (2 * 3 * 64 + 2 * 4 * 5 * 2));
  EXPECT_THAT(Complaint("GridSample", {Data({2, 3, 8, 8}), Data({1, 4, 5, 2})}),
              HasSubstr("does not fit"));
}

TEST(MoveTest, OperandsOfOldOpsetsLieAlongTheirAxis) {
  const Attributes old = {{"broadcast", std::int64_t{1}}, {"axis", std::int64_t{1}}};
  EXPECT_EQ(Lower("Add", {Data({2, 3, 4, 5}), Data({3, 4})}, old).shape, "2x3x4x5");
  EXPECT_THAT(Complaint("Add", {Data({2, 3, 4, 5}), Data({4, 5})}, old),
              HasSubstr("do not broadcast"));
}

}  // namespace
}  // namespace joulecast
