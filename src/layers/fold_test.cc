// SPDX-License-Identifier: Apache-2.0
// Numbers known before a model runs. Each node's inputs are what earlier ones gave.
#include "layers/fold.h"

#include <gmock/gmock.h>

#include <limits>

#include "layers/test_nodes.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TensorInfo Matrix(Shape shape, Ints numbers) {
  return KnownInts(std::move(shape), std::move(numbers));
}

TensorInfo Reals(std::vector<double> numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  return Known({.dtype = DType::kF32, .shape = {count}, .floats = std::move(numbers)});
}

Folded FoldNode(const std::string& op, const std::vector<TensorInfo>& inputs,
                const Attributes& attributes = {}, std::size_t outputs = 1) {
  const Node node{
      .op = op, .name = "n", .outputs = std::vector<ValueId>(outputs, 0), .attributes = attributes};
  std::vector<const TensorInfo*> pointers;
  for (const TensorInfo& input : inputs) pointers.push_back(&input);
  return Fold(NodeView(node, pointers, {}));
}

Constant Numbers1(const Folded& folded) { return folded.value().at(0).constant.value(); }

TEST(FoldTest, ShapesOfDataAreKnown) {
  EXPECT_THAT(Numbers1(FoldNode("Shape", {Data({2, 3, 4})})).ints, ElementsAre(2, 3, 4));
  EXPECT_THAT(Numbers1(FoldNode("Shape", {Data({2, 3, 4})}, {{"start", std::int64_t{-2}}})).ints,
              ElementsAre(3, 4));
  EXPECT_THAT(Numbers1(FoldNode("Size", {Data({2, 3, 4})})).ints, ElementsAre(24));
}

TEST(FoldTest, DataAreNotFolded) {
  EXPECT_FALSE(FoldNode("Add", {Data({2}), Numbers({1, 2})}));
  EXPECT_FALSE(FoldNode("Gather", {Stored({100, 8}), Numbers({1})}));
}

TEST(FoldTest, ArithmeticBroadcasts) {
  const TensorInfo column = Matrix({2, 1}, {10, 20});
  const Constant sum = Numbers1(FoldNode("Add", {column, Numbers({1, 2, 3})}));
  EXPECT_THAT(sum.shape, ElementsAre(2, 3));
  EXPECT_THAT(sum.ints, ElementsAre(11, 12, 13, 21, 22, 23));
}

TEST(FoldTest, IntegersDivideTowardsZeroAndRemaindersFollowTheDivisor) {
  EXPECT_THAT(Numbers1(FoldNode("Div", {Numbers({7, -7}), Numbers({2})})).ints, ElementsAre(3, -3));
  EXPECT_THAT(Numbers1(FoldNode("Mod", {Numbers({7, -7}), Numbers({4})})).ints, ElementsAre(3, 1));
  EXPECT_FALSE(FoldNode("Div", {Numbers({7}), Numbers({0})}));
}

TEST(FoldTest, OverflowIsUnknown) {
  const TensorInfo largest = Numbers({std::numeric_limits<std::int64_t>::max()});
  EXPECT_FALSE(FoldNode("Add", {largest, Numbers({1})}));
  EXPECT_FALSE(FoldNode("Mul", {largest, Numbers({2})}));
  EXPECT_FALSE(FoldNode("Pow", {Numbers({10}), Numbers({30})}));
}

TEST(FoldTest, FractionsFloorAndCastToIntegers) {
  const TensorInfo scaled = FoldNode("Mul", {Reals({7, 9}), Reals({0.5})})->at(0);
  EXPECT_THAT(Numbers1(FoldNode("Floor", {scaled})).floats, ElementsAre(3, 4));
  const Constant cut = Numbers1(FoldNode("Cast", {scaled}, {{"to", std::string("i64")}}));
  EXPECT_THAT(cut.ints, ElementsAre(3, 4));
  EXPECT_EQ(cut.dtype, DType::kI64);
  EXPECT_THAT(Numbers1(FoldNode("Cast", {Numbers({3})}, {{"to", std::string("f32")}})).floats,
              ElementsAre(3));
}

TEST(FoldTest, ComparisonsChoose) {
  const TensorInfo is_open = FoldNode("Equal", {Numbers({-1, 8}), Numbers({-1})})->at(0);
  EXPECT_EQ(is_open.dtype, DType::kBool);
  EXPECT_THAT(is_open.constant->ints, ElementsAre(1, 0));
  EXPECT_THAT(Numbers1(FoldNode("Where", {is_open, Numbers({5, 5}), Numbers({-1, 8})})).ints,
              ElementsAre(5, 8));
  EXPECT_THAT(Numbers1(FoldNode("Not", {is_open})).ints, ElementsAre(0, 1));
}

TEST(FoldTest, ExtremaOfManyAndProductsOfOne) {
  EXPECT_THAT(Numbers1(FoldNode("Min", {Numbers({4, 9}), Numbers({7}), Numbers({5, 8})})).ints,
              ElementsAre(4, 7));
  const Constant product =
      Numbers1(FoldNode("ReduceProd", {Numbers({2, 3, 7})}, {{"keepdims", std::int64_t{0}}}));
  EXPECT_THAT(product.ints, ElementsAre(42));
  EXPECT_THAT(product.shape, IsEmpty());
}

