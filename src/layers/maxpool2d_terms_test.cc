// SPDX-License-Identifier: Apache-2.0
// Arithmetic terms of max pooling, by hand and by looking at every window.
#include <gtest/gtest.h>

#include <random>

#include "layers/test_terms.h"

namespace joulecast {
namespace {

/// Running maxima over n values in random order change 1/2 + 1/3 + ... + 1/n times after the first.
double Changes(int values) {
  double sum = 0;
  for (int i = 2; i <= values; ++i) sum += 1.0 / i;
  return sum;
}

/// Whatever the stride.
double NewMaxima(const Amounts& amounts) {
  double sum = 0;
  for (const auto& [name, amount] : amounts) {
    if (name.starts_with("new_maxima")) sum += amount;
  }
  return sum;
}

TEST(MaxPool2dTermsTest, WindowsThatTileTheImage) {
  // 6 images x 9 windows of 4 pixels; 1/2 + 1/3 + 1/4 = 13/12 new maxima in each.
  const Amounts amounts =
      AmountsOf("maxpool2d batch=2 channels=3 image=6x6 kernel=2x2 stride=2", {});
  EXPECT_NEAR(amounts.at("taps"), 216e-9, 1e-18);
  EXPECT_NEAR(amounts.at("windows"), 54e-9, 1e-18);
  EXPECT_NEAR(amounts.at("new_maxima_apart"), 58.5e-9, 1e-18);
  EXPECT_NEAR(NewMaxima(amounts), 58.5e-9, 1e-18);
  EXPECT_EQ(amounts.at("call"), 1);
}

TEST(MaxPool2dTermsTest, ZerosBehindAReluHoldNoNewMaximum) {
  // The i-th value is a new maximum only if one of the first i is not 0: (1 - 1/2^i) / i.
  const Amounts amounts =
      AmountsOf("maxpool2d batch=2 channels=3 image=6x6 kernel=2x2 stride=2 rectified=1", {});
  EXPECT_NEAR(amounts.at("new_maxima_apart"), 54e-9 * (0.75 / 2 + 0.875 / 3 + 0.9375 / 4), 1e-18);
}

TEST(MaxPool2dTermsTest, WindowsAtTheEdgeSeeLess) {
  // 3x3 with padding 1 on 2x2 pixels: all four windows see all four.
  const Amounts amounts =
      AmountsOf("maxpool2d batch=1 channels=1 image=2x2 kernel=3x3 stride=1 padding=1", {});
  EXPECT_NEAR(amounts.at("taps"), 16e-9, 1e-18);
  EXPECT_NEAR(amounts.at("new_maxima_stride_1"), 4 * 13.0 / 12 * 1e-9, 1e-18);
}

TEST(MaxPool2dTermsTest, OneValueIsNoNewMaximum) {
  EXPECT_EQ(NewMaxima(AmountsOf("maxpool2d batch=1 channels=1 image=4x4 kernel=1x1 stride=1", {})),
            0);
}

TEST(MaxPool2dTermsTest, LargeWindowsGrowAsTheHarmonicNumbers) {
  const Amounts amounts =
      AmountsOf("maxpool2d batch=1 channels=1 image=40x40 kernel=40x40 stride=40", {});
  EXPECT_NEAR(NewMaxima(amounts), 1e-9 * Changes(1600), 0.005e-9);
}

/// Looks at every pixel of every window of one image.
struct Looked {
  int taps = 0;
  int windows = 0;
  double maxima = 0;
};

Looked Look(const LayerSpec& spec) {
  const auto at = [&](const char* name, std::size_t i) {
    return static_cast<int>(spec[spec.SlotOf(name) + i]);
  };
  const auto inside = [&](std::size_t axis, int position) {
    int count = 0;
    for (int tap = 0; tap < at("kernel", axis); ++tap) {
      const int pixel =
          position * at("stride", axis) + tap * at("dilation", axis) - at("padding", axis);
      count += pixel >= 0 && pixel < at("image", axis) ? 1 : 0;
    }
    return count;
  };
  Looked looked;
  const Shape shape = spec.OutputShape();
  for (int y = 0; y < shape[2]; ++y) {
    for (int x = 0; x < shape[3]; ++x) {
      const int taps = inside(0, y) * inside(1, x);
      looked.taps += taps;
      ++looked.windows;
      looked.maxima += Changes(taps);
    }
  }
  return looked;
}

TEST(MaxPool2dTermsTest, RandomPoolsAgreeWithLookingAtEveryWindow) {
  std::mt19937 random(7);
  const auto draw = [&](int least, int most) {
    return std::to_string(least +
                          static_cast<int>(random() % static_cast<unsigned>(most - least + 1)));
  };
  for (int i = 0; i < 300; ++i) {
    const std::string text = "maxpool2d batch=1 channels=1 image=" + draw(8, 20) + "x" +
                             draw(8, 20) + " kernel=" + draw(2, 4) + "x" + draw(2, 4) +
                             " stride=" + draw(1, 6) + "x" + draw(1, 6) + " padding=" + draw(0, 1) +
                             "x" + draw(0, 1) + " dilation=" + draw(1, 2) + " ceil=" + draw(0, 1);
    const Looked looked = Look(LayerSpec::Parse(text));
    const Amounts amounts = AmountsOf(text, {});
    EXPECT_NEAR(amounts.at("taps"), 1e-9 * looked.taps, 1e-17) << text;
    EXPECT_NEAR(amounts.at("windows"), 1e-9 * looked.windows, 1e-17) << text;
    EXPECT_NEAR(NewMaxima(amounts), 1e-9 * looked.maxima, 1e-15) << text;
  }
}

}  // namespace
}  // namespace joulecast
