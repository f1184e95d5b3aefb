// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <thread>

#include "joulecast/meter.h"

namespace joulecast {

/// For tests: the meter's first domain counts this constant power. Bounds allow for any pause that
/// the scheduler makes around a reading.
inline void ExpectPower(Meter& meter, Watts power) {
  using Clock = std::chrono::steady_clock;
  const auto before_first = Clock::now();
  Reading first;
  meter.Read(first);
  const auto after_first = Clock::now();
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
  const auto before_second = Clock::now();
  Reading second;
  meter.Read(second);
  const auto after_second = Clock::now();
  ASSERT_TRUE(first.domains[0].total && second.domains[0].total) << second.domains[0].failure;
  const double spent_j = (*second.domains[0].total - *first.domains[0].total).value();
  const double rounding_j = 1e-6 + 1e-4 * spent_j;
  EXPECT_GE(spent_j, (power * (before_second - after_first)).value() - rounding_j);
  EXPECT_LE(spent_j, (power * (after_second - before_first)).value() + rounding_j);
}

}  // namespace joulecast
