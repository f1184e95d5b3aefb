// SPDX-License-Identifier: Apache-2.0
// Shapes, MACs, parameters and bytes of single layers, worked by hand.
#include <gtest/gtest.h>

#include "joulecast/layer.h"

namespace joulecast {
namespace {

struct WorkCase {
  const char* spec;
  Shape output;
  Work work;
};

class WorkTest : public testing::TestWithParam<WorkCase> {};

TEST_P(WorkTest, CountsAsByHand) {
  const LayerSpec spec = LayerSpec::Parse(GetParam().spec);
  const Work work = spec.CountWork();
  const Work& expected = GetParam().work;
  EXPECT_EQ(ToString(spec.OutputShape()), ToString(GetParam().output));
  EXPECT_EQ(work.macs, expected.macs);
  EXPECT_EQ(work.bias_adds, expected.bias_adds);
  EXPECT_EQ(work.params, expected.params);
  EXPECT_EQ(work.input_bytes, expected.input_bytes);
  EXPECT_EQ(work.output_bytes, expected.output_bytes);
  EXPECT_EQ(work.weight_bytes, expected.weight_bytes);
}

const WorkCase kProducts[] = {
    // Rows (5 + 2 - 3) / 2 + 1 = 3, columns 7 - 2 + 1 = 6: 2 * 6 * 18 = 216 results of 2 * 3 * 2.
    {"conv2d batch=2 in=4 out=6 image=5x7 kernel=3x2 stride=2x1 padding=1x0 groups=2",
     {2, 6, 3, 6},
     {.macs = 2592,
      .bias_adds = 216,
      .params = 78,
      .input_bytes = 1120,
      .output_bytes = 864,
      .weight_bytes = 312}},
    // Reach 2 * 2 + 1 = 5 on 6 pixels: 2 positions; no bias; half precision.
    {"conv2d batch=1 in=1 out=1 image=6 kernel=3 dilation=2 bias=0 dtype=f16",
     {1, 1, 2, 2},
     {.macs = 36, .params = 9, .input_bytes = 72, .output_bytes = 8, .weight_bytes = 18}},
    {"linear batch=3 in=5 out=7",
     {3, 7},
     {.macs = 105,
      .bias_adds = 21,
      .params = 42,
      .input_bytes = 60,
      .output_bytes = 84,
      .weight_bytes = 168}},
    {"matmul batch=2 m=3 k=4 n=5",
     {2, 3, 5},
     {.macs = 120, .input_bytes = 2 * (12 + 20) * 4, .output_bytes = 120}},
    {"matmul batch=2 m=3 k=4 n=5 bias=1",
     {2, 3, 5},
     {.macs = 120, .bias_adds = 30, .input_bytes = (2 * (12 + 20) + 5) * 4, .output_bytes = 120}},
    {"matmul batch=2 m=3 k=4 n=5 weights=40",
     {2, 3, 5},
     {.macs = 120, .params = 40, .input_bytes = 96, .output_bytes = 120, .weight_bytes = 160}},
};

const WorkCase kOthers[] = {
    {"maxpool2d batch=2 channels=3 image=6x7 kernel=3 stride=2",
     {2, 3, 2, 3},
     {.input_bytes = 1008, .output_bytes = 144}},
    {"maxpool2d batch=2 channels=3 image=6x7 kernel=3 stride=2 ceil=1",
     {2, 3, 3, 3},
     {.input_bytes = 1008, .output_bytes = 216}},
    {"avgpool2d batch=1 channels=2 image=4 kernel=2 stride=2 padding=1 include_pad=0",
     {1, 2, 3, 3},
     {.input_bytes = 128, .output_bytes = 72}},
    {"adaptiveavgpool2d batch=2 channels=3 image=5x4 output=1x1",
     {2, 3, 1, 1},
     {.input_bytes = 480, .output_bytes = 24}},
    {"relu batch=2 elements=10 inplace=1", {2, 10}, {.input_bytes = 80, .output_bytes = 80}},
    {"relu6 batch=2 elements=10 inplace=1", {2, 10}, {.input_bytes = 80, .output_bytes = 80}},
    {"sigmoid batch=2 elements=10", {2, 10}, {.input_bytes = 80, .output_bytes = 80}},
    {"tanh batch=2 elements=10 dtype=f64", {2, 10}, {.input_bytes = 160, .output_bytes = 160}},
    {"softmax batch=2 length=10 inner=3", {2, 10, 3}, {.input_bytes = 240, .output_bytes = 240}},
    {"batchnorm2d batch=2 channels=3 image=4x5",
     {2, 3, 4, 5},
     {.params = 6, .input_bytes = 480, .output_bytes = 480, .weight_bytes = 48}},
    {"lrn batch=2 channels=3 image=4x5 size=5",
     {2, 3, 4, 5},
     {.input_bytes = 480, .output_bytes = 480}},
    {"add out=24 in=48", {24}, {.input_bytes = 192, .output_bytes = 96}},
    {"mul out=24 in=27 weights=3",
     {24},
     {.params = 3, .input_bytes = 96, .output_bytes = 96, .weight_bytes = 12}},
    {"concat elements=24 parts=3", {24}, {.input_bytes = 96, .output_bytes = 96}},
    {"pad in=24 out=48", {48}, {.input_bytes = 96, .output_bytes = 192}},
    {"reshape elements=24", {24}, {}},
    {"transpose elements=24", {24}, {}},
    {"dropout elements=24", {24}, {}},
};

INSTANTIATE_TEST_SUITE_P(Products, WorkTest, testing::ValuesIn(kProducts));
INSTANTIATE_TEST_SUITE_P(Others, WorkTest, testing::ValuesIn(kOthers));

TEST(WorkTest, HalfBytesRoundUp) {
  EXPECT_EQ(LayerSpec::Parse("relu batch=1 elements=3 dtype=i4").CountWork().input_bytes, 2);
}

}  // namespace
}  // namespace joulecast
