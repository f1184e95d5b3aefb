// SPDX-License-Identifier: Apache-2.0
#include "joulecast/estimate.h"

#include <gtest/gtest.h>

#include <cmath>

#include "predict/test_profile.h"

namespace joulecast {
namespace {

Layer Known(const std::string& text) {
  Layer layer{.name = text, .op = "Op", .spec = LayerSpec::Parse(text)};
  layer.work = layer.spec->CountWork();
  return layer;
}

Layer Unknown(std::int64_t bytes) {
  return {.name = "odd", .op = "Odd", .note = "nobody knows", .work = {.input_bytes = bytes}};
}

LayeredModel ModelOf(std::vector<Layer> layers) {
  return {.name = "net", .format = "test", .batch = 8, .layers = std::move(layers)};
}

double HalfWidth(const EnergyForecast& energy) { return std::log(energy.high / energy.energy); }

/// Every linear layer errs by the floor, 1.5 x 0.05, and costs what HandProfile says.
Profile FlatProfile(double within_type, double drift) {
  Profile profile = HandProfile();
  profile.layers[0].interval.uncertainty.assign(7, 0.0);
  profile.layers[0].interval.correlation = within_type;
  profile.drift = drift;
  return profile;
}

constexpr double kFlat = 1.5 * 0.05;

TEST(EstimateTest, TotalsAreSums) {
  const Profile profile = HandProfile();
  const LayeredModel model = ModelOf({Known(kHandLayer), Known(kHandLayer)});
  const Estimate estimate = EstimateModel(model, Predictor(profile));
  EXPECT_EQ(estimate.model, "net");
  EXPECT_EQ(estimate.device, "hand-made");
  EXPECT_EQ(estimate.batch, 8);
  EXPECT_NEAR(estimate.energy.energy.value(), 2 * 0.00864, 1e-12);
  EXPECT_NEAR(estimate.time.count(), 2 * 0.00014, 1e-12);
  EXPECT_NEAR(estimate.mean_power().value(), 0.00864 / 0.00014, 1e-9);
  EXPECT_EQ(estimate.work.macs, 8'000'000);
  EXPECT_EQ(estimate.work.params, 2 * 500'500);
}

TEST(EstimateTest, WhatTheRuntimeFusesIsFree) {
  Profile profile = HandProfile();
  LayeredModel model = ModelOf({Known("conv2d batch=1 in=3 out=4 image=8x8 kernel=1x1 bias=0"),
                                Known("batchnorm2d batch=1 channels=4 image=8x8")});
  model.layers[1].fuses_into = 0;
  EXPECT_EQ(EstimateModel(model, Predictor(profile)).layers[1].forecast.coverage,
            Coverage::kFallback);
  profile.fusion = Fusion::kConvBn;
  const Estimate fused = EstimateModel(model, Predictor(profile));
  EXPECT_EQ(fused.layers[1].forecast.coverage, Coverage::kFree);
  EXPECT_EQ(fused.layers[0].layer.spec->Get("bias"), 1);
  EXPECT_EQ(ParseProfile(WriteProfile(profile), "test").fusion, Fusion::kConvBn);
}

TEST(EstimateTest, IndependentErrorsAddInSquares) {
  const Profile profile = FlatProfile(0, 0);
  const Predictor predictor(profile);
  // Four equal layers: sqrt(4) e w / (4 e) = w / 2.
  const std::vector<Layer> four(4, Known(kHandLayer));
  EXPECT_NEAR(HalfWidth(EstimateModel(ModelOf(four), predictor).energy), kFlat / 2, 1e-12);
}

TEST(EstimateTest, CommonErrorsAddUp) {
  const Profile profile = FlatProfile(1, 0);
  const std::vector<Layer> four(4, Known(kHandLayer));
  EXPECT_NEAR(HalfWidth(EstimateModel(ModelOf(four), Predictor(profile)).energy), kFlat, 1e-12);
}

TEST(EstimateTest, PartlyCommonErrorsLieBetween) {
  // (1 - 0.25) x 4 + 0.25 x 16 = 7 squares over the total of 4.
  const Profile profile = FlatProfile(0.25, 0);
  const std::vector<Layer> four(4, Known(kHandLayer));
  EXPECT_NEAR(HalfWidth(EstimateModel(ModelOf(four), Predictor(profile)).energy),
              kFlat * std::sqrt(7) / 4, 1e-12);
}

TEST(EstimateTest, AllLayersShareTheDrift) {
  // 3-4-5: a drift of 4/3 of the common error.
  const Profile profile = FlatProfile(1, kFlat * 4 / 3);
  const std::vector<Layer> two(2, Known(kHandLayer));
  EXPECT_NEAR(HalfWidth(EstimateModel(ModelOf(two), Predictor(profile)).energy), kFlat * 5 / 3,
              1e-12);
}

TEST(EstimateTest, TypesErrIndependently) {
  // Common within a type, but here each has its own: the linear layer's 0.00864 x w, and the
  // relu's 0.025 (see PredictorTest) x ln 2, in squares.
  const Profile profile = FlatProfile(1, 0);
  const Estimate estimate = EstimateModel(
      ModelOf({Known(kHandLayer), Known("relu batch=1 elements=1000000")}), Predictor(profile));
  EXPECT_NEAR(HalfWidth(estimate.energy),
              std::hypot(0.00864 * kFlat, 0.025 * std::log(2.0)) / 0.03364, 1e-12);
}

TEST(EstimateTest, TheIntervalIsTheSameFactorEitherWay) {
  const Profile profile = HandProfile();
  const auto energy = EstimateModel(ModelOf({Known(kHandLayer)}), Predictor(profile)).energy;
  EXPECT_NEAR(energy.high / energy.energy, energy.energy / energy.low, 1e-12);
}

TEST(EstimateTest, EveryLayerIsListedWithItsShareAndEvidence) {
  const Profile profile = HandProfile();
  const Estimate estimate =
      EstimateModel(ModelOf({Known(kHandLayer), Known("relu batch=1 elements=1000000"),
                             Known("reshape elements=1000"), Unknown(1'000'000)}),
                    Predictor(profile));
  // 0.00864 fitted, 0.025 fallback, 0 free, 0.001 GB x 3 + 0.001 = 0.004 unknown: 0.03764.
  ASSERT_EQ(estimate.layers.size(), 4u);
  const double joules[] = {0.00864, 0.025, 0, 0.004};
  const Coverage coverage[] = {Coverage::kFitted, Coverage::kFallback, Coverage::kFree,
                               Coverage::kUnknown};
  double sum = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(estimate.layers[i].forecast.coverage, coverage[i]);
    EXPECT_NEAR(estimate.layers[i].share, joules[i] / 0.03764, 1e-12);
    EXPECT_NEAR(estimate.coverage_share[static_cast<std::size_t>(coverage[i])], joules[i] / 0.03764,
                1e-12);
    sum += estimate.layers[i].share;
  }
  EXPECT_NEAR(sum, 1, 1e-12);
  EXPECT_EQ(estimate.layers[3].note, "nobody knows");
  EXPECT_FALSE(estimate.layers[3].forecast.in_support);
}

TEST(EstimateTest, AnAssumedShapeIsNoSupport) {
  const Profile profile = HandProfile();
  Layer layer = Known(kHandLayer);
  layer.shape_assumed = true;
  layer.note = "assumed";
  const Estimate estimate = EstimateModel(ModelOf({layer}), Predictor(profile));
  EXPECT_FALSE(estimate.layers[0].forecast.in_support);
  EXPECT_EQ(estimate.layers[0].note, "assumed");
}

TEST(EstimateTest, WarningsArePassedOn) {
  const Profile profile = HandProfile();
  LayeredModel model = ModelOf({Unknown(1000)});
  model.warnings = {"mind the gap"};
  EXPECT_EQ(EstimateModel(model, Predictor(profile)).warnings, model.warnings);
}

TEST(EstimateTest, AModelOfViewsCostsNothing) {
  const Profile profile = HandProfile();
  const Estimate estimate =
      EstimateModel(ModelOf({Known("reshape elements=1000")}), Predictor(profile));
  EXPECT_EQ(estimate.energy.energy, Joules(0));
  EXPECT_EQ(estimate.energy.high, Joules(0));
  EXPECT_EQ(estimate.layers[0].share, 0);
}

TEST(EstimateTest, SharedWeightsCountOnce) {
  const Profile profile = HandProfile();
  Layer again = Known(kHandLayer);
  again.shares_weights = true;
  const Estimate estimate = EstimateModel(ModelOf({Known(kHandLayer), again}), Predictor(profile));
  EXPECT_EQ(estimate.work.params, 500'500);
  EXPECT_EQ(estimate.work.macs, 8'000'000);
}

}  // namespace
}  // namespace joulecast
