// SPDX-License-Identifier: Apache-2.0
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>

#include "report/html.h"

namespace joulecast {
namespace {

constexpr double kWidth = 440;  // of the view box: text of 12 stays readable on a phone
constexpr double kTextWidth = 70;
constexpr double kRowHeight = 22;
constexpr std::size_t kColours = 6;  // --c0 .. --c5 of the page's style

/// Appends formatted markup.
template <typename... Args>
void Put(std::string& svg, fmt::format_string<Args...> format, Args&&... args) {
  fmt::format_to(std::back_inserter(svg), format, std::forward<Args>(args)...);
}

std::string Open(double height, std::string_view label) {
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" "
      "aria-label=\"{}\">\n",
      kWidth, height, EscapeHtml(label));
}

void PutText(std::string& svg, double x, double y, std::string_view anchor, std::string_view text) {
  Put(svg, "<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"{}\">{}</text>\n", x, y, anchor,
      EscapeHtml(text));
}

void PutBar(std::string& svg, double x, double row, double width, std::size_t colour) {
  Put(svg,
      "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.2f}\" height=\"{:.0f}\" "
      "fill=\"var(--c{})\"/>\n",
      x, row * kRowHeight + 3, std::max(0.0, width), kRowHeight - 6, colour % kColours);
}

/// What the longest name takes, as far as that can be told without the reader's font.
template <typename Bars>
double NameWidth(const Bars& bars) {
  constexpr double kPerLetter = 7;
  std::size_t longest = 0;
  for (const auto& bar : bars) longest = std::max(longest, bar.name.size());
  return std::clamp(kPerLetter * static_cast<double>(longest), 40.0, 210.0);
}

double Baseline(double row) { return row * kRowHeight + 15; }

}  // namespace

std::string BarChart(std::span<const Bar> bars, std::string_view label) {
  double most = 0;
  for (const Bar& bar : bars) {
    if (std::isfinite(bar.value)) most = std::max(most, bar.value);
  }
  const double name_width = NameWidth(bars);
  const double full = kWidth - name_width - kTextWidth - 12;
  std::string svg = Open(static_cast<double>(bars.size()) * kRowHeight + 4, label);
  double row = 0;
  for (const Bar& bar : bars) {
    const double length = most > 0 && std::isfinite(bar.value) ? full * bar.value / most : 0;
    PutText(svg, name_width, Baseline(row), "end", bar.name);
    PutBar(svg, name_width + 6, row, length, 0);
    PutText(svg, name_width + 12 + std::max(0.0, length), Baseline(row), "start", bar.text);
    ++row;
  }
  return svg + "</svg>";
}

std::string StackedBars(std::span<const std::string> legend, std::span<const StackedBar> bars,
                        std::string_view label) {
  const double name_width = NameWidth(bars);
  const double full = kWidth - name_width - 12;
  constexpr double kLegendColumns = 3;
  const double legend_rows = std::ceil(static_cast<double>(legend.size()) / kLegendColumns);
  std::string svg =
      Open((static_cast<double>(bars.size()) + legend_rows + 0.5) * kRowHeight, label);
  double row = 0;
  for (const StackedBar& bar : bars) {
    PutText(svg, name_width, Baseline(row), "end", bar.name);
    const double sum = std::accumulate(bar.parts.begin(), bar.parts.end(), 0.0);
    double x = name_width + 6;
    for (std::size_t i = 0; i < bar.parts.size() && sum > 0; ++i) {
      const double width = full * bar.parts[i] / sum;
      PutBar(svg, x, row, width, i);
      x += width;
    }
    ++row;
  }
  row += 0.5;
  for (std::size_t i = 0; i < legend.size(); ++i) {
    const double column = std::fmod(static_cast<double>(i), kLegendColumns);
    const double at = row + std::floor(static_cast<double>(i) / kLegendColumns);
    const double x = column * kWidth / kLegendColumns;
    PutBar(svg, x, at, 12, i);
    PutText(svg, x + 17, Baseline(at), "start", legend[i]);
  }
  return svg + "</svg>";
}

std::string LogScatter(std::span<const PlotPoint> points, std::string_view x_name,
                       std::string_view y_name, std::string_view label) {
  std::vector<PlotPoint> shown;
  for (const PlotPoint& point : points) {
    const bool has_logs = point.x > 0 && point.y > 0 && std::isfinite(point.x + point.y);
    if (has_logs) shown.push_back({std::log10(point.x), std::log10(point.y)});
  }
  double least = 0;
  double most = 1;
  if (!shown.empty()) {
    least = most = shown.front().x;
    for (const auto& [x, y] : shown) {
      least = std::min({least, x, y});
      most = std::max({most, x, y});
    }
    least = std::floor(least);
    most = std::max(least + 1, std::ceil(most));
  }
  constexpr double kLeft = 56;
  constexpr double kSide = 340;
  constexpr double kTop = 24;
  const auto x_of = [&](double log) { return kLeft + kSide * (log - least) / (most - least); };
  const auto y_of = [&](double log) { return kTop + kSide * (most - log) / (most - least); };
  std::string svg = Open(kTop + kSide + 44, label);
  const double step = std::ceil((most - least) / 8);
  for (double tick = least; tick <= most; tick += step) {
    Put(svg,
        "<path d=\"M{0:.1f} {1:.1f}V{2:.1f}M{3:.1f} {4:.1f}H{5:.1f}\" stroke=\"var(--line)\"/>\n",
        x_of(tick), kTop, kTop + kSide, kLeft, y_of(tick), kLeft + kSide);
    PutText(svg, x_of(tick), kTop + kSide + 16, "middle", fmt::format("1e{:.0f}", tick));
    PutText(svg, kLeft - 6, y_of(tick) + 4, "end", fmt::format("1e{:.0f}", tick));
  }
  Put(svg, "<path d=\"M{:.1f} {:.1f}L{:.1f} {:.1f}\" stroke=\"var(--soft)\"/>\n", x_of(least),
      y_of(least), x_of(most), y_of(most));
  for (const auto& [x, y] : shown) {
    Put(svg,
        "<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"2\" fill=\"var(--c0)\" fill-opacity=\"0.6\"/>\n",
        x_of(x), y_of(y));
  }
  PutText(svg, kLeft + kSide, kTop + kSide + 36, "end", x_name);
  PutText(svg, 4, 14, "start", y_name);
  return svg + "</svg>";
}

}  // namespace joulecast
