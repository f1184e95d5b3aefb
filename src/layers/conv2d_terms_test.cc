// SPDX-License-Identifier: Apache-2.0
// Physical terms of convolutions, worked by hand for 16-lane vectors, 32 registers, 32 KiB of L1,
// 1 MiB of L2 and 19.25 MiB of last-level cache.
#include <gtest/gtest.h>

#include "layers/test_terms.h"

namespace joulecast {
namespace {

DeviceTraits Traits() {
  return {.vector_block = 16,
          .vector_registers = 32,
          .l1_bytes = 32 * 1024,
          .l2_bytes = 1024 * 1024,
          .last_level_cache_bytes = 19.25 * 1024 * 1024};
}

TEST(Conv2dTermsTest, DirectPath) {
  // A 3x3 kernel with padding 1 on 56 pixels: 3 taps at 54 positions and 2 at either edge, 166
  // along an axis. 128 and 256 channels fill their blocks of 16.
  const Amounts amounts = AmountsOf(
      "conv2d batch=32 in=128 out=256 image=56x56 kernel=3x3 stride=1 padding=1", Traits());
  // 32 x 166 x 166 x 128 x 256
  EXPECT_NEAR(amounts.at("macs"), 28.894560256, 1e-12);
  EXPECT_EQ(amounts.at("macs_strided"), 0);
  // 32 x 128 x 56 x 56 x 4 bytes = 51,380,224, and twice that out.
  EXPECT_NEAR(amounts.at("input"), 0.051380224, 1e-15);
  EXPECT_NEAR(amounts.at("output_small"), 0.102760448, 1e-15);
  // 16 blocks of output channels. Three kernel columns on 56 outputs do not embed broadcasts, so
  // 4 blocks go per pass (the largest divisor of 16 that is at most 5): 4 passes over the input.
  // One image is 1,605,632 bytes: beyond L2, within the last level.
  EXPECT_NEAR(amounts.at("input_again_from_llc"), 4 * 0.051380224, 1e-15);
  EXPECT_EQ(amounts.at("input_again_from_l2"), 0);
  EXPECT_EQ(amounts.at("input_again_from_memory"), 0);
  // 128 x 256 x 9 x 4 bytes = 1,179,648: more than half of L2, so each image brings them again,
  // once per 56 rows: 32 x 1,179,648 / 56 = 674,084.57 bytes.
  EXPECT_NEAR(amounts.at("weights"), 0.001179648, 1e-15);
  EXPECT_NEAR(amounts.at("weights_again_per_image"), 32 * 0.001179648 / 56, 1e-15);
  EXPECT_EQ(amounts.at("call"), 1);
}

TEST(Conv2dTermsTest, FirstLayerOfFewChannels) {
  // 11 taps with stride 4 and padding 2 on 224 pixels: 55 positions; the first begins at -2 and
  // sees 9, the last at 214 and sees 10, 53 see all 11: 602.
  const Amounts amounts = AmountsOf(
      "conv2d batch=66 in=3 out=64 image=224x224 kernel=11x11 stride=4 padding=2", Traits());
  // Three input channels are not padded: 66 x 602 x 602 x 3 x 64.
  EXPECT_NEAR(amounts.at("macs"), 4.592383488, 1e-12);
  // The path reads its input with the arithmetic.
  EXPECT_EQ(amounts.at("input"), 0);
  EXPECT_EQ(amounts.at("input_again_from_l2"), 0);
  // 66 x 64 x 55 x 55 x 4 bytes; 3 x 64 x 121 x 4 bytes of weights stay in L2.
  EXPECT_NEAR(amounts.at("output_small"), 0.0511104, 1e-15);
  EXPECT_NEAR(amounts.at("weights"), 0.000092928, 1e-15);
  EXPECT_EQ(amounts.at("weights_again_per_image"), 0);
}

TEST(Conv2dTermsTest, ChannelsThatDoNotFillBlocksAreMovedOneByOne) {
  // 2 x 24 x 10 x 10 x 4 bytes in and 2 x 64 x 10 x 10 x 4 out; 24 is no multiple of 16, 64 is.
  const Amounts ragged_in =
      AmountsOf("conv2d batch=2 in=24 out=64 image=10x10 kernel=1x1", Traits());
  EXPECT_NEAR(ragged_in.at("input"), 0.0000192, 1e-15);
  EXPECT_NEAR(ragged_in.at("input_ragged"), 0.0000192, 1e-15);
  EXPECT_EQ(ragged_in.at("output_ragged"), 0);
  const Amounts ragged_out =
      AmountsOf("conv2d batch=2 in=64 out=24 image=10x10 kernel=1x1", Traits());
  EXPECT_EQ(ragged_out.at("input_ragged"), 0);
  EXPECT_NEAR(ragged_out.at("output_ragged"), 0.0000192, 1e-15);
  // Groups of a depthwise convolution are what fills blocks: 24 do not, 64 do.
  const Amounts few =
      AmountsOf("conv2d batch=2 in=24 out=24 image=10x10 kernel=3x3 padding=1 groups=24", Traits());
  EXPECT_NEAR(few.at("input_ragged"), 0.0000192, 1e-15);
  EXPECT_NEAR(few.at("output_ragged"), 0.0000192, 1e-15);
  const Amounts full =
      AmountsOf("conv2d batch=2 in=64 out=64 image=10x10 kernel=3x3 padding=1 groups=64", Traits());
  EXPECT_EQ(full.at("input_ragged"), 0);
  EXPECT_EQ(full.at("output_ragged"), 0);
  // Few channels are not brought into blocks: only the result is, here 2 x 24 x 10 x 10 x 4 bytes.
  const Amounts first = AmountsOf("conv2d batch=2 in=3 out=24 image=10x10 kernel=1x1", Traits());
  EXPECT_EQ(first.at("input_ragged"), 0);
  EXPECT_NEAR(first.at("output_ragged"), 0.0000192, 1e-15);
}

TEST(Conv2dTermsTest, ChannelsBeyondTheReachOfOffsetsAreMovedOneByOneToo) {
  DeviceTraits traits = Traits();
  traits.huge_buffer_bytes = 60'000;
  // 2 x 64 x 10 x 10 x 4 = 51,200 bytes in and 2 x 128 x 10 x 10 x 4 = 102,400 out.
  const Amounts amounts = AmountsOf("conv2d batch=2 in=64 out=128 image=10x10 kernel=1x1", traits);
  EXPECT_EQ(amounts.at("input_ragged"), 0);
  EXPECT_NEAR(amounts.at("output_ragged"), 0.0001024, 1e-15);
}

TEST(Conv2dTermsTest, OneByOne) {
  const Amounts amounts =
      AmountsOf("conv2d batch=8 in=512 out=128 image=14x14 kernel=1x1", Traits());
  // 8 x 14 x 14 x 512 x 128
  EXPECT_NEAR(amounts.at("macs"), 0.102760448, 1e-12);
  // Its stride is its kernel, but only direct kernels stumble over that.
  EXPECT_EQ(amounts.at("macs_strided"), 0);
  // 8 blocks of output channels, 4 at a time: 2 passes over 8 x 512 x 14 x 14 x 4 = 3,211,264
  // bytes. Rows of 14 outputs put output channels outermost: the whole input comes again, which
  // is more than L2.
  EXPECT_NEAR(amounts.at("input"), 0.003211264, 1e-15);
  EXPECT_NEAR(amounts.at("input_again_from_llc"), 2 * 0.003211264, 1e-15);
  // Half the weights (131,072 bytes) and one image (401,408) are just above half of L2 (524,288):
  // 8 x 262,144 / 14 bytes again.
  EXPECT_NEAR(amounts.at("weights_again_per_image"), 8 * 0.000262144 / 14, 1e-15);
}

TEST(Conv2dTermsTest, ExplicitMatrixProduct) {
  // More padding than kernel: no direct kernel. 30 + 6 - 2 + 1 = 35 positions, 1225 pixels.
  const Amounts amounts =
      AmountsOf("conv2d batch=4 in=40 out=50 image=30x30 kernel=2x2 padding=3", Traits());
  // Pixels to 1232 (by 16), channels to 56 (by 8): 4 x 1232 x 40 x 4 x 56.
  EXPECT_NEAR(amounts.at("macs"), 0.04415488, 1e-12);
  // Columns: 4 x 1225 x 4 taps x 40 channels x 4 bytes; input 4 x 40 x 900 x 4 bytes.
  EXPECT_NEAR(amounts.at("input_copied_to_columns"), 0.003136, 1e-15);
  EXPECT_NEAR(amounts.at("input_for_gemm"), 0.000576, 1e-15);
  EXPECT_EQ(amounts.at("input"), 0);
  EXPECT_NEAR(amounts.at("output_small"), 0.00098, 1e-15);  // 4 x 50 x 1225 x 4 bytes
}

TEST(Conv2dTermsTest, StridesThatSkipNothingTwice) {
  // Kernel 2, stride 2: no tap is shared. 16 x 28 x 28 x 4 taps x 64 x 64 MACs.
  const Amounts amounts =
      AmountsOf("conv2d batch=16 in=64 out=64 image=56x56 kernel=2x2 stride=2", Traits());
  EXPECT_NEAR(amounts.at("macs"), 0.205520896, 1e-12);
  EXPECT_EQ(amounts.at("macs_strided"), amounts.at("macs"));
}

TEST(Conv2dTermsTest, DepthwiseFillsVectorsWithGroups) {
  // 40 groups take three vectors of 16: 48. 6 positions see 3 taps and two see 2: 22 along an axis.
  const Amounts amounts =
      AmountsOf("conv2d batch=2 in=40 out=40 image=8x8 kernel=3x3 padding=1 groups=40", Traits());
  EXPECT_NEAR(amounts.at("macs"), 2 * 48 * 22 * 22e-9, 1e-15);
  EXPECT_NEAR(amounts.at("weights"), 40 * 9 * 4e-9, 1e-18);
  // Its input costs what any input costs, and comes once: 2 x 40 x 8 x 8 x 4 bytes.
  EXPECT_NEAR(amounts.at("input"), 20480e-9, 1e-15);
  EXPECT_NEAR(amounts.at("output_small"), 20480e-9, 1e-15);
  EXPECT_EQ(amounts.at("input_again_from_l2"), 0);
  EXPECT_EQ(amounts.at("input_copied_to_columns"), 0);
}

TEST(Conv2dTermsTest, GroupsOfWholeVectorsRunDirectly) {
  // 2 groups of 32 channels: 2 x 22 x 22 taps x 2 x 32 x 32. Outputs of 8 pixels put channels
  // outermost; 2 blocks at a time, as 3 kernel columns on 8 outputs fit L1, are 1 pass.
  const Amounts amounts =
      AmountsOf("conv2d batch=2 in=64 out=64 image=8x8 kernel=3x3 padding=1 groups=2", Traits());
  EXPECT_NEAR(amounts.at("macs"), 2 * 22 * 22 * 2048e-9, 1e-15);
  EXPECT_NEAR(amounts.at("input"), 2 * 64 * 64 * 4e-9, 1e-15);
  EXPECT_NEAR(amounts.at("input_again_from_l2"), 2 * 64 * 64 * 4e-9, 1e-15);
}

TEST(Conv2dTermsTest, GroupsOfRaggedChannelsAreMatrixProducts) {
  // 4 channels cannot be padded to a vector between other groups' channels. 8 x 8 pixels are 4
  // blocks of 16; 4 channels out count as 8: 32 groups x 64 x 36 x 8.
  const Amounts amounts =
      AmountsOf("conv2d batch=1 in=128 out=128 image=8x8 kernel=3x3 padding=1 groups=32", Traits());
  EXPECT_NEAR(amounts.at("macs"), 32 * 64 * 36 * 8e-9, 1e-15);
  EXPECT_NEAR(amounts.at("input_copied_to_columns"), 64 * 9 * 128 * 4e-9, 1e-15);
  EXPECT_NEAR(amounts.at("input_for_gemm"), 128 * 64 * 4e-9, 1e-15);
}

TEST(Conv2dTermsTest, LargeBuffersAreFreshPages) {
  DeviceTraits traits = Traits();
  traits.large_buffer_bytes = 102'760'447;  // one byte less than the output has
  const char* const spec =
      "conv2d batch=32 in=128 out=256 image=56x56 kernel=3x3 stride=1 padding=1";
  const Amounts above = AmountsOf(spec, traits);
  EXPECT_EQ(above.at("output_small"), 0);
  EXPECT_NEAR(above.at("output_large"), 0.102760448, 1e-15);
  EXPECT_NEAR(above.at("output_blocked_large"), 0.102760448, 1e-15);
  EXPECT_EQ(above.at("input_large"), 0);
  traits.large_buffer_bytes = 102'760'448;
  const Amounts below = AmountsOf(spec, traits);
  EXPECT_EQ(below.at("output_large"), 0);
  EXPECT_NEAR(below.at("output_small"), 0.102760448, 1e-15);
}

TEST(Conv2dTermsTest, TilesOfAGpu) {
  DeviceTraits traits = Traits();
  traits.tile_pixels = 128;
  traits.tile_channels = 64;
  // 2 x 10 x 10 = 200 pixels in 2 tiles of 128, 70 channels in 2 tiles of 64; 9 taps x 8 channels.
  const Amounts amounts =
      AmountsOf("conv2d batch=2 in=8 out=70 image=10x10 kernel=3x3 padding=1", traits);
  EXPECT_NEAR(amounts.at("macs"), 200 * 70 * 72e-9, 1e-15);
  EXPECT_NEAR(amounts.at("macs_tiled"), 256 * 128 * 72e-9, 1e-15);
  EXPECT_NEAR(amounts.at("macs_in_series"), 72e-9, 1e-18);
  EXPECT_NEAR(amounts.at("input_copied_to_columns"), 200 * 72 * 4e-9, 1e-15);
}

TEST(Conv2dTermsTest, HalfATileIsNoGpu) {
  DeviceTraits traits = Traits();
  traits.tile_pixels = 128;  // without channels
  const Amounts amounts =
      AmountsOf("conv2d batch=2 in=16 out=16 image=10x10 kernel=3x3 padding=1", traits);
  EXPECT_EQ(amounts.at("macs_tiled"), 0);
  // 8 x 3 + 2 x 2 = 28 taps along an axis.
  EXPECT_NEAR(amounts.at("macs"), 2 * 28 * 28 * 256e-9, 1e-15);
}

}  // namespace
}  // namespace joulecast
