// SPDX-License-Identifier: Apache-2.0
#include "report/charts.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace joulecast {
namespace {

using Json = nlohmann::json;

TEST(BarChartTest, WhatIsNotFiniteHasNoBar) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Json json =
      Json::parse(BarChart(std::vector<Bar>{{"a", nan, "-"}, {"b\xff", 2, "2 J"}}, "x"));
  EXPECT_EQ(json["chart"], "bars");
  EXPECT_TRUE(json["bars"][0]["value"].is_null());
  EXPECT_EQ(json["bars"][1]["value"], 2);
  EXPECT_EQ(json["bars"][1]["name"], "b\xEF\xBF\xBD");  // names are not always UTF-8
}

TEST(StackedBarsTest, PartsKeepTheLegendsOrder) {
  const Json json = Json::parse(StackedBars(std::vector<std::string>{"conv", "pool"},
                                            std::vector<StackedBar>{{"vgg", {1, 3}}}, "x"));
  EXPECT_EQ(json["legend"], Json({"conv", "pool"}));
  EXPECT_EQ(json["bars"][0]["parts"], Json({1.0, 3.0}));
}

TEST(AgreementChartsTest, OnlyPositivePairsAreShown) {
  const std::vector<ForecastPair> pairs = {{.group = "relu", .measured_j = 1, .forecast_j = 10},
                                           {.group = "relu", .measured_j = 0, .forecast_j = 1},
                                           {.group = "relu", .measured_j = 1, .forecast_j = -1}};
  EXPECT_EQ(Json::parse(AgreementCharts(pairs, 0.9, "l"))["pairs"].size(), 1u);
  EXPECT_TRUE(Json::parse(DiagonalChart({}, "l"))["pairs"].empty());
}

TEST(AgreementChartsTest, TheGroupWithMostPairsComesFirst) {
  const std::vector<ForecastPair> pairs = {
      {.group = "a", .measured_j = 1, .forecast_j = 1},
      {.group = "b", .measured_j = 2, .forecast_j = 3, .low_j = 1, .high_j = 4},
      {.group = "b", .measured_j = 1, .forecast_j = 1}};
  const Json json = Json::parse(AgreementCharts(pairs, 0.9, "l"));
  EXPECT_EQ(json["groups"], Json({"b", "a"}));
  EXPECT_EQ(json["interval"], 0.9);
  EXPECT_EQ(json["pairs"][0]["group"], 1);
  EXPECT_FALSE(json["pairs"][0].contains("low_j"));
  EXPECT_EQ(json["pairs"][1]["group"], 0);
  EXPECT_EQ(json["pairs"][1]["high_j"], 4);
}

TEST(DiagonalChartTest, ItMakesNoIntervals) {
  const Json json = Json::parse(DiagonalChart({}, "l"));
  EXPECT_EQ(json["chart"], "diagonal");
  EXPECT_TRUE(json["interval"].is_null());
}

}  // namespace
}  // namespace joulecast
