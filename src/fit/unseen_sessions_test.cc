// SPDX-License-Identifier: Apache-2.0
#include "fit/unseen_sessions.h"

#include <gtest/gtest.h>

#include "fit/test_observations.h"

namespace joulecast {
namespace {

std::vector<UnseenSession> Unseen(const std::vector<Observation>& first,
                                  const std::vector<Observation>& second, double drift) {
  std::vector<Observation> rows = first;
  rows.insert(rows.end(), second.begin(), second.end());
  const LayerFit fit = FitLayer(*FindLayerType("linear"), rows, {}, kTestTraits, false);
  return ForecastUnseenSessions(fit, {}, kTestTraits, drift);
}

TEST(UnseenSessionsTest, EachIsForecastFromTheOther) {
  const auto first = LinearRows(60, "a", 0.0005);
  const auto second = LinearRows(61, "b", 0.0005, 1.01);
  for (const double drift : {0.0, 0.02}) {
    const auto unseen = Unseen(first, second, drift);
    ASSERT_EQ(unseen.size(), 2u);
    EXPECT_EQ(unseen[0].type, "linear");
    EXPECT_EQ(unseen[0].source, "a");
    EXPECT_EQ(unseen[0].rows, 60u);
    EXPECT_EQ(unseen[1].source, "b");
    EXPECT_NEAR(unseen[0].median_error_percent, 1, 0.1);
    EXPECT_NEAR(unseen[1].median_error_percent, 100 / 1.01 - 100, 0.1);
    // Noise of 0.05 % promises far less than 1 %; a drift of 2 % allows for it.
    for (const UnseenSession& session : unseen) {
      EXPECT_NEAR(session.mape_percent, 1, 0.1);
      EXPECT_NEAR(session.inside, drift > 0 ? 1 : 0, 0.05) << session.source;
    }
  }
}

TEST(UnseenSessionsTest, OneThatTheFitLeavesOutIsUnseen) {
  const auto unseen = Unseen(LinearRows(60, "a", 0.02), LinearRows(61, "b", 0.02, 1.3), 0);
  ASSERT_EQ(unseen.size(), 1u);
  EXPECT_NEAR(unseen[0].mape_percent, 100 - 100 / 1.3, 1.5);
  EXPECT_LT(unseen[0].inside, 0.1);
}

TEST(UnseenSessionsTest, WhatCouldNotBeFittedWithoutItIsNotLeftOut) {
  EXPECT_TRUE(Unseen(LinearRows(60, "a", 0.02), {}, 0).empty());
  EXPECT_TRUE(Unseen(LinearRows(60, "a", 0.02), LinearRows(20, "b", 0.02), 0).empty());
}

}  // namespace
}  // namespace joulecast