TEST(FoldTest, GathersAlongAnyAxis) {
  const TensorInfo table = Matrix({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(Numbers1(FoldNode("Gather", {table, Numbers({-1})})).ints, ElementsAre(4, 5, 6));
  const Constant columns =
      Numbers1(FoldNode("Gather", {table, Numbers({2, 0})}, {{"axis", std::int64_t{1}}}));
  EXPECT_THAT(columns.shape, ElementsAre(2, 2));
  EXPECT_THAT(columns.ints, ElementsAre(3, 1, 6, 4));
  EXPECT_THROW(FoldNode("Gather", {table, Numbers({2})}), Error);
  EXPECT_THROW(FoldNode("Gather", {table, Reals({0, 1})}), Error);
}

TEST(FoldTest, SlicesTransposesAndJoins) {
  const TensorInfo table = Matrix({2, 3}, {1, 2, 3, 4, 5, 6});
  EXPECT_THAT(
      Numbers1(FoldNode("Slice", {table, Numbers({2}), Numbers({-4}), Numbers({1}), Numbers({-1})}))
          .ints,
      ElementsAre(3, 2, 1, 6, 5, 4));
  const Constant turned = Numbers1(FoldNode("Transpose", {table}));
  EXPECT_THAT(turned.shape, ElementsAre(3, 2));
  EXPECT_THAT(turned.ints, ElementsAre(1, 4, 2, 5, 3, 6));
  EXPECT_THAT(
      Numbers1(FoldNode("Concat", {table, Matrix({2, 1}, {7, 8})}, {{"axis", std::int64_t{1}}}))
          .ints,
      ElementsAre(1, 2, 3, 7, 4, 5, 6, 8));
  EXPECT_THAT(
      Numbers1(FoldNode("Concat", {Numbers({}), Numbers({9})}, {{"axis", std::int64_t{0}}})).ints,
      ElementsAre(9));
}

TEST(FoldTest, SplitsIntoItsResults) {
  const Folded parts = FoldNode("Split", {Numbers({1, 2, 3, 4})}, {}, 2);
  EXPECT_THAT(parts->at(0).constant->ints, ElementsAre(1, 2));
  EXPECT_THAT(parts->at(1).constant->ints, ElementsAre(3, 4));
}

TEST(FoldTest, ExpandsAndTiles) {
  EXPECT_THAT(Numbers1(FoldNode("Expand", {Matrix({2, 1}, {1, 2}), Numbers({2, 3})})).ints,
              ElementsAre(1, 1, 1, 2, 2, 2));
  EXPECT_THAT(Numbers1(FoldNode("Tile", {Numbers({1, 2}), Numbers({2})})).ints,
              ElementsAre(1, 2, 1, 2));
}

TEST(FoldTest, CountsAndFills) {
  const auto range = [](std::int64_t start, std::int64_t limit, std::int64_t delta) {
    return Numbers1(FoldNode("Range", {Numbers({start}), Numbers({limit}), Numbers({delta})})).ints;
  };
  EXPECT_THAT(range(0, 3, 1), ElementsAre(0, 1, 2));
  EXPECT_THAT(range(5, 0, -2), ElementsAre(5, 3, 1));
  EXPECT_THAT(range(5, 0, 1), IsEmpty());
  EXPECT_THROW(range(0, 5, 0), Error);
  const Constant ones{.dtype = DType::kI64, .shape = {1}, .ints = {1}};
  EXPECT_THAT(Numbers1(FoldNode("ConstantOfShape", {Numbers({3})}, {{"value", ones}})).ints,
              ElementsAre(1, 1, 1));
  EXPECT_THAT(Numbers1(FoldNode("NonZero", {Matrix({2, 2}, {1, 0, 1, 1})})).ints,
              ElementsAre(0, 1, 1, 0, 0, 1));
}

TEST(FoldTest, LargeResultsHaveAShapeButNoNumbers) {
  const TensorInfo zeros = FoldNode("ConstantOfShape", {Numbers({100, 100})})->at(0);
  EXPECT_THAT(zeros.shape, ElementsAre(100, 100));
  EXPECT_TRUE(zeros.is_constant);
  EXPECT_FALSE(zeros.constant);
}

TEST(FoldTest, ShapesComputedFromDataAreSaidToBe) {
  EXPECT_THROW(FoldNode("ConstantOfShape", {Data({2}, DType::kI64)}), DataDependent);
  EXPECT_THROW(FoldNode("Range", {Numbers({0}), Data({}, DType::kI64), Numbers({1})}),
               DataDependent);
}

TEST(FoldTest, WholeNumbersAndFractionsAreNotJoined) {
  EXPECT_FALSE(FoldNode("Concat", {Numbers({1, 2}), Reals({0.5})}, {{"axis", std::int64_t{0}}}));
}

}  // namespace
}  // namespace joulecast
