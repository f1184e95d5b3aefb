// SPDX-License-Identifier: Apache-2.0
// Sizes that no network has, and that a file may still hold: found by fuzzing and by reading.
#include <gmock/gmock.h>

#include "layers/test_nodes.h"
#include "layers/test_terms.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

constexpr std::int64_t kHuge = std::int64_t{1} << 62;

/// Each would take minutes to hours if its windows, taps or experts were gone through one by one.
TEST(AbsurdLayerTest, WindowsAreNotGoneThroughOneByOne) {
  EXPECT_DOUBLE_EQ(
      AmountsOf("maxpool2d batch=1 channels=1 image=1x1000000000000 kernel=1x1 stride=1", {})
          .at("taps"),
      1e-9 * 1e12);
  // The shares of an image of n pixels among n - 1 windows: each but for the first and the last
  // cuts a pixel at either end, 2 n - 2 in all.
  EXPECT_DOUBLE_EQ(
      AmountsOf("adaptiveavgpool2d batch=1 channels=1 image=1x1000000000000 output=1x999999999999",
                {})
          .at("taps"),
      1e-9 * (2e12 - 2));
  EXPECT_NO_THROW(
      AmountsOf("conv2d batch=1 in=1 out=1 image=1x1000000000 kernel=1x999999999 padding=0", {}));
}

TEST(AbsurdLayerTest, ExpertsAreNotTriedOneByOne) {
  const LayerSpec spec =
      LayerSpec::Parse("expertlinear tokens=999999999989 active=1 experts=1000000000 in=1 out=1");
  const auto relative = spec.type().relative(spec);
  ASSERT_TRUE(relative);
  EXPECT_EQ(relative->CountWork().macs, 999'999'999'989);
}

TEST(AbsurdLayerTest, PaddingWiderThanAnyWindowIsRefused) {
  EXPECT_THROW(LayerSpec::Parse("maxpool2d batch=1 channels=1 image=8x8 kernel=3x3 padding=100000"),
               Error);
  EXPECT_THROW(LayerSpec::Parse("conv2d batch=1 in=1 out=1 image=8x8 kernel=3x3 padding=10000000"),
               Error);
}

TEST(AbsurdNodeTest, AttributesThatOverflowAreRefused) {
  const TensorInfo image = Data({1, 4, 8, 8});
  const Attributes same = {{"auto_pad", std::string("SAME_UPPER")}};
  const auto window = [&](const char* name, std::int64_t number) {
    Attributes attributes = same;
    attributes.emplace_back("kernel_shape", Ints{3, 3});
    attributes.emplace_back(name, Ints{number, number});
    return Complaint("MaxPool", {image}, attributes);
  };
  EXPECT_THAT(window("strides", kHuge), HasSubstr("no more than can be counted"));
  EXPECT_THAT(window("dilations", kHuge), HasSubstr("no more than can be counted"));
  EXPECT_THAT(Complaint("SpaceToDepth", {Data({1, std::int64_t{1} << 50, 0, 0})},
                        {{"blocksize", std::int64_t{1023}}}),
              HasSubstr("absurd"));
  EXPECT_THAT(Complaint("OneHot", {Data({2}),
                                   {.dtype = DType::kF32,
                                    .is_constant = true,
                                    .constant = Constant{.dtype = DType::kF32, .floats = {1e300}}},
                                   Data({2})}),
              HasSubstr("depth is absurd"));
  EXPECT_THAT(Complaint("Resize", {image, Absent(), Absent(), Numbers({1, 4, kHuge, kHuge})},
                        {{"keep_aspect_ratio_policy", std::string("not_smaller")}}),
              HasSubstr("absurd"));
}

}  // namespace
}  // namespace joulecast
