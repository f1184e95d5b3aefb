// SPDX-License-Identifier: Apache-2.0
#include "fit/interval_fit.h"

#include <gtest/gtest.h>

#include <vector>

namespace joulecast {
namespace {

/// Eleven scores 0 .. 1 at each distance, raised by `slope` times the distance.
void Append(std::vector<double>& scores, std::vector<double>& distances, double distance,
            double slope) {
  for (int i = 0; i <= 10; ++i) {
    scores.push_back(0.1 * i + slope * distance);
    distances.push_back(distance);
  }
}

ScoreLine LineOver(double slope) {
  std::vector<double> scores;
  std::vector<double> distances;
  for (const double distance : {0.0, 0.5, 1.0, 2.0}) Append(scores, distances, distance, slope);
  return FitScoreLine(scores, distances, 0.9);
}

TEST(ScoreLineTest, FollowsScoresThatGrowWithTheDistance) {
  const ScoreLine line = LineOver(3);
  EXPECT_NEAR(line.per_distance, 3, 0.01);
  EXPECT_NEAR(line.scale, 0.9, 0.02);  // nine of ten lie below 0.9
}

TEST(ScoreLineTest, IsFlatWhereDistanceDoesNotMatterOrHelps) {
  for (const double slope : {0.0, -0.25}) {
    EXPECT_NEAR(LineOver(slope).per_distance, 0, 0.01) << slope;
  }
}

TEST(ScoreLineTest, ScoresThatNeverLayOutsideGiveAQuantile) {
  std::vector<double> scores;
  std::vector<double> distances;
  Append(scores, distances, 0, 0);
  const ScoreLine line = FitScoreLine(scores, distances, 0.9);
  EXPECT_NEAR(line.scale, 0.9, 1e-12);
  EXPECT_EQ(line.per_distance, 0);
}

}  // namespace
}  // namespace joulecast
