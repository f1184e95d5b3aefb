// SPDX-License-Identifier: Apache-2.0
#include "dataset/formats/getzner2023_layers.h"

#include <gmock/gmock.h>

namespace joulecast {
namespace {

using testing::Pair;
using testing::UnorderedElementsAre;

TEST(GetznerLayerTest, APoolInTheirWords) {
  const auto layer = AsGetznerLayer(
      LayerSpec::Parse("maxpool2d batch=2 channels=64 image=55x55 kernel=3x3 stride=2"));
  ASSERT_TRUE(layer);
  EXPECT_EQ(layer->module, "MaxPool2d");
  EXPECT_EQ(layer->macs, 9 * 27 * 27 * 64);  // 3 x 3 taps, 27 x 27 windows, 2 samples, halved
  EXPECT_THAT(layer->params, UnorderedElementsAre(Pair("batch_size", 2), Pair("in_channels", 64),
                                                  Pair("image_size", 55), Pair("kernel_size", 3),
                                                  Pair("stride", 2), Pair("padding", 0)));
}

TEST(GetznerLayerTest, WhatTheirParametersCannotSayHasNone) {
  for (const char* text :
       {"conv2d batch=1 in=4 out=4 image=8x9 kernel=3x3",
        "conv2d batch=1 in=4 out=4 image=8x8 kernel=3x3 groups=4",
        "conv2d batch=1 in=4 out=4 image=8x8 kernel=3x3 dilation=2",
        "maxpool2d batch=1 channels=4 image=8x8 kernel=2x2 stride=2 padding=0x0x1x1",
        "softmax batch=1 length=4 inner=2"}) {
    const auto layer = AsGetznerLayer(LayerSpec::Parse(text));
    ASSERT_TRUE(layer) << text;
    EXPECT_TRUE(layer->params.empty()) << text;
  }
}

TEST(GetznerLayerTest, MacsCountTheBias) {
  EXPECT_EQ(AsGetznerLayer(LayerSpec::Parse("linear batch=2 in=3 out=5"))->macs, 2 * 5 * (3 + 1));
  EXPECT_EQ(AsGetznerLayer(LayerSpec::Parse("relu batch=2 elements=7"))->macs, 14);
  EXPECT_EQ(AsGetznerLayer(LayerSpec::Parse("tanh batch=2 elements=7"))->macs, 0);
}

TEST(GetznerLayerTest, OtherTypesWereNotMeasured) {
  EXPECT_FALSE(AsGetznerLayer(LayerSpec::Parse("add out=8 in=16")));
}

TEST(GetznerLayerTest, ThereAndBackAgain) {
  for (const char* text :
       {"conv2d batch=3 in=4 out=5 image=8x8 kernel=3x3 stride=2 padding=1",
        "linear batch=2 in=3 out=5", "relu batch=2 elements=7", "softmax batch=2 length=7"}) {
    const LayerSpec spec = LayerSpec::Parse(text);
    const auto layer = AsGetznerLayer(spec);
    const auto again = SpecOfGetznerLayer(layer->module, layer->params);
    ASSERT_TRUE(again) << text;
    EXPECT_EQ(LayerSpec::Parse(*again), spec) << *again;
  }
}

TEST(GetznerLayerTest, AMissingParameterGivesNoSpecification) {
  EXPECT_FALSE(SpecOfGetznerLayer("Linear", {{"batch_size", 2}, {"input_size", 3}}));
  EXPECT_FALSE(SpecOfGetznerLayer("Dropout", {{"batch_size", 2}}));
  EXPECT_FALSE(SpecOfGetznerLayer("Wibble", {}));
}

}  // namespace
}  // namespace joulecast
