// SPDX-License-Identifier: Apache-2.0
// slice -- a part of a tensor, or all its parts: Slice, Split. Free: the parts are seen where they
// lie.
#include "layers/slice.h"

#include <algorithm>
#include <numeric>

#include "base/checked.h"
#include "layers/backward.h"
#include "layers/view.h"

namespace joulecast {
namespace {

/// numpy's rules: bounds count from the back when negative, and what lies outside is cut off.
AxisSlice SliceAxis(std::int64_t extent, std::int64_t start, std::int64_t end, std::int64_t step) {
  if (extent == 0) return {};
  step = std::clamp(step, -extent, extent);
  const std::int64_t low = step > 0 ? 0 : -1;
  const std::int64_t high = step > 0 ? extent : extent - 1;
  const auto place = [&](std::int64_t at) {
    if (at < -extent) return low;
    return std::clamp(at < 0 ? at + extent : at, low, high);
  };
  const std::int64_t first = place(start);
  const std::int64_t last = place(end);
  const std::int64_t reach = step > 0 ? last - first : first - last;
  const std::int64_t stride = std::abs(step);
  return {.start = first, .step = step, .count = reach <= 0 ? 0 : (reach + stride - 1) / stride};
}

std::optional<Lowered> LowerSlice(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  Shape shape;
  for (const AxisSlice& axis : ReadSlice(node, x.shape)) shape.push_back(axis.count);
  Lowered lowered = LowerView(node, kSlice, shape);
  if (shape != x.shape) lowered.outputs[0].constant.reset();
  return lowered;
}

std::optional<Lowered> LowerSplit(const NodeView& node) {
  const TensorInfo& x = node.InputOfRank(0, 1);
  const std::size_t axis = node.Axis(node.Int("axis", 0), x.shape.size());
  Lowered lowered = LowerView(node, kSlice, x.shape);
  TensorInfo part = lowered.outputs[0];
  part.constant.reset();
  lowered.outputs.clear();
  for (const std::int64_t extent : ReadSplit(node, x.shape, axis)) {
    part.shape[axis] = extent;
    lowered.outputs.push_back(part);
  }
  return lowered;
}

std::optional<Lowered> Lower(const NodeView& node) {
  return node.op() == "Split" ? LowerSplit(node) : LowerSlice(node);
}

constexpr std::string_view kOps[] = {"Slice", "Split"};

}  // namespace

std::vector<AxisSlice> ReadSlice(const NodeView& node, const Shape& from) {
  const auto starts = node.IntsArgument("starts", 1);
  const auto ends = node.IntsArgument("ends", 2);
  if (!starts || !ends) node.Fail("it has no starts or no ends");
  std::vector<std::int64_t> axes(starts->size());
  std::iota(axes.begin(), axes.end(), 0);
  axes = node.IntsArgument("axes", 3).value_or(axes);
  const auto steps =
      node.IntsArgument("steps", 4).value_or(std::vector<std::int64_t>(starts->size(), 1));
  if (ends->size() != starts->size() || axes.size() != starts->size() ||
      steps.size() != starts->size()) {
    node.Fail("its starts, ends, axes and steps are not equally many");
  }
  std::vector<AxisSlice> slices;
  for (const std::int64_t extent : from) slices.push_back({.count = extent});
  for (std::size_t i = 0; i < axes.size(); ++i) {
    const std::size_t axis = node.Axis(axes[i], from.size());
    if (steps[i] == 0) node.Fail("a step of 0 gets nowhere");
    slices[axis] = SliceAxis(from[axis], (*starts)[i], (*ends)[i], steps[i]);
  }
  return slices;
}

/// `split` gives the extents; without it the axis falls into `num_outputs` parts, or as many as the
/// node has results, all equal but for a smaller last one.
std::vector<std::int64_t> ReadSplit(const NodeView& node, const Shape& from, std::size_t axis) {
  const std::int64_t extent = from[axis];
  if (auto split = node.IntsArgument("split", 1)) {
    std::int64_t total = 0;
    for (const std::int64_t part : *split) total = CheckedSum({total, part});
    const bool negative = std::any_of(split->begin(), split->end(), [](auto n) { return n < 0; });
    if (total != extent || negative) {
      node.Fail("parts of " + ToString(*split) + " do not make up " + std::to_string(extent));
    }
    return *std::move(split);
  }
  const auto results = static_cast<std::int64_t>(node.node().outputs.size());
  const std::int64_t parts = node.Int("num_outputs", results);
  if (parts < 1 || parts != results) {
    node.Fail("it has " + std::to_string(results) + " results for " + std::to_string(parts) +
              " parts");
  }
  const std::int64_t each = (extent + parts - 1) / parts;
  std::vector<std::int64_t> split;
  for (std::int64_t left = extent; static_cast<std::int64_t>(split.size()) < parts; left -= each) {
    split.push_back(std::clamp<std::int64_t>(left, 0, each));
  }
  return split;
}

const LayerType kSlice = {.name = "slice",
                          .summary = "parts of a tensor, seen where they lie; moves nothing",
                          .example = "slice elements=802816",
                          .params = kViewParams,
                          .ops = kOps,
                          .is_free = true,
                          .output_shape = ViewShape,
                          .work = CountView,
                          .lower = Lower,
                          .gradient_as = GradientOfView};

}  // namespace joulecast
