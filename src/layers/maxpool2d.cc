// SPDX-License-Identifier: Apache-2.0
// maxpool2d -- y[batch, channels, oh, ow] = the largest x in each window; padding never wins.
#include <algorithm>
#include <cmath>
#include <vector>

#include "base/checked.h"
#include "layers/pool.h"
#include "layers/stream.h"

namespace joulecast {
namespace {

/// Whether the input comes from a relu: half of it is zeros, among which no new maximum is found.
constexpr std::size_t kRectified = kPoolSlots;

constexpr auto kParams = [] {
  std::array<Param, kPoolParams.size() + 1> params;
  *std::copy(kPoolParams.begin(), kPoolParams.end(), params.begin()) = {.name = "rectified",
                                                                        .kind = ParamKind::kFlag,
                                                                        .min = 0,
                                                                        .default_value = 0,
                                                                        .shown = false,
                                                                        .minor = true};
  return params;
}();

/// Share of zeros behind a relu whose input is as often negative as positive.
constexpr double kZeroShare = 0.5;

constexpr Term kTerms[] = {
    {"taps", "gtap", Part::kArithmetic},
    {"new_maxima_stride_1", "gbranch", Part::kArithmetic},
    {"new_maxima_stride_2", "gbranch", Part::kArithmetic},
    {"new_maxima_stride_3", "gbranch", Part::kArithmetic},
    {"new_maxima_stride_4", "gbranch", Part::kArithmetic},
    {"new_maxima_apart", "gbranch", Part::kArithmetic},
    {"windows", "gwindow", Part::kOverhead},
    {"filled_from_cache", "gb", Part::kInput},
    {"filled_from_memory", "gb", Part::kInput},
    {"skipped_over", "gb", Part::kInput},
    {"written_to_memory", "gb", Part::kOutput},
    {"fresh_pages", "gb", Part::kOutput},
    {"call", "call", Part::kOverhead},
};

enum TermIndex : std::size_t {
  kTaps,
  kNewMaximaStride1,
  kNewMaximaApart = kNewMaximaStride1 + 4,
  kWindows,
  kFromCache,
  kFromMemory,
  kSkippedOver,
  kWritten,
  kFresh,
  kCall,
};

/// How often a running maximum over `taps` values in random order is expected to change, the
/// first one not counted: the harmonic number less 1. With a share `zeros` of ties at the bottom
/// a change at the i-th value needs a positive one before or at it: sum of (1 - zeros^i) / i.
double NewMaxima(double taps, double zeros) {
  constexpr std::size_t kTabled = 256;
  static const auto table = [](double share) {
    std::array<double, kTabled> sums{};
    double power = share;
    for (std::size_t i = 2; i < kTabled; ++i) {
      power *= share;
      sums[i] = sums[i - 1] + (1 - power) / static_cast<double>(i);
    }
    return sums;
  };
  static const std::array<double, kTabled> plain = table(0);
  static const std::array<double, kTabled> rectified = table(kZeroShare);
  const auto& sums = zeros > 0 ? rectified : plain;
  if (taps < kTabled) return sums[static_cast<std::size_t>(taps)];
  return sums.back() + std::log(taps / (kTabled - 1));  // harmonic numbers grow as the logarithm
}

/// Window positions along one axis that see the same number of pixels.
struct Run {
  double taps;
  double positions;
};

struct Axis {
  std::vector<Run> runs;
  double positions = 0;
  double taps = 0;     ///< summed over positions
  double covered = 0;  ///< pixels that any window sees
};

Axis AxisOf(const LayerSpec& s, std::size_t axis, std::int64_t positions) {
  const std::int64_t image = s[kPoolImageH + axis];
  const std::int64_t kernel = s[kPoolKernelH + axis];
  const std::int64_t stride = s[kPoolStrideH + axis];
  const std::int64_t dilation = s[kPoolDilationH + axis];
  const std::int64_t before = s[kPoolPadTop + axis];
  const std::int64_t reach = (kernel - 1) * dilation + 1;
  Axis result{.positions = static_cast<double>(positions)};
  std::int64_t covered_to = 0;
  const auto add = [&](std::int64_t i) {
    const std::int64_t begin = i * stride - before;
    const std::int64_t end = begin + reach;
    const std::int64_t first = begin >= 0 ? 0 : (-begin + dilation - 1) / dilation;
    const std::int64_t last = end <= image ? kernel : (image - begin + dilation - 1) / dilation;
    const auto taps = static_cast<double>(std::max<std::int64_t>(0, last - first));
    if (result.runs.empty() || result.runs.back().taps != taps) result.runs.push_back({taps, 0});
    ++result.runs.back().positions;
    result.taps += taps;
    const std::int64_t from = std::max(covered_to, std::max<std::int64_t>(begin, 0));
    covered_to = std::max(covered_to, std::min(end, image));
    result.covered += static_cast<double>(std::max<std::int64_t>(0, covered_to - from));
  };
  // Windows that lie inside the image are all alike: one of them stands for the others.
  const std::int64_t inside = std::min(positions, (before + stride - 1) / stride);
  const std::int64_t last_begin = image + before - reach;
  const std::int64_t past =
      last_begin < 0 ? inside : std::clamp(last_begin / stride + 1, inside, positions);
  for (std::int64_t i = 0; i < inside; ++i) add(i);
  if (inside < past) {
    add(inside);
    const std::int64_t others = past - inside - 1;
    result.runs.back().positions += static_cast<double>(others);
    result.taps += static_cast<double>(others) * static_cast<double>(kernel);
    result.covered += static_cast<double>(others) * static_cast<double>(std::min(stride, reach));
    covered_to += others * stride;
  }
  for (std::int64_t i = past; i < positions; ++i) add(i);
  return result;
}

void MeasureAmounts(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  std::fill(amounts.begin(), amounts.end(), 0.0);
  const Shape shape = PoolShape(s);
  const Axis rows = AxisOf(s, 0, shape[2]);
  const Axis columns = AxisOf(s, 1, shape[3]);
  const double images = static_cast<double>(s[kPoolBatch]) * static_cast<double>(s[kPoolChannels]);
  const double windows = images * rows.positions * columns.positions;
  double maxima = 0;
  for (const Run& row : rows.runs) {
    for (const Run& column : columns.runs) {
      maxima += row.positions * column.positions *
                NewMaxima(row.taps * column.taps, s[kRectified] != 0 ? kZeroShare : 0);
    }
  }
  const std::int64_t stride = s[kPoolStrideW];
  const bool apart = stride >= s[kPoolKernelW];
  const auto overlapping = static_cast<std::size_t>(std::min<std::int64_t>(stride, 4) - 1);
  amounts[kTaps] = 1e-9 * images * rows.taps * columns.taps;
  amounts[apart ? kNewMaximaApart : kNewMaximaStride1 + overlapping] = 1e-9 * images * maxima;
  amounts[kWindows] = 1e-9 * windows;

  const double element = Bits(static_cast<DType>(s[kPoolType])) / 8.0;
  const double touched = element * images * rows.covered * static_cast<double>(s[kPoolImageW]);
  const double result = element * windows;
  const double indices = 8 * windows;  // the library notes where each maximum was
  const double beyond = ShareBeyondCache(touched + result + indices, traits);
  amounts[kFromCache] = 1e-9 * touched * (1 - beyond);
  amounts[kFromMemory] = 1e-9 * touched * beyond;
  if (s[kPoolStrideH] > s[kPoolKernelH]) amounts[kSkippedOver] = 1e-9 * touched * beyond;
  amounts[kWritten] = 1e-9 * (result + indices) * beyond;
  amounts[kFresh] =
      1e-9 * ((IsFresh(result, traits) ? result : 0) + (IsFresh(indices, traits) ? indices : 0));
  amounts[kCall] = 1;
}

/// Each window's gradient goes where its largest was.
Work CountBackward(const LayerSpec& s, bool /*input_grad*/) {
  const Work work = CountPool(s);
  const std::int64_t indices = CheckedProduct({8, ElementCount(PoolShape(s))});
  return {.input_bytes = CheckedSum({work.output_bytes, indices}),
          .output_bytes = work.input_bytes};
}

std::optional<Lowered> Lower(const NodeView& node) {
  auto spec = ReadPool(node, kMaxPool2d);
  if (!spec) return std::nullopt;
  spec->Set(kRectified, node.context().input_is_rectified ? 1 : 0);
  Lowered lowered = LowerTo(node, *spec);
  lowered.outputs.push_back({.dtype = DType::kI64, .shape = lowered.outputs[0].shape});  // indices
  return lowered;
}

constexpr std::string_view kOps[] = {"MaxPool"};

}  // namespace

const LayerType kMaxPool2d = {
    .name = "maxpool2d",
    .summary = "2-d max pooling",
    .example = "maxpool2d batch=8 channels=64 image=112x112 kernel=3x3 stride=2 padding=1",
    .params = kParams,
    .ops = kOps,
    .check = CheckPool,
    .output_shape = PoolShape,
    .work = CountPool,
    .lower = Lower,
    .terms = kTerms,
    .amounts = MeasureAmounts,
    .backward = CountBackward};

}  // namespace joulecast
