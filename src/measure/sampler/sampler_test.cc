// SPDX-License-Identifier: Apache-2.0
#include "measure/sampler/sampler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::AllOf;
using testing::Ge;
using testing::HasSubstr;
using testing::Le;

Space SpaceOf(const char* name) { return {.type = FindLayerType(name)}; }

void SetRange(Space& space, const char* param, std::int64_t least, std::int64_t most) {
  space.ranges[LayerSpec(*space.type).SlotOf(param)] = {.least = least, .most = most};
}

void AddRule(Space& space, const char* text) {
  space.rules.push_back(ParseRule(*space.type, text));
}

/// The reference's ranges of convolutions.
Space ConvSpace() {
  Space space = SpaceOf("conv2d");
  SetRange(space, "batch", 1, 256);
  SetRange(space, "in", 1, 512);
  SetRange(space, "out", 1, 512);
  SetRange(space, "image", 4, 224);
  SetRange(space, "kernel", 1, 11);
  SetRange(space, "stride", 1, 5);
  SetRange(space, "padding", 0, 3);
  AddRule(space, "kernel <= image");
  AddRule(space, "stride <= image");
  return space;
}

std::vector<std::string> Draw(const Space& space, Sampling sampling, std::size_t count,
                              std::uint64_t seed) {
  Random random(seed, "test");
  std::vector<std::string> texts;
  for (const LayerSpec& spec : Sampler(space, sampling, {}).Draw(count, random)) {
    texts.push_back(spec.ToString());
  }
  return texts;
}

TEST(SamplerTest, UniformDrawsAreValidDifferentAndInTheirRanges) {
  Random random(1, "test");
  const auto specs = Sampler(ConvSpace(), Sampling::kUniform, {}).Draw(500, random);
  std::set<std::string> texts;
  double batches = 0;
  for (const LayerSpec& spec : specs) {
    EXPECT_EQ(LayerSpec::Parse(spec.ToString()), spec);
    EXPECT_THAT(spec.Get("batch"), AllOf(Ge(1), Le(256)));
    EXPECT_THAT(spec.Get("image"), AllOf(Ge(4), Le(224)));
    EXPECT_LE(spec.Get("kernel"), spec.Get("image"));
    EXPECT_EQ(spec.Get("padding"), spec[spec.SlotOf("padding") + 3]);
    texts.insert(spec.ToString());
    batches += static_cast<double>(spec.Get("batch")) / 500;
  }
  EXPECT_EQ(texts.size(), 500u);
  EXPECT_NEAR(batches, 128.5, 5 * 74 / std::sqrt(500));  // sd of 1..256: sqrt((256^2 - 1) / 12)
}

TEST(SamplerTest, LogUniformDrawsHaveTheGeometricMiddleAsMedian) {
  Random random(1, "test");
  std::size_t small = 0;
  const auto specs = Sampler(ConvSpace(), Sampling::kLogUniform, {}).Draw(400, random);
  for (const LayerSpec& spec : specs) small += spec.Get("in") <= 16 ? 1 : 0;
  // Odds of 1..16 among 1..512: H(16) / H(512) = 3.3807 / 6.8165.
  EXPECT_NEAR(static_cast<double>(small), 198, 50);
}

TEST(SamplerTest, SameSeedSameSpecs) {
  EXPECT_EQ(Draw(ConvSpace(), Sampling::kLogUniform, 20, 7),
            Draw(ConvSpace(), Sampling::kLogUniform, 20, 7));
  EXPECT_NE(Draw(ConvSpace(), Sampling::kLogUniform, 20, 7),
            Draw(ConvSpace(), Sampling::kLogUniform, 20, 8));
}

TEST(SamplerTest, EqualityRuleAssigns) {
  Space space = SpaceOf("conv2d");
  for (const char* param : {"batch", "in"}) SetRange(space, param, 8, 64);
  SetRange(space, "image", 7, 56);
  SetRange(space, "kernel", 3, 3);
  AddRule(space, "out == 2 * in");
  AddRule(space, "groups == in");
  Random random(1, "test");
  for (const LayerSpec& spec : Sampler(space, Sampling::kLogUniform, {}).Draw(30, random)) {
    EXPECT_EQ(spec.Get("groups"), spec.Get("in"));
    EXPECT_EQ(spec.Get("out"), 2 * spec.Get("in"));
  }
}

