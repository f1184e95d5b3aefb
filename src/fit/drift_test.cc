// SPDX-License-Identifier: Apache-2.0
#include "fit/drift.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace joulecast {
namespace {

/// How four repetitions of each configuration follow one another.
enum class Order { kByTurns, kOneAfterAnother };

/// Configurations of about 1 J on a machine whose energies are exp(`state`) times as high, at each
/// place among the repetitions, with noise of that standard deviation.
std::vector<Observation> Measured(int configurations, Order order,
                                  const std::function<double(int)>& state, double noise = 0) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<Observation> rows;
  for (int i = 0; i < configurations; ++i) {
    Observation row{LayerSpec::Parse("relu batch=1 elements=" + std::to_string(100 + i)), Joules(1),
                    Seconds(1), "a"};
    double sum = 0;
    for (int turn = 0; turn < 4; ++turn) {
      const int place = order == Order::kByTurns ? configurations * turn + i : 4 * i + turn;
      row.repetitions.push_back({place, std::exp(state(place) + noise * normal(random))});
      sum += row.repetitions.back().energy_j;
    }
    row.energy = Joules(sum / 4);
    rows.push_back(row);
  }
  return rows;
}

double Steady(int) { return 0; }
double HighThenLow(int place) { return place < 200 ? 0.05 : -0.05; }

TEST(DriftTest, StretchesOfASessionTellHowTheMachineChanges) {
  // Of eight stretches of 50, four lie 0.05 above the typical and four below; of a mean of four
  // repetitions each lies nearer than the truth, by sqrt(3/4), which is undone. Student's t of
  // seven degrees of freedom is 1.895.
  EXPECT_NEAR(DriftWithinSessions(Measured(100, Order::kByTurns, HighThenLow)),
              1.895 * 0.05 * std::sqrt(4.0 / 3) * std::sqrt(8.0 / 7), 1e-4);
}

TEST(DriftTest, NoiseIsNoDrift) {
  // Medians of 50 rows with a noise of 0.2 differ by 0.035 (1.25 x 0.2 / sqrt(50)).
  EXPECT_LT(DriftWithinSessions(Measured(1000, Order::kByTurns, Steady, 0.2)), 0.035);
}

TEST(DriftTest, RepetitionsOneAfterAnotherTellNothing) {
  EXPECT_LT(DriftWithinSessions(Measured(100, Order::kOneAfterAnother, HighThenLow, 0.01)), 0.01);
}

TEST(DriftTest, FewOrNoRepetitionsTellNothing) {
  std::vector<Observation> rows = Measured(100, Order::kByTurns, HighThenLow);
  EXPECT_EQ(DriftWithinSessions(std::span(rows).first(24)), 0) << "one stretch";
  for (Observation& row : rows) row.repetitions.resize(1);
  EXPECT_EQ(DriftWithinSessions(rows), 0) << "nothing to deviate from";
  EXPECT_EQ(DriftWithinSessions({}), 0);
}

}  // namespace
}  // namespace joulecast
