// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "joulecast/layer.h"
#include "layers/test_graph.h"

namespace joulecast {
namespace {

using testing::ElementsAre;

/// conv -> norm -> relu -> conv -> relu, read twice -> norm.
LayeredModel Model() {
  TestGraph graph;
  const ValueId x = graph.Input("x", {1, 3, 8, 8});
  const ValueId c = graph.Weight({4});
  const ValueId first = graph.Add("Conv", {x, graph.Weight({4, 3, 1, 1})});
  const ValueId normed = graph.Add("BatchNormalization", {first, c, c, c, c});
  const ValueId relu = graph.Add("Relu", {normed});
  const ValueId second = graph.Add("Conv", {relu, graph.Weight({4, 4, 1, 1})});
  const ValueId again = graph.Add("Relu", {second});
  const ValueId last = graph.Add("BatchNormalization", {second, c, c, c, c});
  return Resolve(graph.Finish(graph.Add("Add", {again, last})), {});
}

std::vector<std::string> TypesAfter(Fusion fusion) {
  LayeredModel model = Model();
  Fuse(model, fusion);
  std::vector<std::string> types;
  for (const Layer& layer : model.layers) types.emplace_back(layer.spec->type().name);
  return types;
}

TEST(FusionTest, NothingIsFusedUnlessTheRuntimeDoes) {
  EXPECT_THAT(TypesAfter(Fusion::kNone),
              ElementsAre("conv2d", "batchnorm2d", "relu", "conv2d", "relu", "batchnorm2d", "add"));
}

TEST(FusionTest, OnlyWhatNobodyElseReadsIsFolded) {
  EXPECT_THAT(TypesAfter(Fusion::kConvBn),
              ElementsAre("conv2d", "reshape", "relu", "conv2d", "relu", "batchnorm2d", "add"));
  EXPECT_THAT(TypesAfter(Fusion::kConvBnRelu),
              ElementsAre("conv2d", "reshape", "reshape", "conv2d", "relu", "batchnorm2d", "add"));
}

TEST(FusionTest, AFoldedNormalisationBecomesABias) {
  LayeredModel model = Model();
  const Work before = model.TotalWork();
  Fuse(model, Fusion::kConvBn);
  const Layer& conv = model.layers[0];
  EXPECT_EQ(conv.spec->ToString(),
            "conv2d batch=1 in=3 out=4 image=8x8 kernel=1x1 stride=1 padding=0 groups=1 dtype=f32");
  EXPECT_EQ(conv.work.bias_adds, 256);
  EXPECT_EQ(conv.work.weight_bytes, 4 * (12 + 4));
  EXPECT_EQ(conv.work.params, 12) << "the model has no more parameters than before";
  EXPECT_EQ(model.layers[1].work.bytes(), 0);
  EXPECT_EQ(model.layers[1].note, "done in 'Conv0'");
  EXPECT_EQ(model.TotalWork().params, before.params);
  EXPECT_EQ(model.TotalWork().macs, before.macs);
}

TEST(FusionTest, EveryFusionHasAName) {
  for (const Fusion fusion : kFusions) EXPECT_EQ(FusionFromName(Name(fusion)), fusion);
  EXPECT_EQ(FusionFromName("all"), std::nullopt);
}

}  // namespace
}  // namespace joulecast
