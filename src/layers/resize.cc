// SPDX-License-Identifier: Apache-2.0
// resize -- an image at another resolution, each pixel mixed of its nearest: Resize, Upsample.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "layers/backward.h"
#include "layers/interpolate.h"

namespace joulecast {
namespace {

/// Axes that `scales` or `sizes` speak of: all, unless `axes` (opset 18) names some.
std::vector<std::size_t> ResizedAxes(const NodeView& node, std::size_t rank) {
  std::vector<std::size_t> axes(rank);
  std::iota(axes.begin(), axes.end(), std::size_t{0});
  if (const auto named = node.Ints("axes")) {
    axes.clear();
    for (const std::int64_t axis : *named) axes.push_back(node.Axis(axis, rank));
  }
  return axes;
}

/// Upsample's first opset scaled height and width by attributes of their own.
std::optional<std::vector<double>> ReadScales(const NodeView& node, std::size_t rank) {
  if (node.HasAttribute("height_scale")) {
    std::vector<double> scales(rank, 1.0);
    if (rank != 4) node.Fail("height_scale needs an image of 4 dimensions");
    scales[2] = node.Float("height_scale", 1);
    scales[3] = node.Float("width_scale", 1);
    return scales;
  }
  const bool has_roi = node.op() == "Resize" && node.input_count() > 2;  // since opset 11
  auto scales = node.FloatsArgument("scales", has_roi ? 2 : 1);
  if (scales && scales->empty()) scales.reset();
  return scales;
}

/// floor(extent x scale), in the single precision that scales are stored in.
void ApplyScales(const NodeView& node, const std::vector<double>& scales,
                 const std::vector<std::size_t>& axes, Shape& shape) {
  if (scales.size() != axes.size()) {
    node.Fail("its " + std::to_string(scales.size()) + " scales do not fit " + ToString(shape));
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::int64_t& extent = shape[axes[i]];
    const float scaled = std::floor(static_cast<float>(extent) * static_cast<float>(scales[i]));
    if (!(scaled >= 0 && scaled < 1e12F)) node.Fail("its scales are absurd");
    extent = static_cast<std::int64_t>(scaled);
  }
}

/// Sizes as they are, or the nearest in the image's own proportions.
void ApplySizes(const NodeView& node, const std::vector<std::int64_t>& sizes,
                const std::vector<std::size_t>& axes, Shape& shape) {
  if (sizes.size() != axes.size()) {
    node.Fail("its " + std::to_string(sizes.size()) + " sizes do not fit " + ToString(shape));
  }
  const std::string policy = node.String("keep_aspect_ratio_policy", "stretch");
  std::vector<double> scales;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const auto extent = static_cast<double>(std::max<std::int64_t>(1, shape[axes[i]]));
    scales.push_back(static_cast<double>(sizes[i]) / extent);
  }
  for (std::size_t i = 0; i < axes.size(); ++i) {
    std::int64_t& extent = shape[axes[i]];
    const double scale =
        policy == "not_larger" ? std::ranges::min(scales) : std::ranges::max(scales);
    const double scaled = std::floor(static_cast<double>(extent) * scale + 0.5);
    if (!(scaled >= 0 && scaled < 1e12)) node.Fail("its sizes are absurd");
    extent = policy == "stretch" ? sizes[i] : static_cast<std::int64_t>(scaled);
  }
}

/// Pixels that each output pixel is mixed of: along every axis that changes, 2 or 4.
std::int64_t Taps(const NodeView& node, const Shape& from, const Shape& to) {
  const std::string mode = node.String("mode", "nearest");
  const std::int64_t each = mode == "cubic" ? 4 : mode == "linear" || mode == "bilinear" ? 2 : 1;
  std::int64_t taps = 1;
  for (std::size_t axis = 0; axis < from.size() && axis < 8; ++axis) {
    if (from[axis] != to[axis]) taps *= each;
  }
  return taps;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& from = node.InputOfRank(0, 1).shape;
  Shape to = from;
  const std::vector<std::size_t> axes = ResizedAxes(node, from.size());
  if (const auto scales = ReadScales(node, from.size())) {
    ApplyScales(node, *scales, axes, to);
  } else if (const auto sizes = node.IntsArgument("sizes", 3)) {
    ApplySizes(node, *sizes, axes, to);
  } else {
    node.Fail("it has neither scales nor sizes");
  }
  return LowerInterpolate(node, kResize, to, Taps(node, from, to));
}

constexpr std::string_view kOps[] = {"Resize", "Upsample"};

}  // namespace

const LayerType kResize = {
    .name = "resize",
    .summary = "an image at another resolution, by nearest, linear or cubic interpolation",
    .example = "resize batch=8 channels=256 image=28x28 output=56x56 taps=4",
    .params = kInterpolateParams,
    .ops = kOps,
    .output_shape = InterpolateShape,
    .work = CountInterpolate,
    .lower = Lower,
    .terms = kInterpolateTerms,
    .amounts = MeasureInterpolate,
    .backward = BackwardOfMove,
    .relative = ReluOfEqualBytes,
    .read_amounts = ReadStream};

}  // namespace joulecast
