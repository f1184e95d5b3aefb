// SPDX-License-Identifier: Apache-2.0
#include "fit/design.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace joulecast {
namespace {

using testing::SizeIs;

/// Caches of 1 MB, allocations above 4 MB are fresh pages.
constexpr DeviceTraits kTraits = {.last_level_cache_bytes = 1e6, .large_buffer_bytes = 4e6};

LayerSpec Relu(std::int64_t elements) {
  return LayerSpec::Parse("relu batch=1 elements=" + std::to_string(elements));
}

/// A nanojoule a byte and a microjoule a call.
Observation Measured(std::int64_t elements) {
  const LayerSpec spec = Relu(elements);
  return {.spec = spec,
          .energy = Joules(1e-9 * static_cast<double>(spec.CountWork().bytes()) + 1e-6),
          .time = Seconds(1)};
}

std::vector<Observation> SmallOnes() {
  std::vector<Observation> rows;
  for (std::int64_t elements = 100; elements < 100'000; elements = elements * 3 / 2) {
    rows.push_back(Measured(elements));
  }
  return rows;
}

TEST(DesignTest, WantsTheTermsThatNoRowHas) {
  const std::vector<LayerSpec> candidates = {Relu(500), Relu(7'000), Relu(2'000'000), Relu(90'000)};
  const auto chosen = ChooseUncertain(candidates[0].type(), SmallOnes(), candidates, kTraits, 1);
  ASSERT_THAT(chosen, SizeIs(1));
  EXPECT_EQ(chosen[0], 2u);  // the only one beyond the cache, in fresh pages
}

TEST(DesignTest, TheNextChoiceDiffersFromTheFirst) {
  // Two twins that nothing measured is like, and one between them and what is known: after one
  // twin the other one has nothing to add.
  const std::vector<LayerSpec> candidates = {Relu(3'000'000), Relu(3'000'001), Relu(400'000)};
  const auto chosen = ChooseUncertain(candidates[0].type(), SmallOnes(), candidates, kTraits, 2);
  ASSERT_THAT(chosen, SizeIs(2));
  EXPECT_NE(chosen[0], 2u);
  EXPECT_EQ(chosen[1], 2u);
}

TEST(DesignTest, ChoosesWithoutAnyMeasurementAndNeverTwice) {
  std::vector<LayerSpec> candidates;
  for (std::int64_t i = 1; i <= 20; ++i) candidates.push_back(Relu(i * i * 5'000));
  const auto chosen = ChooseUncertain(candidates[0].type(), {}, candidates, kTraits, 30);
  EXPECT_THAT(chosen, SizeIs(20));
  EXPECT_THAT(std::set<std::size_t>(chosen.begin(), chosen.end()), SizeIs(20));
}

}  // namespace
}  // namespace joulecast
