// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <random>

#include "layers/node_view.h"

namespace joulecast {
namespace {

/// One axis of a sliding window.
struct Axis {
  std::int64_t image, kernel, stride, before, after, dilation;

  std::int64_t reach() const { return dilation * (kernel - 1) + 1; }
  std::int64_t Positions(bool ceil_mode) const {
    return WindowPositions(image, kernel, stride, before, after, dilation, ceil_mode);
  }
};

/// Slides the window along and counts: what the formulas must agree with.
std::int64_t SlidePositions(const Axis& axis, bool ceil_mode) {
  const std::int64_t padded = axis.before + axis.image + axis.after;
  std::int64_t positions = 0;
  std::int64_t start = 0;
  for (; start + axis.reach() <= padded; start += axis.stride) ++positions;
  const bool rest = positions > 0 && start - axis.stride + axis.reach() < padded;
  if (ceil_mode && rest && start < axis.before + axis.image) ++positions;
  return positions;
}

std::int64_t SlideTaps(const Axis& axis, std::int64_t positions) {
  std::int64_t taps = 0;
  for (std::int64_t position = 0; position < positions; ++position) {
    for (std::int64_t tap = 0; tap < axis.kernel; ++tap) {
      const std::int64_t pixel = position * axis.stride - axis.before + tap * axis.dilation;
      if (pixel >= 0 && pixel < axis.image) ++taps;
    }
  }
  return taps;
}

Axis RandomAxis(std::mt19937& random) {
  const auto upto = [&](unsigned n) { return static_cast<std::int64_t>(random() % n); };
  Axis axis{.image = 1 + upto(30), .kernel = 1 + upto(7), .stride = 1 + upto(5)};
  axis.dilation = 1 + upto(3);
  axis.before = std::min(upto(4), axis.reach() - 1);
  axis.after = std::min(upto(4), axis.reach() - 1);
  return axis;
}

TEST(WindowTest, FormulasAgreeWithSliding) {
  std::mt19937 random(20230408);
  for (int i = 0; i < 5000; ++i) {
    const Axis axis = RandomAxis(random);
    for (const bool ceil_mode : {false, true}) {
      const std::int64_t positions = axis.Positions(ceil_mode);
      ASSERT_EQ(positions, SlidePositions(axis, ceil_mode))
          << "image " << axis.image << " kernel " << axis.kernel << " stride " << axis.stride
          << " padding " << axis.before << "," << axis.after << " dilation " << axis.dilation
          << " ceil " << ceil_mode;
      ASSERT_EQ(
          TapsInside(axis.image, axis.kernel, axis.stride, axis.before, axis.dilation, positions),
          SlideTaps(axis, positions));
    }
  }
}

TEST(WindowTest, CeilModeDropsAWindowThatStartsInThePadding) {
  // Starts at 0 and 3 of 1 + 2 + 1 padded pixels: the second would see only padding.
  EXPECT_EQ(WindowPositions(2, 2, 3, 1, 1, 1, true), 1);
  // Starts at 0, 2, 4 of 6 pixels: the third sees two.
  EXPECT_EQ(WindowPositions(6, 3, 2, 0, 0, 1, true), 3);
  EXPECT_EQ(WindowPositions(6, 3, 2, 0, 0, 1, false), 2);
}

TEST(WindowTest, NothingFitsWhereTheKernelIsLarger) {
  EXPECT_EQ(WindowPositions(4, 7, 1, 1, 1, 1, false), 0);
  EXPECT_EQ(WindowPositions(4, 3, 1, 0, 0, 2, false), 0);  // reaches 5
}

}  // namespace
}  // namespace joulecast
