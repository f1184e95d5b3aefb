// SPDX-License-Identifier: Apache-2.0
// gridsample -- an image sampled where a grid of coordinates says, one pair (or triple) for each
// output pixel: GridSample. The coordinates are read too.
#include "base/checked.h"
#include "layers/interpolate.h"

namespace joulecast {
namespace {

/// A grid [batch, height, width, 2], or [batch, depth, height, width, 3] for volumes.
Work CountWork(const LayerSpec& s) {
  Work work = CountInterpolate(s);
  const std::int64_t coordinates =
      CheckedProduct({s[kIpBatch], s[kIpOutputH], s[kIpOutputW], s[kIpTaps] == 8 ? 3 : 2});
  work.input_bytes = CheckedSum({work.input_bytes, BytesOf(coordinates, s[kIpType])});
  return work;
}

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 4).shape;
  const Shape& grid = node.InputOfRank(1, 4).shape;
  if (grid.size() != x.size() || grid[0] != x[0] ||
      grid.back() != static_cast<std::int64_t>(x.size()) - 2) {
    node.Fail("a grid " + ToString(grid) + " does not fit the image " + ToString(x));
  }
  Shape to = {x[0], x[1]};
  to.insert(to.end(), grid.begin() + 1, grid.end() - 1);
  const std::string mode = node.String("mode", "linear");
  const std::int64_t each = mode == "nearest" ? 1 : mode == "bicubic" || mode == "cubic" ? 4 : 2;
  return LowerInterpolate(node, kGridSample, to, x.size() == 4 ? each * each : each * each * each);
}

constexpr std::string_view kOps[] = {"GridSample"};

}  // namespace

const LayerType kGridSample = {
    .name = "gridsample",
    .summary = "an image sampled at given coordinates",
    .example = "gridsample batch=8 channels=64 image=32x32 output=32x32 taps=4",
    .params = kInterpolateParams,
    .ops = kOps,
    .output_shape = InterpolateShape,
    .work = CountWork,
    .lower = Lower,
    .terms = kInterpolateTerms,
    .amounts = MeasureInterpolate,
    .relative = ReluOfEqualBytes,
    .read_amounts = ReadStream};

}  // namespace joulecast
