// SPDX-License-Identifier: Apache-2.0
// Convolutions of other ranks, transposed ones, and those in integers: read, counted, related.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

Work WorkOf(const char* text) { return LayerSpec::Parse(text).CountWork(); }

std::string RelativeOf(const char* text) {
  const LayerSpec spec = LayerSpec::Parse(text);
  const auto relative = spec.type().relative(spec);
  if (!relative) return "none";
  EXPECT_EQ(relative->CountWork().macs, spec.CountWork().macs);
  return LayerSpec::Parse(relative->ToString()).ToString();  // it is valid, too
}

TEST(ConvTest, OneAndThreeAxes) {
  // (9 + 1 + 2 - 3) / 2 + 1 = 5
  EXPECT_EQ(Lower("Conv", {Data({2, 4, 9}), Stored({6, 2, 3}), Stored({6})},
                  {{"group", std::int64_t{2}}, {"strides", Ints{2}}, {"pads", Ints{1, 2}}}),
            (Result{"conv1d batch=2 in=4 out=6 length=9 kernel=3 stride=2 padding=1x2 groups=2 "
                    "dtype=f32",
                    "2x6x5"}));
  // Depth 4 - 2 + 1 = 3; height (5 + 2 - 3) / 2 + 1 = 3; width reach 2 * 2 + 1 = 5 on 6: 2.
  EXPECT_EQ(Lower("Conv", {Data({1, 2, 4, 5, 6}), Stored({3, 2, 2, 3, 3})},
                  {{"strides", Ints{1, 2, 1}},
                   {"pads", Ints{0, 1, 0, 0, 1, 0}},
                   {"dilations", Ints{1, 1, 2}}}),
            (Result{"conv3d batch=1 in=2 out=3 volume=4x5x6 kernel=2x3x3 stride=1x2x1 "
                    "padding=0x1x0 dilation=1x1x2 groups=1 bias=0 dtype=f32",
                    "1x3x3x3x2"}));
  EXPECT_THAT(Complaint("Conv", {Data({2, 4, 9}), Stored({6, 4, 3, 3})}), HasSubstr("do not fit"));
  EXPECT_EQ(Lower("Conv", {Data({1, 1, 2, 2, 2, 2}), Stored({1, 1, 1, 1, 1, 1})}).spec, "unknown");
}

TEST(ConvTest, CountsOfOneAndThreeAxes) {
  // 2 x 6 x 5 = 60 results of 2 x 3 MACs; 6 x 2 x 3 weights and 6 biases.
  const Work one =
      WorkOf("conv1d batch=2 in=4 out=6 length=9 kernel=3 stride=2 padding=1x2 groups=2");
  EXPECT_EQ(one.macs, 360);
  EXPECT_EQ(one.bias_adds, 60);
  EXPECT_EQ(one.params, 42);
  EXPECT_EQ(one.input_bytes, 2 * 4 * 9 * 4);
  EXPECT_EQ(one.output_bytes, 240);
  EXPECT_EQ(one.weight_bytes, 168);
  // 3 x 3 x 3 x 2 = 54 results of 2 x 18 MACs.
  const Work three = WorkOf(
      "conv3d batch=1 in=2 out=3 volume=4x5x6 kernel=2x3x3 stride=1x2x1 padding=0x1x0 "
      "dilation=1x1x2 bias=0 dtype=f16");
  EXPECT_EQ(three.macs, 54 * 36);
  EXPECT_EQ(three.params, 108);
  EXPECT_EQ(three.input_bytes, 240 * 2);
  EXPECT_EQ(three.output_bytes, 108);
}

// The example of https://onnx.ai/onnx/operators/onnx__ConvTranspose.html: 3x3 to 5x5, to 7x3 with
// strides 3x2 and pads 1,2,1,2, to 10x8 with output_padding 1x1.
TEST(ConvTest, TransposedAsInOnnxsExamples) {
  const std::vector<TensorInfo> tensors = {Data({1, 1, 3, 3}), Stored({1, 2, 3, 3})};
  EXPECT_EQ(Lower("ConvTranspose", tensors).shape, "1x2x5x5");
  EXPECT_EQ(Lower("ConvTranspose", tensors, {{"strides", Ints{3, 2}}, {"pads", Ints{1, 2, 1, 2}}}),
            (Result{"convtranspose2d batch=1 in=1 out=2 image=3x3 kernel=3x3 stride=3x2 "
                    "padding=1x2 groups=1 bias=0 dtype=f32",
                    "1x2x7x3"}));
  EXPECT_EQ(
      Lower("ConvTranspose", tensors, {{"strides", Ints{3, 2}}, {"output_padding", Ints{1, 1}}}),
      (Result{"convtranspose2d batch=1 in=1 out=2 image=3x3 kernel=3x3 stride=3x2 padding=0 "
              "output_padding=1 groups=1 bias=0 dtype=f32",
              "1x2x10x8"}));
  EXPECT_EQ(
      Lower("ConvTranspose", tensors, {{"strides", Ints{3, 2}}, {"output_shape", Ints{10, 8}}})
          .shape,
      "1x2x10x8");
  EXPECT_EQ(Lower("ConvTranspose", tensors, {{"strides", Ints{2, 2}}, {"auto_pad", "SAME_UPPER"}}),
            // 2 x 2 + 3 = 7 cropped to 6: the odd line goes from the end.
            (Result{"convtranspose2d batch=1 in=1 out=2 image=3x3 kernel=3x3 stride=2 "
                    "padding=0x0x1x1 groups=1 bias=0 dtype=f32",
                    "1x2x6x6"}));
  EXPECT_EQ(Lower("ConvTranspose", {Data({1, 1, 3}), Stored({1, 2, 3})}).shape, "1x2x5");
  EXPECT_EQ(Lower("ConvTranspose", {Data({1, 1, 3, 4, 5}), Stored({1, 2, 3, 3, 3})}).shape,
            "1x2x5x6x7");
  EXPECT_THAT(Complaint("ConvTranspose", tensors, {{"pads", Ints{3, 3, 3, 3}}}),
              HasSubstr("crops all"));
  EXPECT_THAT(Complaint("ConvTranspose", {Data({1, 1, 3, 3}), Stored({2, 2, 3, 3})}),
              HasSubstr("do not fit"));
}

