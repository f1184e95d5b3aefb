// SPDX-License-Identifier: Apache-2.0
#include "base/statistics.h"

#include <gtest/gtest.h>

#include <limits>
#include <vector>

#include "joulecast/error.h"

namespace joulecast {
namespace {

using Values = std::vector<double>;

TEST(StatisticsTest, MeanAndSpreadOfHandNumbers) {
  EXPECT_DOUBLE_EQ(*Mean(Values{2, 4, 4, 4, 5, 5, 7, 9}), 5);
  EXPECT_DOUBLE_EQ(*StandardDeviation(Values{2, 4, 4, 4, 5, 5, 7, 9}), 2);
  EXPECT_FALSE(Mean(Values{}));
  EXPECT_FALSE(StandardDeviation(Values{}));
}

TEST(StatisticsTest, QuantileInterpolatesBetweenOrderStatistics) {
  const Values values{40, 10, 30, 20};
  EXPECT_DOUBLE_EQ(*Quantile(values, 0), 10);
  EXPECT_DOUBLE_EQ(*Quantile(values, 1), 40);
  EXPECT_DOUBLE_EQ(*Median(values), 25);
  EXPECT_DOUBLE_EQ(*Quantile(values, 0.9), 37);  // position 2.7: 30 + 0.7 * 10
  EXPECT_DOUBLE_EQ(*Quantile(Values{7}, 0.3), 7);
  EXPECT_FALSE(Median(Values{}));
  EXPECT_THROW(Quantile(values, 1.5), Error);
  EXPECT_THROW(Quantile(values, std::numeric_limits<double>::quiet_NaN()), Error);
}

TEST(StatisticsTest, ScoresOfHandNumbers) {
  // Errors -1, 0, 2 around the mean 4: squared 5 of a spread of 4 + 0 + 4.
  const Values measured{2, 4, 6};
  const Values predicted{1, 4, 8};
  const Scores scores = Score(measured, predicted);
  EXPECT_EQ(scores.n, 3u);
  EXPECT_DOUBLE_EQ(*scores.r2, 1 - 5.0 / 8);
  EXPECT_DOUBLE_EQ(*MeanSquaredError(measured, predicted), 5.0 / 3);
  EXPECT_DOUBLE_EQ(*scores.mape_percent, (50 + 0 + 100.0 / 3) / 3);
  EXPECT_DOUBLE_EQ(*scores.median_ape_percent, 100.0 / 3);
  EXPECT_NEAR(*scores.p90_ape_percent, 100.0 / 3 + 0.8 * (50 - 100.0 / 3), 1e-12);
  EXPECT_NEAR(*scores.bias_percent, (-50 + 0 + 100.0 / 3) / 3, 1e-12);
}

TEST(StatisticsTest, R2OfLogsCountsFactors) {
  // Logs to base 2 are 0, 1, 2 against 1, 1, 2: one squared error of a spread of 2.
  EXPECT_NEAR(*Score(Values{1, 2, 4}, Values{2, 2, 4}).r2_log, 0.5, 1e-12);
  EXPECT_FALSE(Score(Values{1, 2, 4}, Values{-2, 2, 4}).r2_log);
  EXPECT_TRUE(Score(Values{1, 2, 4}, Values{-2, 2, 4}).mape_percent);
}

TEST(StatisticsTest, UndefinedScoresAreAbsent) {
  EXPECT_EQ(Score({}, {}).n, 0u);
  EXPECT_FALSE(Score({}, {}).r2);
  EXPECT_FALSE(Score({}, {}).mape_percent);

  const Scores flat = Score(Values{0.1, 0.1, 0.1}, Values{0.1, 0.2, 0.1});
  EXPECT_FALSE(flat.r2);
  EXPECT_FALSE(flat.r2_log);
  EXPECT_NEAR(*flat.mape_percent, 100.0 / 3, 1e-9);

  const Scores with_zero = Score(Values{0, 1}, Values{1, 1});
  EXPECT_DOUBLE_EQ(*with_zero.r2, -1);
  EXPECT_FALSE(with_zero.mape_percent);
  EXPECT_FALSE(with_zero.r2_log);

  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_FALSE(Score(Values{1, 2}, Values{nan, 2}).r2);
  EXPECT_FALSE(Score(Values{1, 2}, Values{nan, 2}).mape_percent);
}

TEST(StatisticsTest, UnpairedValuesAreRefused) {
  EXPECT_THROW(Score(Values{1, 2}, Values{1}), Error);
  EXPECT_THROW(MeanSquaredError(Values{1}, Values{}), Error);
}

TEST(StatisticsTest, RelativeStandardErrorIsOfTheMean) {
  // 9, 10, 11: sample variance 1, standard error sqrt(1 / 3), mean 10.
  const std::vector<double> values = {9, 10, 11};
  EXPECT_NEAR(*RelativeStandardError(values), 0.0577350269, 1e-9);
  EXPECT_FALSE(RelativeStandardError(std::vector<double>{1}));
  EXPECT_FALSE(RelativeStandardError(std::vector<double>{-1, 1}));
}

}  // namespace
}  // namespace joulecast
