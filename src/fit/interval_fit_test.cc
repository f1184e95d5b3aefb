// SPDX-License-Identifier: Apache-2.0
#include "fit/interval_fit.h"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(ScoreLineTest, FollowsScoresAsFarAsTheyGrowAlongALine) {
  std::vector<double> scores;
  std::vector<double> distances;
  // Flat up to a distance of 1, in proportion to 1 + distance from there on.
  for (const double distance : {0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 2.0, 3.0}) {
    for (int i = 0; i <= 10; ++i) {
      scores.push_back(0.1 * i * std::max(1.0, (1 + distance) / 2));
      distances.push_back(distance);
    }
  }
  const ScoreLine line = FitScoreLine(scores, distances, 0.9);
  EXPECT_NEAR(line.scale, 0.9, 0.02);
  EXPECT_NEAR(line.per_distance, 0, 0.02);
  EXPECT_NEAR(line.until, 1, 0.3);  // one of the quantiles of the distances
}

TEST(ScoreLineTest, FollowsAStepThatEndsWellBeforeMostScores) {
  // 1 inside, 5 at the least distance outside, and in proportion to 1 + distance from there on.
  std::vector<double> scores(50, 1);
  std::vector<double> distances(50, 0);
  for (int i = 1; i <= 20; ++i) {
    scores.push_back(5 * (1 + 0.1 * i) / 1.1);
    distances.push_back(0.1 * i);
  }
  const ScoreLine line = FitScoreLine(scores, distances, 0.9);
  EXPECT_NEAR(line.scale, 1, 0.01);
  EXPECT_NEAR(line.until, 0.1, 1e-9);
  EXPECT_NEAR(line.per_distance, 40, 0.5);
}

/// The scale over 1000 plain scores from 0 to 1 and `count` of shifted folds from 0 to `most`, at
/// that distance.
double ScaleWithShifted(int count, double most, double distance) {
  std::vector<double> scores;
  for (int i = 0; i <= 999; ++i) scores.push_back(i / 999.0);
  for (int i = 0; i < count; ++i) scores.push_back(most * i / (count - 1.0));
  std::vector<double> distances(1000);
  distances.resize(scores.size(), distance);
  return FitIntervalLine(scores, distances, 1000, 0.9).scale;
}

TEST(IntervalLineTest, ShiftedRowsInsideHaveTheirOwnQuantile) {
  EXPECT_NEAR(ScaleWithShifted(100, 3, 0), 2.7, 1e-9);
  // Too few to tell it: the quantile of all, below which are 1000 x and 33 x of 1099.
  EXPECT_NEAR(ScaleWithShifted(99, 3, 0), 0.9 * 1099 / 1033, 0.005);
  // What lies outside tells the slope; what errs less than plain rows narrows nothing.
  EXPECT_NEAR(ScaleWithShifted(100, 3, 0.5), 0.9, 0.01);
  EXPECT_NEAR(ScaleWithShifted(100, 0.3, 0), 0.89, 0.005);  // 1000 x + 100 of 1100
}

}  // namespace
}  // namespace joulecast
