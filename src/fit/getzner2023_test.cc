// SPDX-License-Identifier: Apache-2.0
#include "fit/getzner2023.h"

#include <gmock/gmock.h>

#include <cmath>

#include "base/statistics.h"
#include "dataset/formats/reference_data.h"
#include "fit/split.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

GetznerRow Row(std::string module, int repetition, double kwh, std::int64_t passes) {
  GetznerRow row;
  row.file = "linear/00_linear-raw.csv";
  row.module = std::move(module);
  row.macs = 100;
  row.params = {{"batch_size", 2}, {"input_size", 9}, {"output_size", 5}};
  row.repetition = repetition;
  row.passes = passes;
  row.cpu_energy_kwh = kwh;
  return row;
}

TEST(GetznerAggregateTest, AveragesTheKeptRepetitionsPerPass) {
  std::vector<GetznerRow> rows = {Row("Linear", 1, 2e-6, 2), Row("Linear", 2, 6e-6, 2),
                                  Row("Linear", 3, 5, 1), Row("Linear", 4, -1, 1)};
  rows[2].counter_wrapped = true;
  const auto samples = AggregateGetzner(rows);
  ASSERT_EQ(samples.size(), 1u);
  EXPECT_EQ(samples[0].layer, "linear");
  EXPECT_EQ(samples[0].origin, GetznerOrigin::kRandom);
  // 2e-6 kWh is 7.2 J in 2 passes, 6e-6 is 21.6 J in 2.
  EXPECT_NEAR(samples[0].energy.value(), (3.6 + 10.8) / 2, 1e-12);
}

TEST(GetznerAggregateTest, PoolsOfKnownNetsGetTheirShapeWhereTheMacsConfirmIt) {
  std::vector<GetznerRow> rows;
  // AlexNet's pools at batch 2: 3 * 3 * 27 * 27 * 64 * 2 / 2, then 13 * 13 * 192, then 6 * 6 * 256.
  for (const auto& [index, macs] :
       {std::pair(3, 9 * 27 * 27 * 64), std::pair(6, 9 * 13 * 13 * 192), std::pair(13, 12345)}) {
    rows.push_back(Row("MaxPool2d", 1, 1e-6, 1));
    rows.back().file = "architectures/01_architectures-layerwise-raw.csv";
    rows.back().params = {{"batch_size", 2}};
    rows.back().architecture = "alexnet";
    rows.back().layer_idx = index;
    rows.back().macs = macs;
  }
  const auto samples = AggregateGetzner(rows);
  ASSERT_EQ(samples.size(), 3u);
  EXPECT_EQ(samples[0].params.at("image_size"), 55);
  EXPECT_EQ(samples[1].params.at("in_channels"), 192);
  EXPECT_FALSE(samples[2].params.contains("kernel_size"));
}

TEST(GetznerRecipeTest, ColumnsAreParametersThenLogsThenMacs) {
  const GetznerRecipe recipe{.layer = "relu", .params = true, .logs = true, .macs = true};
  const GetznerSample sample{
      .layer = "relu", .macs = 12, .params = {{"batch_size", 3}, {"input_size", 4}}};
  const Eigen::MatrixXd expected{{3, 4, std::log(4.0), std::log(5.0), 12}};
  EXPECT_TRUE(GetznerColumns(recipe, {&sample, 1}).isApprox(expected, 1e-15));
  EXPECT_EQ(recipe.Features(), "params+log+macs");
}

TEST(GetznerPredictorTest, TheLineOnMacsGoesThroughItsPoints) {
  std::vector<GetznerSample> samples(3);
  for (int i = 0; i < 3; ++i) {
    samples[static_cast<std::size_t>(i)] = {
        .layer = "conv2d", .macs = 1e9 * i, .energy = Joules(215.8 + 1.75 * i)};
  }
  const GetznerPredictor predictor(GetznerPredictors()[0], samples);
  const GetznerSample asked{.layer = "conv2d", .macs = 4e9};
  EXPECT_NEAR(predictor.Predict({&asked, 1})[0], 215.8 + 7, 1e-9);
}

TEST(GetznerPredictorTest, LassoOnPoolParametersScoresAsPublished) {
  const auto dir = ReferenceData();
  if (!dir) GTEST_SKIP() << kNoReferenceData;
  std::vector<GetznerSample> pools;
  for (const GetznerSample& sample : AggregateGetzner(ReadGetzner2023(*dir).rows)) {
    const bool is_random = sample.origin == GetznerOrigin::kRandom;
    if (is_random && sample.layer == "maxpool2d") pools.push_back(sample);
  }
  const Split3 split = SplitShuffled(pools.size(), kGetznerSeed);
  std::vector<GetznerSample> train;
  std::vector<GetznerSample> test;
  for (const std::size_t i : split.train) train.push_back(pools[i]);
  for (const std::size_t i : split.test) test.push_back(pools[i]);
  const GetznerPredictor predictor(GetznerFeatureSets()[5], train);
  const Eigen::VectorXd predicted = predictor.Predict(test);
  const Eigen::VectorXd measured = GetznerTargets(test);
  EXPECT_NEAR(*R2({measured.data(), test.size()}, {predicted.data(), test.size()}), .4468, 5e-5);
}

TEST(GetznerPredictorTest, RefusesWhatItDoesNotKnow) {
  EXPECT_THROW(GetznerParameters("gelu"), Error);
  const GetznerSample bare{.layer = "tanh"};
  const GetznerRecipe recipe{.layer = "tanh", .params = true};
  EXPECT_THROW(GetznerColumns(recipe, {&bare, 1}), Error);
  EXPECT_THROW(GetznerPredictor(GetznerPredictors()[0], {}), Error);
  EXPECT_THROW(EvaluateGetzner(GetznerPredictors()[0], {}), Error);
}

}  // namespace
}  // namespace joulecast
