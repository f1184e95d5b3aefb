// SPDX-License-Identifier: Apache-2.0
#include "fit/drift.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>
#include <span>
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
  // Every other of 80 stretches of 50 lies 0.05 above the middle, the rest below. Student's t of 79
  // degrees of freedom is 1.664.
  const auto rows =
      Measured(1000, Order::kByTurns, [](int place) { return place / 50 % 2 == 0 ? 0.05 : -0.05; });
  EXPECT_NEAR(DriftWithinSessions(rows), 1.664 * 0.05 * std::sqrt(80.0 / 79), 0.004);
}

TEST(DriftTest, NoiseIsNoDrift) {
  // Medians of 50 rows with a noise of 0.2 differ by 0.035 (1.25 x 0.2 / sqrt(50)), 90 % of them by
  // up to 0.058.
  EXPECT_LT(DriftWithinSessions(Measured(4000, Order::kByTurns, Steady, 0.2)), 0.035);
}

TEST(DriftTest, RepetitionsOneAfterAnotherTellNothing) {
  const auto half = [](int place) { return place < 2000 ? 0.05 : -0.05; };
  EXPECT_LT(DriftWithinSessions(Measured(1000, Order::kOneAfterAnother, half, 0.2)), 0.01);
}

TEST(DriftTest, FewOrNoRepetitionsTellNothing) {
  const auto half = [](int place) { return place < 200 ? 0.05 : -0.05; };
  std::vector<Observation> rows = Measured(100, Order::kByTurns, half);
  EXPECT_EQ(DriftWithinSessions(rows), 0) << "eight stretches";
  rows = Measured(1000, Order::kByTurns, half);
  for (Observation& row : rows) row.repetitions.resize(1);
  EXPECT_EQ(DriftWithinSessions(rows), 0) << "nothing to deviate from";
  EXPECT_EQ(DriftWithinSessions({}), 0);
}

}  // namespace
}  // namespace joulecast
