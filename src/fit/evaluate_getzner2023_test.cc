// SPDX-License-Identifier: Apache-2.0
#include "fit/evaluate_getzner2023.h"

#include <gmock/gmock.h>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using testing::Contains;
using testing::HasSubstr;

Sample LayerSample(const std::string& text, double joules) {
  return {.spec_text = text, .spec = LayerSpec::Parse(text), .energy = Joules(joules)};
}

/// Linear layers of n + 1 MACs per sample (n inputs and the bias) that cost 10 J and 1 J for each.
std::vector<Sample> RandomLinears() {
  std::vector<Sample> samples;
  for (int n = 1; n <= 20; ++n) {
    samples.push_back(LayerSample("linear batch=1 in=" + std::to_string(n) + " out=1", 11.0 + n));
  }
  return samples;
}

TEST(EvaluateGetznerTest, TheInterceptOfTheRandomLayersSpoilsSmallOnes) {
  // 10 J and 1 J for each of 2 x (3 + 1) MACs: 18 J where 9 J were measured.
  const auto evaluation =
      EvaluateGetzner2023(RandomLinears(), {LayerSample("linear batch=2 in=3 out=1", 9)});
  EXPECT_EQ(evaluation.predictor, "getzner2023");
  const Agreement& linear = evaluation.layers.at("linear");
  EXPECT_EQ(linear.energy.n, 1u);
  EXPECT_NEAR(*linear.energy.mape_percent, 100, 1e-6);
  EXPECT_FALSE(linear.interval_coverage);
  EXPECT_EQ(linear.time.n, 0u);
  EXPECT_FALSE(evaluation.totals);
}

TEST(EvaluateGetznerTest, WhatItCannotPredictIsListed) {
  Sample net;
  net.model = "resnet18";
  net.energy = Joules(1);
  const auto evaluation =
      EvaluateGetzner2023(RandomLinears(), {LayerSample("relu batch=2 elements=3", 1), net});
  EXPECT_TRUE(evaluation.layers.empty());
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("no predictor for relu")));
  EXPECT_THAT(evaluation.exclusions, Contains(HasSubstr("resnet18")));
  EXPECT_THAT(EvaluationJson(evaluation), HasSubstr("\"device\": null"));
}

TEST(EvaluateGetznerTest, WithoutRandomLayersThereIsNothingToTrain) {
  EXPECT_THROW(EvaluateGetzner2023({}, RandomLinears()), Error);
  EXPECT_THROW(EvaluateGetzner2023({LayerSample("add out=8 in=16", 1)}, {}), Error);
}

}  // namespace
}  // namespace joulecast
