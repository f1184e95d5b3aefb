// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "joulecast/error.h"
#include "joulecast/layer.h"

namespace joulecast {
namespace {

TEST(LayerSpecTest, ReadsItsOwnText) {
  const std::string text =
      "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1 groups=1 dtype=f32";
  EXPECT_EQ(LayerSpec::Parse(text).ToString(), text);
}

TEST(LayerSpecTest, EqualSpecsHaveEqualText) {
  const LayerSpec spec = LayerSpec::Parse(
      "conv2d padding=1x1 stride=1x1 in=64 kernel=3 out=128 image=56 batch=8 dilation=1");
  EXPECT_EQ(spec.ToString(),
            "conv2d batch=8 in=64 out=128 image=56x56 kernel=3x3 stride=1 padding=1 groups=1 "
            "dtype=f32");
}

TEST(LayerSpecTest, KeepsUnequalSides) {
  const std::string text =
      "conv2d batch=1 in=8 out=8 image=7x9 kernel=3x1 stride=2x1 padding=0x0x1x1 dilation=1x2 "
      "groups=8 bias=0 dtype=f16";
  EXPECT_EQ(LayerSpec::Parse(text).ToString(), text);
}

struct BadSpec {
  const char* text;
  const char* says;
};

class BadLayerSpecTest : public testing::TestWithParam<BadSpec> {};

TEST_P(BadLayerSpecTest, SaysWhatIsWrong) {
  try {
    LayerSpec::Parse(GetParam().text);
    FAIL() << "accepted " << GetParam().text;
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    EXPECT_NE(std::string(error.what()).find(GetParam().says), std::string::npos) << error.what();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, BadLayerSpecTest,
    testing::Values(BadSpec{"", "empty"}, BadSpec{"convv2d batch=1", "did you mean 'conv2d'"},
                    BadSpec{"relu batch=1 elements=3 colour=2", "no parameter 'colour'"},
                    BadSpec{"relu batch=1", "'elements' is missing"},
                    BadSpec{"relu batch=0 elements=3", "batch=0 is outside"},
                    BadSpec{"relu batch=1 batch=2 elements=3", "given twice"},
                    BadSpec{"relu batch=1 elements", "not of the form"},
                    BadSpec{"relu batch=9999999999999999999999 elements=3", "not a number"},
                    BadSpec{"relu batch=1 elements=3 dtype=f31", "element type"},
                    BadSpec{"relu batch=1099511627776 elements=1099511627776", "absurd size"},
                    BadSpec{"conv2d batch=1 in=3 out=8 image=4 kernel=7", "does not fit"},
                    BadSpec{"conv2d batch=1 in=3 out=8 image=8 kernel=3 groups=2", "divide"}));

}  // namespace
}  // namespace joulecast
