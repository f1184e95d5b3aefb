// SPDX-License-Identifier: Apache-2.0
#include "fit/drift.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <string>
#include <vector>

namespace joulecast {
namespace {

/// How four repetitions of each configuration follow one another; by turns, in another order each.
enum class Order { kByTurns, kOneAfterAnother };

/// Configurations of about 1 J on a machine whose energies are exp(`state`) times as high, at each
/// place among the repetitions, with noise of that standard deviation.
std::vector<Observation> Measured(int configurations, Order order,
                                  const std::function<double(int)>& state, double noise = 0) {
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  std::vector<Observation> rows;
  for (int i = 0; i < configurations; ++i) {
    rows.push_back({LayerSpec::Parse("relu batch=1 elements=" + std::to_string(100 + i)), Joules(0),
                    Seconds(1), "a"});
  }
  std::vector<int> turns(static_cast<std::size_t>(configurations));
  std::iota(turns.begin(), turns.end(), 0);
  for (int turn = 0; turn < 4; ++turn) {
    if (order == Order::kByTurns) std::ranges::shuffle(turns, random);
    for (int i = 0; i < configurations; ++i) {
      const int place = order == Order::kByTurns ? configurations * turn + i : 4 * i + turn;
      Observation& row = rows[static_cast<std::size_t>(turns[static_cast<std::size_t>(i)])];
      row.repetitions.push_back({place, std::exp(state(place) + noise * normal(random))});
      row.energy += Joules(row.repetitions.back().energy_j / 4);
    }
  }
  return rows;
}

double Steady(int) { return 0; }

TEST(DriftTest, StretchesOfASessionTellHowTheMachineChanges) {
  // Every other of 320 stretches of 50 lies 0.05 above the middle, the rest below. Student's t of
  // 319 degrees of freedom is 1.650.
  const auto rows =
      Measured(4000, Order::kByTurns, [](int place) { return place / 50 % 2 == 0 ? 0.05 : -0.05; });
  EXPECT_NEAR(DriftWithinSessions(rows).value(), 1.650 * 0.05, 0.005);
}

TEST(DriftTest, ASlowChangeCountsMoreByTheShareOfEachRepetition) {
  // The first two of four repetitions lie 0.05 above the middle, the others below: 0.05 x 4/3 from
  // the mean of the three others. 16 stretches: Student's t of 15 is 1.753.
  const auto rows =
      Measured(200, Order::kByTurns, [](int place) { return place < 400 ? 0.05 : -0.05; });
  EXPECT_NEAR(DriftWithinSessions(rows).value(), 1.753 * 0.05 * 4 / 3 * std::sqrt(16.0 / 15),
              0.001);
}

TEST(DriftTest, NoiseIsNoDrift) {
  // Medians of 50 rows with a noise of 0.2, each against three others, differ by 0.041
  // (1.25 x 0.2 x 2/sqrt(3) / sqrt(50)), 90 % of them by up to 0.067.
  EXPECT_LT(DriftWithinSessions(Measured(4000, Order::kByTurns, Steady, 0.2)).value(), 0.035);
}

TEST(DriftTest, RepetitionsOneAfterAnotherTellNothing) {
  const auto half = [](int place) { return place < 2000 ? 0.05 : -0.05; };
  EXPECT_FALSE(DriftWithinSessions(Measured(1000, Order::kOneAfterAnother, half)));
}

TEST(DriftTest, FewOrNoRepetitionsTellNothing) {
  const auto half = [](int place) { return place < 200 ? 0.05 : -0.05; };
  std::vector<Observation> rows = Measured(100, Order::kByTurns, half);
  EXPECT_FALSE(DriftWithinSessions(rows)) << "eight stretches";
  rows = Measured(1000, Order::kByTurns, half);
  for (Observation& row : rows) row.repetitions.resize(1);
  EXPECT_FALSE(DriftWithinSessions(rows)) << "nothing to deviate from";
  EXPECT_FALSE(DriftWithinSessions({}));
}

}  // namespace
}  // namespace joulecast