TEST(SamplerTest, LimitsOnWorkHold) {
  Space space = ConvSpace();
  AddRule(space, "macs <= 1e7");
  AddRule(space, "bytes >= 1e5");
  Random random(1, "test");
  for (const LayerSpec& spec : Sampler(space, Sampling::kLogUniform, {}).Draw(30, random)) {
    EXPECT_LE(spec.CountWork().macs, 10'000'000);
    EXPECT_GE(spec.CountWork().bytes(), 100'000);
  }
}

TEST(SamplerTest, NetLikeStaysNearTheLayersOfNets) {
  const std::vector<std::string> nets = {"alexnet"};
  const std::vector<std::int64_t> batches = {1, 8};
  const LayerType& conv = *FindLayerType("conv2d");
  const auto examples = LayersOfNets(conv, nets, batches);
  ASSERT_EQ(examples.size(), 10u);  // five convolutions at two batches
  Space space = SpaceOf("conv2d");
  SetRange(space, "batch", 1, 64);
  SetRange(space, "in", 1, 512);
  SetRange(space, "image", 4, 224);
  Random random(1, "test");
  const std::set<std::int64_t> outs = {64, 192, 384, 256};
  for (const LayerSpec& spec : Sampler(space, Sampling::kNetLike, examples).Draw(60, random)) {
    EXPECT_THAT(spec.Get("batch"), AllOf(Ge(1), Le(16)));
    EXPECT_TRUE(outs.contains(spec.Get("out"))) << spec.ToString();  // it has no range
    if (spec.Get("kernel") == 11) {
      EXPECT_THAT(spec.Get("in"), AllOf(Ge(2), Le(6)));
    }
  }
}

TEST(SamplerTest, NetLikeSizesAreAsEvenAsThoseOfNets) {
  const LayerType& linear = *FindLayerType("linear");
  const std::vector<std::string> nets = {"alexnet"};
  const auto examples = LayersOfNets(linear, nets, std::vector<std::int64_t>{1});
  Space space = SpaceOf("linear");
  SetRange(space, "in", 1, 30000);
  Random random(1, "test");
  std::set<std::int64_t> ins;
  for (const LayerSpec& spec : Sampler(space, Sampling::kNetLike, examples).Draw(16, random)) {
    // Rows of 9216 = 9 * 1024 and 4096 = 8 * 512.
    EXPECT_EQ(spec.Get("in") % 512, 0) << spec.ToString();
    ins.insert(spec.Get("in"));
  }
  EXPECT_GT(ins.size(), 8u);
}

TEST(SamplerTest, NetLikeChannelsFillVectorsWhereThoseOfNetsDo) {
  const LayerType& conv2d = *FindLayerType("conv2d");
  const std::vector<std::string> nets = {"mobilenet_v2"};
  const auto all = LayersOfNets(conv2d, nets, std::vector<std::int64_t>{1});
  std::vector<LayerSpec> examples;
  std::copy_if(all.begin(), all.end(), std::back_inserter(examples),
               [](const LayerSpec& spec) { return spec.Get("in") % 16 == 0; });
  ASSERT_GT(examples.size(), 10u);
  Space space = SpaceOf("conv2d");
  SetRange(space, "in", 1, 1024);
  AddRule(space, "groups <= 1");
  Random random(1, "test");
  for (const LayerSpec& spec : Sampler(space, Sampling::kNetLike, examples).Draw(40, random)) {
    EXPECT_EQ(spec.Get("in") % 16, 0) << spec.ToString();
  }
}

std::string FailureOf(const Space& space, Sampling sampling = Sampling::kUniform) {
  try {
    Draw(space, sampling, 10, 1);
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::kInput);
    return error.what();
  }
  return "accepted";
}

TEST(SamplerTest, ImpossibleSpacesAreTold) {
  Space space = ConvSpace();
  AddRule(space, "macs <= 0");
  EXPECT_THAT(FailureOf(space), AllOf(HasSubstr("found only 0 of 10"), HasSubstr("'macs <= 0'")));

  Space large_kernel = ConvSpace();
  large_kernel.rules.clear();
  SetRange(large_kernel, "kernel", 240, 250);
  EXPECT_THAT(FailureOf(large_kernel), HasSubstr("the kernel does not fit"));

  Space narrow = SpaceOf("relu");
  SetRange(narrow, "batch", 1, 3);
  SetRange(narrow, "elements", 5, 5);
  EXPECT_THAT(FailureOf(narrow), AllOf(HasSubstr("found only 3 of 10"), HasSubstr("again")));

  EXPECT_THAT(FailureOf(SpaceOf("relu")), HasSubstr("'batch' has no range"));
  EXPECT_THAT(FailureOf(ConvSpace(), Sampling::kNetLike), HasSubstr("none of the networks"));
}

TEST(SamplerTest, BadRulesAreTold) {
  const LayerType& conv = *FindLayerType("conv2d");
  EXPECT_THROW(ParseRule(conv, "kernel < image"), Error);
  EXPECT_THROW(ParseRule(conv, "colour <= 3"), Error);
  EXPECT_THROW(ParseRule(conv, "two * in == out"), Error);
  EXPECT_THROW(LayersOfNets(conv, std::vector<std::string>{"resnet19"}, {}), Error);
}

}  // namespace
}  // namespace joulecast
