// SPDX-License-Identifier: Apache-2.0
#include "fit/evaluate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "predict/test_profile.h"

namespace joulecast {
namespace {

using testing::Contains;
using testing::HasSubstr;

Sample LayerSample(const std::string& text, double joules, double seconds = 0) {
  return {.spec_text = text,
          .spec = LayerSpec::Parse(text),
          .energy = Joules(joules),
          .time = Seconds(seconds)};
}

TEST(EvaluateTest, ForecastsAreScoredAgainstMeasurements) {
  // The forecast is 0.00864 J and 0.00014 s (see HandProfile), with a half-width of
  // 1.5 x 2 x 0.001 / 0.00864 = 0.347: a factor of 1.415.
  const Evaluation evaluation = EvaluateProfile(
      HandProfile(), {LayerSample(kHandLayer, 0.0108, 0.00028), LayerSample(kHandLayer, 0.00432)});
  ASSERT_EQ(evaluation.layers.size(), 1u);
  const Agreement& linear = evaluation.layers.at("linear");
  EXPECT_EQ(linear.energy.n, 2u);
  EXPECT_NEAR(*linear.energy.mape_percent, (20 + 100) / 2.0, 1e-9);
  EXPECT_NEAR(*linear.energy.bias_percent, (-20 + 100) / 2.0, 1e-9);
  EXPECT_EQ(linear.time.n, 1u);  // the other sample has none
  EXPECT_NEAR(*linear.time.mape_percent, 50, 1e-9);
  EXPECT_EQ(linear.interval_coverage, 0.5);  // 1.25 times is inside, half is not
  EXPECT_NEAR(linear.interval_median_half_width_percent, 100 * (std::exp(0.003 / 0.00864) - 1),
              1e-9);
  EXPECT_EQ(linear.out_of_support, 0u);
  EXPECT_FALSE(evaluation.totals);
  EXPECT_TRUE(evaluation.exclusions.empty());
}

TEST(EvaluateTest, SamplesOutsideTheSupportAreCounted) {
  const Evaluation evaluation =
      EvaluateProfile(HandProfile(), {LayerSample("linear batch=100 in=1000 out=500", 1)});
  EXPECT_EQ(evaluation.layers.at("linear").out_of_support, 1u);
}

TEST(EvaluateTest, WholeNetworksComeFromTheZoo) {
  Sample sample{.model = "alexnet", .batch = 4, .energy = Joules(1), .time = Seconds(1)};
  const Evaluation evaluation = EvaluateProfile(HandProfile(), {sample, sample});
  ASSERT_TRUE(evaluation.totals);
  EXPECT_EQ(evaluation.totals->energy.n, 2u);
  EXPECT_EQ(evaluation.totals_by_model.at("alexnet").energy.n, 2u);
  EXPECT_TRUE(evaluation.layers.empty());
}

TEST(EvaluateTest, WhatCannotBeComparedIsCountedAndExplained) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinite = std::numeric_limits<double>::infinity();
  const Evaluation evaluation = EvaluateProfile(
      HandProfile(),
      {LayerSample(kHandLayer, 0), LayerSample(kHandLayer, -1), LayerSample(kHandLayer, nan),
       LayerSample(kHandLayer, infinite), LayerSample("reshape elements=10", 1),
       Sample{.spec_text = "conv9d a=1", .energy = Joules(1)},
       Sample{.model = "skynet", .energy = Joules(1)}, LayerSample(kHandLayer, 0.00864)});
  EXPECT_EQ(evaluation.exclusions.size(), 4u);
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("positive finite number (4 samples)")));
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("reshape")));
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("conv9d")));
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("skynet")));
  EXPECT_EQ(evaluation.layers.at("linear").energy.n, 1u);
}

TEST(EvaluateTest, ReportsSayWhatIsUndefined) {
  const Evaluation evaluation = EvaluateProfile(HandProfile(), {LayerSample(kHandLayer, 0.00864)});
  const auto json = nlohmann::json::parse(EvaluationJson(evaluation));
  EXPECT_EQ(json["device"], "hand-made");
  EXPECT_TRUE(json["totals"].is_null());
  EXPECT_TRUE(json["layers"]["linear"]["r2"].is_null());  // one sample has no spread
  EXPECT_NEAR(json["layers"]["linear"]["mape_percent"].get<double>(), 0, 1e-9);
  for (const char* key : {"n", "r2", "r2_log", "mape_percent", "median_ape_percent",
                          "p90_ape_percent", "bias_percent"}) {
    EXPECT_TRUE(json["layers"]["linear"].contains(key)) << key;
  }
  EXPECT_THAT(EvaluationText(evaluation), HasSubstr("linear"));
}

}  // namespace
}  // namespace joulecast
