// SPDX-License-Identifier: Apache-2.0
#include "fit/page_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fit/test_observations.h"

namespace joulecast {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(OtherPageStatesTest, AreThoseMeasuredWhereTheDevicesOwnWasNot) {
  const DeviceTraits traits = {.large_buffer_bytes = 1e6};
  const std::vector<SourceRows> elsewhere = {{.source = "a", .large_buffer_bytes = 8e6},
                                             {.source = "b", .large_buffer_bytes = 2e6},
                                             {.source = "c", .large_buffer_bytes = 8e6}};
  EXPECT_THAT(OtherPageStates(elsewhere, traits), ElementsAre(2e6, 8e6));
  std::vector<SourceRows> both = elsewhere;
  both.push_back({.source = "d", .large_buffer_bytes = 1e6, .used = false});
  EXPECT_THAT(OtherPageStates(both, traits), IsEmpty());
}

/// Relus with fresh pages above 4 MB; `reused` of these found theirs mapped.
SourceRows ReadRelus(double noise, int reused) {
  constexpr double kThreshold = 4e6;
  const std::vector<Observation> rows = ReluRowsWithFreshPages(400, noise, kThreshold, reused);
  DeviceTraits traits = kTestTraits;
  traits.large_buffer_bytes = kThreshold;
  return ReadSources(rows.front().spec.type(), rows, {}, traits).at(0);
}

TEST(PageStateTest, RowsThatReusedTheirPagesAreKnown) {
  EXPECT_EQ(ReadRelus(0.02, 0).in_other_state, 0u);
  EXPECT_EQ(ReadRelus(0.02, 3).in_other_state, 3u);
}

TEST(PageStateTest, NoiseIsNoOtherState) { EXPECT_EQ(ReadRelus(0.2, 0).in_other_state, 0u); }

}  // namespace
}  // namespace joulecast
