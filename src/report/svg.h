// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

// Figures as SVG markup for an HtmlPage, whose style gives them their colours. `label` says in
// words what a figure shows, for those who cannot see it.

struct Bar {
  std::string name;
  double value = 0;  ///< not negative; what is not finite has no bar
  std::string text;  ///< behind the bar: the value as it shall be read
};

/// Horizontal bars from 0 to the largest value.
std::string BarChart(std::span<const Bar> bars, std::string_view label);

struct StackedBar {
  std::string name;
  std::vector<double> parts;  ///< not negative, in the order of the legend
};

/// Horizontal bars of one length, each divided in proportion to its parts.
std::string StackedBars(std::span<const std::string> legend, std::span<const StackedBar> bars,
                        std::string_view label);

struct PlotPoint {
  double x = 0;
  double y = 0;
};

/// Points on logarithmic axes of one scale, with the diagonal on which x equals y. Points that are
/// not positive are left out.
std::string LogScatter(std::span<const PlotPoint> points, std::string_view x_name,
                       std::string_view y_name, std::string_view label);

}  // namespace joulecast
