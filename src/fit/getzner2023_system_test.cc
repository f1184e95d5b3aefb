// SPDX-License-Identifier: Apache-2.0
#include "fit/getzner2023_system.h"

#include <gtest/gtest.h>

namespace joulecast {
namespace {

TEST(GetznerSystemTest, AdaptivePoolsAndDropoutAreFree) {
  const GetznerSystem system({});
  EXPECT_EQ(system.Predict({.layer = "dropout"}), 0);
  EXPECT_EQ(system.Predict({.layer = "adaptiveavgpool2d"}), 0);
  EXPECT_FALSE(system.Predict({.layer = "conv2d"}));
}

}  // namespace
}  // namespace joulecast
