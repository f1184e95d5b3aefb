// SPDX-License-Identifier: Apache-2.0
#include "report/svg.h"

#include <gmock/gmock.h>

#include <limits>

namespace joulecast {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t CountOf(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

TEST(BarChartTest, LengthsAreInProportion) {
  // 440 wide, less 40 for short names, 70 for texts and 12 between: the longest bar is 318.
  const std::string svg = BarChart(std::vector<Bar>{{"a", 4, "4"}, {"b", 1, "1"}}, "x");
  EXPECT_THAT(svg, HasSubstr("width=\"318.00\""));
  EXPECT_THAT(svg, HasSubstr("width=\"79.50\""));
}

TEST(BarChartTest, WhatIsNotFiniteHasNoBar) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::string svg = BarChart(std::vector<Bar>{{"a", nan, "-"}, {"<b>", 0, "0"}}, "\"x\"");
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
  EXPECT_THAT(svg, HasSubstr("&lt;b&gt;"));
  EXPECT_THAT(svg, HasSubstr("aria-label=\"&quot;x&quot;\""));
}

TEST(StackedBarsTest, PartsShareOneLength) {
  // 440 less 40 and 12 is 388: a quarter of it and the rest.
  const std::string svg = StackedBars(std::vector<std::string>{"conv", "pool"},
                                      std::vector<StackedBar>{{"vgg", {1, 3}}}, "x");
  EXPECT_THAT(svg, HasSubstr("width=\"97.00\""));
  EXPECT_THAT(svg, HasSubstr("width=\"291.00\""));
}

TEST(LogScatterTest, OnlyPositivePointsAreShown) {
  const std::vector<PlotPoint> points = {{1, 10}, {0, 1}, {1, -1}, {100, 100}};
  EXPECT_EQ(CountOf(LogScatter(points, "x", "y", "l"), "<circle"), 2u);
  EXPECT_EQ(CountOf(LogScatter({}, "x", "y", "l"), "<circle"), 0u);
}

TEST(LogScatterTest, ThePlaneReachesFromTheLeastToTheLargestPowerOfTen) {
  // From 1e0 to 1e2 on 340 from (56, 24): the point (1, 10) is at the left edge, half way up.
  const std::vector<PlotPoint> points = {{1, 10}, {100, 100}};
  const std::string svg = LogScatter(points, "x", "y", "l");
  EXPECT_THAT(svg, HasSubstr("cx=\"56.0\" cy=\"194.0\""));
  EXPECT_THAT(svg, HasSubstr("cx=\"396.0\" cy=\"24.0\""));
}

}  // namespace
}  // namespace joulecast