TEST(ConvTest, TransposedCountsEachInputTimesEachTap) {
  // 2 x 4 x 3 x 5 inputs meet 6 / 2 channels of 4 taps; 4 x 3 x 4 weights and 6 biases;
  // 2 (3 - 1) + 2 = 6 by 2 (5 - 1) + 2 = 10 results.
  const Work work =
      WorkOf("convtranspose2d batch=2 in=4 out=6 image=3x5 kernel=2x2 stride=2 groups=2");
  EXPECT_EQ(work.macs, 120 * 12);
  EXPECT_EQ(work.bias_adds, 2 * 6 * 60);
  EXPECT_EQ(work.params, 54);
  EXPECT_EQ(work.input_bytes, 480);
  EXPECT_EQ(work.output_bytes, 2880);
}

TEST(ConvTest, RelativesHaveTheSameMacs) {
  EXPECT_EQ(RelativeOf("conv1d batch=2 in=4 out=6 length=9 kernel=3 stride=2 padding=1x2 groups=2"),
            "conv2d batch=2 in=4 out=6 image=1x9 kernel=1x3 stride=1x2 padding=0x1x0x2 groups=2 "
            "dtype=f32");
  EXPECT_EQ(RelativeOf("conv3d batch=2 in=2 out=3 volume=4x5x6 kernel=2x3x3 padding=1x0x1"),
            "conv2d batch=10 in=4 out=3 image=5x6 kernel=3x3 stride=1 padding=0x1 groups=1 "
            "dtype=f32");
  EXPECT_EQ(RelativeOf("convtranspose2d batch=2 in=4 out=6 image=3x5 kernel=2x2 stride=2 groups=2"),
            "conv2d batch=2 in=6 out=4 image=6x10 kernel=2x2 stride=2 padding=0 groups=2 bias=0 "
            "dtype=f32");
  EXPECT_EQ(RelativeOf("convtranspose1d batch=1 in=4 out=6 length=5 kernel=4 stride=2 padding=1"),
            "conv2d batch=1 in=6 out=4 image=1x10 kernel=1x4 stride=1x2 padding=0x1 groups=1 "
            "bias=0 dtype=f32");
  // Two more lines than the stride reaches: the way back would see 4 positions, not 3.
  EXPECT_EQ(RelativeOf("convtranspose2d batch=1 in=1 out=1 image=3x3 kernel=2x2 stride=2 "
                       "dilation=3 output_padding=2"),
            "none");
}

TEST(ConvTest, OneAxisHasTheTermsOfItsConv2d) {
  const DeviceTraits traits;
  EXPECT_EQ(AmountsOf("conv1d batch=2 in=32 out=64 length=50 kernel=3 padding=1", traits),
            AmountsOf("conv2d batch=2 in=32 out=64 image=1x50 kernel=1x3 padding=0x1", traits));
}

TEST(ConvTest, IntegersAndFusedActivations) {
  const TensorInfo scale = Stored({});
  const TensorInfo zero = Stored({}, DType::kU8);
  const auto linear =
      LowerWhole("QLinearConv", {Data({1, 3, 8, 8}, DType::kU8), scale, zero,
                                 Stored({4, 3, 3, 3}, DType::kI8), scale, Stored({}, DType::kI8),
                                 scale, Stored({}, DType::kI8), Stored({4}, DType::kI32)});
  ASSERT_TRUE(linear);
  EXPECT_EQ(linear->spec.ToString(),
            "conv2d batch=1 in=3 out=4 image=8x8 kernel=3x3 stride=1 padding=0 groups=1 dtype=i8");
  EXPECT_EQ(linear->outputs[0].dtype, DType::kI8);  // the type of its zero point
  EXPECT_EQ(ToString(linear->outputs[0].shape), "1x4x6x6");
  const auto sums = LowerWhole(
      "ConvInteger", {Data({1, 3, 8, 8}, DType::kU8), Stored({4, 3, 3, 3}, DType::kI8), zero});
  ASSERT_TRUE(sums);
  EXPECT_THAT(sums->spec.ToString(), HasSubstr("bias=0 dtype=i8"));
  EXPECT_EQ(sums->outputs[0].dtype, DType::kI32);
  EXPECT_EQ(Lower("com.microsoft::FusedConv",
                  {Data({1, 3, 8, 8}), Stored({4, 3, 3, 3}), Stored({4})}, {{"activation", "Relu"}})
                .shape,
            "1x4x6x6");
  EXPECT_EQ(Lower("FusedConv", {Data({1, 3, 8, 8}), Stored({4, 3, 3, 3})}).spec, "unknown")
      << "an operator of another domain";
}

}  // namespace
}  // namespace joulecast
