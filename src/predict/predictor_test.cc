// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "joulecast/predict.h"
#include "predict/test_profile.h"

namespace joulecast {
namespace {

using testing::HasSubstr;

double HalfWidth(const LayerForecast& forecast) {
  return std::log(forecast.energy.high / forecast.energy.energy);
}

TEST(PredictorTest, AForecastIsTheSumOfItsTerms) {
  const Profile profile = HandProfile();
  const Predictor predictor(profile);
  const auto spec = LayerSpec::Parse(kHandLayer);
  const LayerForecast forecast = predictor.Forecast(spec);
  // 0.004 + 0.0015 + 0.0015 + 0.00032 + 0.00032 + 0.001, see HandProfile.
  EXPECT_NEAR(forecast.energy.energy.value(), 0.00864, 1e-15);
  EXPECT_NEAR(forecast.time.count(), 0.01 * 0.004 + 0.0001, 1e-15);
  EXPECT_EQ(forecast.coverage, Coverage::kFitted);
  EXPECT_TRUE(forecast.in_support);
  EXPECT_EQ(predictor.Note(spec), "");
}

TEST(PredictorTest, ComputeHidesTraffic) {
  // Compute 0.004 and traffic 0.003 together cost 0.005; serial terms add 0.00164.
  const Profile profile = HandProfile(2);
  const LayerForecast forecast = Predictor(profile).Forecast(LayerSpec::Parse(kHandLayer));
  EXPECT_NEAR(forecast.energy.energy.value(), 0.00664, 1e-15);
}

TEST(PredictorTest, TheIntervalIsThatOfTheTermsByTheirShare) {
  // Only the call is uncertain, by 2, and is 0.001 / 0.00864 of the forecast; scaled by 1.5.
  const Profile profile = HandProfile();
  const LayerForecast forecast = Predictor(profile).Forecast(LayerSpec::Parse(kHandLayer));
  EXPECT_NEAR(HalfWidth(forecast), 1.5 * 2 * 0.001 / 0.00864, 1e-12);
  EXPECT_NEAR(std::log(forecast.energy.energy / forecast.energy.low), HalfWidth(forecast), 1e-12);
}

TEST(PredictorTest, TheIntervalIsNeverNarrowerThanItsFloor) {
  // 64 x 4000 x 4000 = 1.024 GMAC: the call is less than a thousandth, below the floor of 0.05.
  const Profile profile = HandProfile();
  const auto spec = LayerSpec::Parse("linear batch=64 in=4000 out=4000");
  EXPECT_NEAR(HalfWidth(Predictor(profile).Forecast(spec)), 1.5 * 0.05, 1e-12);
}

TEST(PredictorTest, TermsExplainTheWholeForecast) {
  for (const double exponent : {1.0, 1.4, 2.0}) {
    const Profile profile = HandProfile(exponent);
    const Predictor predictor(profile);
    const auto spec = LayerSpec::Parse(kHandLayer);
    Joules sum;
    for (const TermShare& share : predictor.Explain(spec)) sum += share.energy;
    EXPECT_NEAR(sum / predictor.Forecast(spec).energy.energy, 1, 1e-12) << exponent;
  }
}

TEST(PredictorTest, ExplainSharesTheOverlapOut) {
  // Of 0.005, compute has 0.004^2 / 0.005 = 0.0032 and traffic 0.0018, in two equal halves.
  const Profile profile = HandProfile(2);
  const auto shares = Predictor(profile).Explain(LayerSpec::Parse(kHandLayer));
  ASSERT_EQ(shares.size(), 7u);
  const double expected[] = {0.0032, 0.0009, 0.0009, 0, 0.00032, 0.00032, 0.001};
  for (std::size_t i = 0; i < shares.size(); ++i) {
    EXPECT_EQ(shares[i].term, &FindLayerType("linear")->terms[i]);
    EXPECT_NEAR(shares[i].energy.value(), expected[i], 1e-15) << shares[i].term->name;
  }
}

TEST(PredictorTest, AnUnmeasuredTypeFallsBackToItsWork) {
  // A million floats read and written: 0.008 GB x 3 J + 0.001 J; a factor of 2 either way.
  const Profile profile = HandProfile();
  const auto spec = LayerSpec::Parse("relu batch=1 elements=1000000");
  const LayerForecast forecast = Predictor(profile).Forecast(spec);
  EXPECT_EQ(forecast.coverage, Coverage::kFallback);
  EXPECT_FALSE(forecast.in_support);
  EXPECT_NEAR(forecast.energy.energy.value(), 0.025, 1e-12);
  EXPECT_NEAR(forecast.energy.low.value(), 0.0125, 1e-12);
  EXPECT_NEAR(forecast.energy.high.value(), 0.05, 1e-12);
  EXPECT_NEAR(forecast.time.count(), 0.03 * 0.008 + 0.0001, 1e-12);
  EXPECT_THAT(Predictor(profile).Note(spec), HasSubstr("layer type was not measured"));
  EXPECT_TRUE(Predictor(profile).Explain(spec).empty());
}

TEST(PredictorTest, AnUnmeasuredElementTypeFallsBackToItsWork) {
  const Profile profile = HandProfile();
  const auto spec = LayerSpec::Parse(std::string(kHandLayer) + " bias=0 dtype=f16");
  const LayerForecast forecast = Predictor(profile).Forecast(spec);
  EXPECT_EQ(forecast.coverage, Coverage::kFallback);
  // Two bytes each: (8000 + 4000 + 500,000) x 2 = 1,024,000 bytes; 0.004 GMAC.
  EXPECT_NEAR(forecast.energy.energy.value(), 2 * 0.004 + 3 * 0.001024 + 0.001, 1e-12);
  EXPECT_THAT(Predictor(profile).Note(spec), HasSubstr("element type f16 was not measured"));
}

TEST(PredictorTest, AnUnmeasuredPassIsForecastFromTheForwardPass) {
  // HandLayer costs 0.00864 J. By generic costs it would be 2 x 0.004 GMAC + 3 x (0.048 + 2.002) MB
  // + 0.001 = 0.01515 J, and its backward pass 2 x 0.008 + 3 x (0.080 + 4.002) MB + 0.001 =
  // 0.029246 J: see PassWorkTest for the bytes.
  const Profile profile = HandProfile();
  const Predictor predictor(profile);
  const auto spec = LayerSpec::Parse(std::string(kHandLayer) + " pass=backward");
  const LayerForecast forecast = predictor.Forecast(spec);
  EXPECT_EQ(forecast.coverage, Coverage::kFallback);
  EXPECT_FALSE(forecast.in_support);
  EXPECT_NEAR(forecast.energy.energy.value(), 0.00864 * 0.029246 / 0.01515, 1e-12);
  EXPECT_NEAR(HalfWidth(forecast), std::log(2.0), 1e-12);
  EXPECT_THAT(predictor.Note(spec), HasSubstr("backward pass of this layer type was not measured"));
  // Of a layer that is free at inference there is no forward pass to go by: 1.8 MB x 3 + 0.001.
  const auto mask = LayerSpec::Parse("dropout elements=200000 pass=training");
  EXPECT_NEAR(predictor.Forecast(mask).energy.energy.value(), 0.0064, 1e-12);
}

TEST(PredictorTest, AMeasuredPassHasAModelOfItsOwn) {
  Profile profile = HandProfile();
  const auto spec = LayerSpec::Parse("relu batch=1 elements=1000000 pass=backward");
  LayerModel& relu = profile.layers.emplace_back();
  relu = {.type = &spec.type(),
          .dtypes = {DType::kF32},
          .energy = {{0, 0, 0, 0, 0.01, 0}, 1},
          .time = {{0, 0, 0, 0, 0.01, 0}, 1},
          .interval = {.uncertainty = {0, 0, 0, 0, 0, 0}, .floor = 0.1, .scale = 1},
          .support = {{1, 1, 0, std::int64_t(DType::kF32), 1},
                      {64, 10'000'000, 0, std::int64_t(DType::kF32), 1}}};
  const LayerForecast forecast = Predictor(profile).Forecast(spec);
  EXPECT_EQ(forecast.coverage, Coverage::kFitted);
  EXPECT_TRUE(forecast.in_support);
  EXPECT_NEAR(forecast.energy.energy.value(), 0.01, 1e-12);
  EXPECT_EQ(Predictor(profile).Forecast(spec.Forward()).coverage, Coverage::kFallback);
  const Profile again = ParseProfile(WriteProfile(profile), "test");
  EXPECT_EQ(again.layers.back().type, &spec.type());
}

TEST(PredictorTest, ViewsAreFree) {
  const Profile profile = HandProfile();
  const Predictor predictor(profile);
  for (const LayerType* type : LayerCatalog()) {
    if (!type->is_free) continue;
    const auto spec = LayerSpec::Parse(type->example);
    const LayerForecast forecast = predictor.Forecast(spec);
    EXPECT_EQ(forecast.coverage, Coverage::kFree) << type->name;
    EXPECT_TRUE(forecast.in_support);
    EXPECT_EQ(forecast.energy.energy, Joules(0));
    EXPECT_EQ(forecast.energy.high, Joules(0));
    EXPECT_EQ(forecast.time.count(), 0);
    EXPECT_TRUE(predictor.Explain(spec).empty());
  }
}

TEST(PredictorTest, AnUnknownOperatorCostsItsTrafficWithinAFactorOfTen) {
  const Profile profile = HandProfile();
  const LayerForecast forecast =
      Predictor(profile).ForecastUnknown({.input_bytes = 600'000'000, .output_bytes = 400'000'000});
  EXPECT_EQ(forecast.coverage, Coverage::kUnknown);
  EXPECT_FALSE(forecast.in_support);
  EXPECT_NEAR(forecast.energy.energy.value(), 3.001, 1e-12);  // 1 GB x 3 J + 0.001 J
  EXPECT_NEAR(forecast.energy.low.value(), 0.3001, 1e-12);
  EXPECT_NEAR(forecast.energy.high.value(), 30.01, 1e-9);
}

TEST(PredictorTest, OutsideTheSupportIsSaidAndWidens) {
  const Profile profile = HandProfile();
  const Predictor predictor(profile);
  const auto at = [&](const char* text) { return predictor.Forecast(LayerSpec::Parse(text)); };
  const LayerForecast edge = at("linear batch=64 in=4096 out=4096");
  const LayerForecast near = at("linear batch=64 in=5000 out=4096");
  const LayerForecast far = at("linear batch=64 in=500000 out=4096");
  EXPECT_TRUE(edge.in_support);
  EXPECT_FALSE(near.in_support);
  EXPECT_EQ(near.coverage, Coverage::kFitted);
  EXPECT_THAT(predictor.Note(LayerSpec::Parse("linear batch=64 in=5000 out=4096")),
              HasSubstr("in=5000 was measured at 100..4096 only"));
  EXPECT_GT(HalfWidth(near), HalfWidth(edge));
  EXPECT_GT(HalfWidth(far), HalfWidth(near));
}

TEST(PredictorTest, TheScaleGrowsAsTestedAndThenInProportion) {
  Profile profile = HandProfile();
  IntervalModel& interval = profile.layers[0].interval;
  interval.scale_per_distance = 2;
  interval.tested_distance = std::log(2.0);
  const Predictor predictor(profile);
  // No uncertain term has a share to speak of: the floor of 0.05 x (1.5 + 2 x distance).
  interval.uncertainty.assign(7, 0.0);
  const auto half_width = [&](const char* text) {
    return HalfWidth(predictor.Forecast(LayerSpec::Parse(text)));
  };
  EXPECT_NEAR(half_width("linear batch=64 in=4096 out=4096"), 0.05 * 1.5, 1e-12);
  // 1 + 6145 = 1.5 x (1 + 4096) + 0.5, and 1 + 16387 = 4 x (1 + 4096).
  EXPECT_NEAR(half_width("linear batch=64 in=6145 out=4096"),
              0.05 * (1.5 + 2 * std::log(6146.0 / 4097)), 1e-12);
  EXPECT_NEAR(half_width("linear batch=64 in=16387 out=4096"),
              0.05 * (1.5 + 2 * std::log(2.0)) * (1 + std::log(4.0)) / (1 + std::log(2.0)), 1e-12);
}

TEST(PredictorTest, AParameterThatNeverVariedWasNotTested) {
  Profile profile = HandProfile();
  LayerModel& linear = profile.layers[0];
  linear.interval.scale_per_distance = 2;
  linear.interval.uncertainty.assign(7, 0.0);
  linear.support.least[1] = linear.support.most[1] = 1000;  // in
  const auto half_width = [&](const char* text) {
    return HalfWidth(Predictor(profile).Forecast(LayerSpec::Parse(text)));
  };
  EXPECT_NEAR(half_width("linear batch=64 in=1000 out=4096"), 0.05 * 1.5, 1e-12);
  // 1 + 2001 = 2 x (1 + 1000): in proportion from the start, and along the line.
  const double twice = std::log(2.0);
  EXPECT_NEAR(half_width("linear batch=64 in=2001 out=4096"),
              0.05 * (1.5 + 2 * twice) * (1 + twice), 1e-12);
  // A batch of 2 x (1 + 64) - 1, too, which rows do vary: that part is tested.
  EXPECT_NEAR(half_width("linear batch=129 in=2001 out=4096"),
              0.05 * (1.5 + 2 * 2 * twice) * (1 + 2 * twice) / (1 + twice), 1e-12);
  linear.interval.tested_distance = twice / 2;
  EXPECT_NEAR(half_width("linear batch=129 in=2001 out=4096"),
              0.05 * (1.5 + twice) * (1 + 2 * twice) / (1 + twice / 2), 1e-12);
}

TEST(PredictorTest, AFlagThatNeverVariedIsOneStepOfTheLine) {
  Profile profile = HandProfile();
  profile.layers = {{.type = FindLayerType("relu"),
                     .dtypes = {DType::kF32},
                     .energy = {{0, 0, 0, 0, 0.01, 0}, 1},
                     .time = {{0, 0, 0, 0, 0.01, 0}, 1},
                     .interval = {.uncertainty = std::vector<double>(6),
                                  .floor = 0.05,
                                  .scale = 1.5,
                                  .scale_per_distance = 2,
                                  .tested_distance = 1},
                     .support = {{1, 1, 0, std::int64_t(DType::kF32)},
                                 {64, 1000, 0, std::int64_t(DType::kF32)}}}};
  const LayerForecast in_place =
      Predictor(profile).Forecast(LayerSpec::Parse("relu batch=1 elements=1000 inplace=1"));
  EXPECT_NEAR(HalfWidth(in_place), 0.05 * (1.5 + 2 * std::log(2.0)), 1e-12);
}

TEST(PredictorTest, TheIntervalCoversEveryPageStateThatWasMeasured) {
  // A relu of 4 MB: 1 J per GB of fresh pages, 0.01 J per call. Fresh above 1 MB, as the device
  // has it: 0.014 J; in a session that reused up to 8 MB: 0.01 J.
  Profile profile = HandProfile();
  profile.traits.large_buffer_bytes = 1e6;
  LayerModel& relu = profile.layers.emplace_back();
  relu = {.type = FindLayerType("relu"),
          .dtypes = {DType::kF32},
          .energy = {{0, 0, 0, 1, 0.01, 0}, 1},
          .time = {{0, 0, 0, 1, 0.01, 0}, 1},
          .interval = {.uncertainty = {0, 0, 0, 0, 0, 0}, .floor = std::log(2.0), .scale = 1},
          .support = {{1, 1, 0, std::int64_t(DType::kF32)},
                      {64, 10'000'000, 1, std::int64_t(DType::kF32)}}};
  const auto spec = LayerSpec::Parse("relu batch=1 elements=1000000");
  const EnergyForecast alone = Predictor(profile).Forecast(spec).energy;
  EXPECT_NEAR(alone.low.value(), 0.007, 1e-12);
  relu.other_page_states = {8e6};
  const EnergyForecast both = Predictor(profile).Forecast(spec).energy;
  EXPECT_NEAR(both.energy.value(), 0.014, 1e-12);
  EXPECT_NEAR(both.low.value(), 0.005, 1e-12);
  EXPECT_NEAR(both.high.value(), 0.028, 1e-12);
}

TEST(PredictorTest, EveryParameterOutsideIsNamed) {
  const Profile profile = HandProfile();
  const auto spec = LayerSpec::Parse("linear batch=65 in=99 out=100");
  const std::string note = Predictor(profile).Note(spec);
  EXPECT_THAT(note, HasSubstr("batch=65"));
  EXPECT_THAT(note, HasSubstr("in=99"));
  EXPECT_THAT(note, testing::Not(HasSubstr("out=")));
}

TEST(PredictorTest, AMinorParameterNeedsNoMeasurement) {
  Profile profile = HandProfile();
  profile.layers[0].support.least[3] = 1;  // every row had a bias
  const auto spec = LayerSpec::Parse(std::string(kHandLayer) + " bias=0");
  EXPECT_TRUE(Predictor(profile).Forecast(spec).in_support);
}

TEST(PredictorTest, CoverageHasNames) {
  EXPECT_EQ(Name(Coverage::kFitted), "fitted");
  EXPECT_EQ(Name(Coverage::kFallback), "fallback");
  EXPECT_EQ(Name(Coverage::kFree), "free");
  EXPECT_EQ(Name(Coverage::kUnknown), "unknown");
}

}  // namespace
}  // namespace joulecast
