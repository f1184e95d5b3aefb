// SPDX-License-Identifier: Apache-2.0
// What every layer type's passes in training promise, and their counts, worked by hand.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "joulecast/error.h"
#include "joulecast/layer.h"
#include "layers/test_specs.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

std::string Complaint(const std::string& text) {
  try {
    return "accepted as " + LayerSpec::Parse(text).ToString();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
}

TEST(PassTest, ASpecificationSaysItsPass) {
  const auto forward = LayerSpec::Parse("linear batch=8 in=1000 out=500");
  EXPECT_EQ(LayerSpec::Parse("linear batch=8 pass=forward in=1000 out=500"), forward);
  const auto backward = forward.InPass(LayerPass::kBackward);
  ASSERT_TRUE(backward);
  EXPECT_EQ(backward->ToString(), "linear batch=8 in=1000 out=500 dtype=f32 pass=backward");
  EXPECT_EQ(LayerSpec::Parse("linear pass=backward batch=8 in=1000 out=500"), *backward);
  EXPECT_EQ(backward->Forward(), forward);
  EXPECT_EQ(backward->type().name, "linear pass=backward");
  EXPECT_EQ(FindLayerType("linear pass=backward"), &backward->type());
}

TEST(PassTest, NonsenseIsRefused) {
  EXPECT_THAT(Complaint("linear batch=8 in=10 out=5 pass=sideways"),
              HasSubstr("forward, training"));
  EXPECT_THAT(Complaint("linear batch=8 in=10 out=5 pass=backward pass=backward"),
              HasSubstr("given twice"));
  EXPECT_THAT(Complaint("linear batch=8 in=10 out=5 pass=training"), HasSubstr("leave pass"));
  EXPECT_THAT(Complaint("compare out=8 in=16 pass=backward"), HasSubstr("no backward pass"));
  EXPECT_THAT(Complaint("reshape elements=8 pass=backward"), HasSubstr("no backward pass"));
  EXPECT_THAT(Complaint("relu batch=1 elements=8 input_grad=0 pass=backward"),
              HasSubstr("no weights"));
  EXPECT_THAT(Complaint("relu batch=1 elements=8 inplace=1 pass=backward"), HasSubstr("inplace=0"));
  EXPECT_THAT(Complaint("linear batch=8 in=10 out=5 input_grad=1"), HasSubstr("input_grad"));
}

TEST(PassTest, NothingIsWrittenOverBackward) {
  const auto relu = LayerSpec::Parse("relu batch=1 elements=8 inplace=1");
  EXPECT_EQ(relu.InPass(LayerPass::kBackward)->Get("inplace"), 0);
}

struct PassCase {
  const char* spec;
  Work work;
};

class PassWorkTest : public testing::TestWithParam<PassCase> {};

TEST_P(PassWorkTest, CountsAsByHand) {
  const Work work = LayerSpec::Parse(GetParam().spec).CountWork();
  const Work& expected = GetParam().work;
  EXPECT_EQ(work.macs, expected.macs);
  EXPECT_EQ(work.bias_adds, expected.bias_adds);
  EXPECT_EQ(work.params, expected.params);
  EXPECT_EQ(work.input_bytes, expected.input_bytes);
  EXPECT_EQ(work.output_bytes, expected.output_bytes);
  EXPECT_EQ(work.weight_bytes, expected.weight_bytes);
}

const PassCase kCases[] = {
    // 8 x 1000 x 500 for each of two gradients. Read: 8 x 500 of the result's gradient and 8 x 1000
    // of the input; 500,000 weights. Written: 8 x 1000, and 500,500 with the bias.
    {"linear batch=8 in=1000 out=500 pass=backward",
     {.macs = 8'000'000,
      .bias_adds = 4000,
      .input_bytes = 16'000 + 32'000,
      .output_bytes = 32'000,
      .weight_bytes = 2'000'000 + 2'002'000}},
    // The first layer: only the weights' gradient, for which the weights are not needed.
    {"linear batch=8 in=1000 out=500 input_grad=0 pass=backward",
     {.macs = 4'000'000,
      .bias_adds = 4000,
      .input_bytes = 48'000,
      .output_bytes = 0,
      .weight_bytes = 2'002'000}},
    // 2 x 4 x 64 results of 3 x 9 products; 108 weights and 4 biases.
    {"conv2d batch=2 in=3 out=4 image=8x8 kernel=3x3 padding=1 pass=backward",
     {.macs = 2 * 512 * 27,
      .bias_adds = 512,
      .input_bytes = 4 * (512 + 384),
      .output_bytes = 4 * 384,
      .weight_bytes = 4 * (108 + 112)}},
    // Both operands are factors: 2 x 3 x 4 x 5 for each. dtype of two bytes.
    {"matmul batch=2 m=3 k=4 n=5 dtype=f16 pass=backward",
     {.macs = 240, .input_bytes = 2 * (30 + 24 + 40), .output_bytes = 2 * (24 + 40)}},
    // Scores and their sums: 2 x 4 x 4 x (8 + 8) products; queries, keys, values and the result
    // have 2 x 4 x 8 numbers each.
    {"attention batch=1 heads=2 kv_heads=2 queries=4 keys=4 dim=8 value_dim=8 pass=backward",
     {.macs = 1024, .input_bytes = 4 * 4 * 64, .output_bytes = 4 * 3 * 64}},
    {"relu batch=2 elements=50 pass=backward", {.input_bytes = 800, .output_bytes = 400}},
    {"softmax batch=2 length=50 pass=backward", {.input_bytes = 800, .output_bytes = 400}},
    // A place of 8 bytes for each of 2 x 2 x 2 windows.
    {"maxpool2d batch=1 channels=2 image=4x4 kernel=2x2 stride=2 pass=backward",
     {.input_bytes = 4 * 8 + 8 * 8, .output_bytes = 4 * 32}},
    {"avgpool2d batch=1 channels=2 image=4x4 kernel=2x2 stride=2 pass=backward",
     {.input_bytes = 4 * 8, .output_bytes = 4 * 32}},
    // 72 elements; 4 channels. Scale, shift and stored statistics read; new ones written twice.
    {"batchnorm2d batch=2 channels=4 image=3x3 pass=training",
     {.params = 8, .input_bytes = 288, .output_bytes = 288, .weight_bytes = 4 * (4 + 4) * 4}},
    // Read scale, mean, deviation; written the gradients of scale and shift.
    {"batchnorm2d batch=2 channels=4 image=3x3 pass=backward",
     {.input_bytes = 576, .output_bytes = 288, .weight_bytes = 4 * (3 + 2) * 4}},
    {"layernorm batch=2 rows=3 length=8 weights=16 pass=backward",
     {.input_bytes = 2 * 192, .output_bytes = 192, .weight_bytes = 64 + 64}},
    // Twice the 2 x 15 products; of 8 experts only the 2 that the token chose get a gradient.
    {"expertlinear tokens=1 active=2 experts=8 in=3 out=5 pass=backward",
     {.macs = 60, .input_bytes = 4 * (10 + 3), .output_bytes = 12, .weight_bytes = 2 * 4 * 30}},
    {"dropout elements=100 pass=training", {.input_bytes = 400, .output_bytes = 500}},
    {"dropout elements=100 pass=backward", {.input_bytes = 500, .output_bytes = 400}},
    // The table's gradient is as large as the table.
    {"embedding batch=6 width=4 vocabulary=10 pass=backward",
     {.input_bytes = 4 * 24 + 8 * 6, .weight_bytes = 160}},
    // Operands as large as the result take its gradient as it is; of 10 repeated ones it is summed.
    {"add out=100 in=200 pass=backward", {}},
    {"add out=100 in=110 pass=backward", {.input_bytes = 400, .output_bytes = 40}},
    {"add out=100 in=110 weights=10 pass=backward", {.input_bytes = 400, .weight_bytes = 40}},
    {"mul out=100 in=200 pass=backward", {.input_bytes = 1200, .output_bytes = 800}},
    {"concat elements=100 parts=2 pass=backward", {}},
    {"where out=100 in=200 conditions=100 pass=backward",
     {.input_bytes = 500, .output_bytes = 800}},
    {"pad in=60 out=100 pass=backward", {.input_bytes = 400, .output_bytes = 240}},
    {"cast elements=100 to=f16 pass=backward", {.input_bytes = 200, .output_bytes = 400}},
    {"topk rows=2 length=10 k=3 pass=backward", {.input_bytes = 24 + 48, .output_bytes = 80}},
    // 2 steps x 4 gates x 4 numbers, each of 3 + 4 products, twice. Weights 4 x 4 x 7, two biases.
    {"lstm batch=1 sequence=2 in=3 hidden=4 pass=backward",
     {.macs = 2 * 224,
      .bias_adds = 32,
      .input_bytes = 4 * (8 + 6),
      .output_bytes = 24,
      .weight_bytes = 2 * 4 * 144}},
    // The state's gradient goes back all the same: only the 3 products of the input are saved.
    {"lstm batch=1 sequence=2 in=3 hidden=4 input_grad=0 pass=backward",
     {.macs = 448 - 32 * 3,
      .bias_adds = 32,
      .input_bytes = 4 * (8 + 6),
      .weight_bytes = 2 * 4 * 144}},
};

INSTANTIATE_TEST_SUITE_P(Layers, PassWorkTest, testing::ValuesIn(kCases));

TEST(OptimizerTest, ReadsAndWritesNumbersAndStates) {
  const auto work_of = [](const char* text) { return LayerSpec::Parse(text).CountWork(); };
  const Work plain = work_of("optimizer elements=100 states=0");
  EXPECT_EQ(plain.weight_bytes, 400);
  EXPECT_EQ(plain.input_bytes, 400);  // gradients
  EXPECT_EQ(plain.output_bytes, 400);
  const Work adam = work_of("optimizer elements=100 states=2");
  EXPECT_EQ(adam.input_bytes, 1200);
  EXPECT_EQ(adam.output_bytes, 1200);
  EXPECT_EQ(adam.macs, 0);
  EXPECT_EQ(adam.params, 0);
}

class AnyPassTest : public testing::TestWithParam<const LayerType*> {
 protected:
  const LayerType& type() const { return *GetParam(); }
};

constexpr DType kTypes[] = {DType::kF32, DType::kF16};

TEST_P(AnyPassTest, IsComplete) {
  EXPECT_EQ(FindLayerType(type().name), &type());
  EXPECT_LE(SlotCount(type()), kMaxSlots);
  EXPECT_LE(type().terms.size(), kMaxTerms);
  EXPECT_FALSE(type().terms.empty());
  std::set<std::string_view> names;
  for (const Term& term : type().terms) EXPECT_TRUE(names.insert(term.name).second) << term.name;
}

TEST_P(AnyPassTest, SurvivesItsTextAndHasAsManyProductsAsGradients) {
  std::mt19937 random(7);
  int valid = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto spec = RandomSpec(type(), random, kTypes);
    if (!spec) continue;
    ++valid;
    ASSERT_EQ(LayerSpec::Parse(spec->ToString()), *spec) << spec->ToString();
    ASSERT_EQ(spec->Forward().InPass(type().pass)->Forward(), spec->Forward());
    const Work work = spec->CountWork();
    const std::int64_t macs = spec->Forward().CountWork().macs;
    ASSERT_GE(work.macs, type().pass == LayerPass::kBackward ? macs : 0) << spec->ToString();
    ASSERT_LE(work.macs, 2 * macs) << spec->ToString();
    for (const std::int64_t bytes : {work.input_bytes, work.output_bytes, work.weight_bytes}) {
      ASSERT_GE(bytes, 0) << spec->ToString();
    }
    std::vector<double> amounts(type().terms.size());
    type().amounts(*spec, {.last_level_cache_bytes = 1e6}, amounts);
    for (const double amount : amounts) ASSERT_TRUE(amount >= 0) << spec->ToString();
  }
  EXPECT_GT(valid, 50);
}

std::vector<const LayerType*> OtherPasses() {
  const auto all = AllLayerTypes();
  return {all.begin() + static_cast<std::ptrdiff_t>(LayerCatalog().size()), all.end()};
}

INSTANTIATE_TEST_SUITE_P(Layers, AnyPassTest, testing::ValuesIn(OtherPasses()),
                         [](const auto& type) {
                           return std::string(type.param->forward->name) + "_" +
                                  std::string(Name(type.param->pass));
                         });

}  // namespace
}  // namespace joulecast
