// SPDX-License-Identifier: Apache-2.0
#include "measure/sampler/random.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <numeric>

namespace joulecast {
namespace {

using testing::ElementsAreArray;
using testing::UnorderedElementsAreArray;

TEST(RandomTest, SeedAndStreamDecideTheNumbers) {
  const auto draw = [](std::uint64_t seed, const char* stream) {
    Random random(seed, stream);
    std::array<std::int64_t, 8> numbers{};
    for (auto& number : numbers) number = random.Uniform(0, 1'000'000);
    return numbers;
  };
  EXPECT_THAT(draw(1, "conv2d"), ElementsAreArray(draw(1, "conv2d")));
  EXPECT_NE(draw(1, "conv2d"), draw(1, "linear"));
  EXPECT_NE(draw(1, "conv2d"), draw(2, "conv2d"));
  // Seeds differ in their upper half too.
  EXPECT_NE(draw(1, "conv2d"), draw(1 + (std::uint64_t{1} << 32), "conv2d"));
}

TEST(RandomTest, UniformReachesBothEndsAndAllBetween) {
  Random random(1, "test");
  std::map<std::int64_t, int> counts;
  for (int i = 0; i < 6000; ++i) ++counts[random.Uniform(-1, 4)];
  EXPECT_EQ(counts.size(), 6u);
  // Each is drawn 1000 times but for the spread of a binomial: sqrt(6000/6*5/6) = 29; five of it.
  for (const auto& [value, count] : counts) EXPECT_NEAR(count, 1000, 145) << value;
  EXPECT_EQ(random.Uniform(7, 7), 7);
}

TEST(RandomTest, LogUniformFavoursSmallValuesAsOneOverTheValue) {
  Random random(1, "test");
  std::map<std::int64_t, int> counts;
  const int draws = 40000;
  for (int i = 0; i < draws; ++i) ++counts[random.LogUniform(3, 10)];
  double sum = 0;
  for (int value = 3; value <= 10; ++value) sum += 1.0 / value;
  for (int value = 3; value <= 10; ++value) {
    const double expected = draws / value / sum;
    EXPECT_NEAR(counts[value], expected, 5 * std::sqrt(expected)) << value;
  }
  EXPECT_EQ(counts.begin()->first, 3);
  EXPECT_EQ(counts.rbegin()->first, 10);
}

TEST(RandomTest, LogUniformFromZeroAndOfOneValue) {
  Random random(1, "test");
  std::map<std::int64_t, int> counts;
  for (int i = 0; i < 1100; ++i) ++counts[random.LogUniform(0, 2)];
  // 1 : 1/2 : 1/3 of 1100.
  EXPECT_NEAR(counts[0], 600, 85);
  EXPECT_NEAR(counts[1], 300, 75);
  EXPECT_NEAR(counts[2], 200, 65);
  EXPECT_EQ(random.LogUniform(0, 0), 0);
  EXPECT_EQ(random.LogUniform(1 << 30, 1 << 30), 1 << 30);
}

TEST(RandomTest, ShuffleKeepsEveryValue) {
  Random random(1, "test");
  std::vector<int> values(50);
  std::iota(values.begin(), values.end(), 0);
  std::vector<int> shuffled = values;
  random.Shuffle(shuffled);
  EXPECT_NE(shuffled, values);
  EXPECT_THAT(shuffled, UnorderedElementsAreArray(values));
}

}  // namespace
}  // namespace joulecast
