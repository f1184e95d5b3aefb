// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulecast {

// Figures of an HtmlPage as JSON, which web/src/views/figure.ts draws. `label` says in words what a
// figure shows, for those who cannot see it.

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

/// A forecast beside what was measured.
struct ForecastPair {
  std::string group;  ///< a layer type, or a network: has a colour of its own
  std::string name;   ///< what was forecast; may be empty
  double measured_j = 0;
  double forecast_j = 0;
  std::optional<double> low_j;  ///< of the interval, if the forecast has one
  std::optional<double> high_j;
};

/// Forecast against measured on equal logarithmic axes. Pairs that are not positive are left out.
std::string DiagonalChart(std::span<const ForecastPair> pairs, std::string_view label);

/// All that such pairs tell: the same, errors by group and by size, and how often the intervals,
/// made for `interval_level`, hold.
std::string AgreementCharts(std::span<const ForecastPair> pairs,
                            std::optional<double> interval_level, std::string_view label);

}  // namespace joulecast
