// SPDX-License-Identifier: Apache-2.0
#include "fit/page_state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

}  // namespace
}  // namespace joulecast
