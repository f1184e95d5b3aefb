// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "backends/torch/twin.h"
#include "layers/slice.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step MakeSplit(const NodeView& node) {
  const Shape& from = node.Input(0).shape;
  const std::size_t axis = node.Axis(node.Int("axis", 0), from.size());
  return [axis = static_cast<std::int64_t>(axis),
          parts = ReadSplit(node, from, axis)](std::span<const at::Tensor> x) -> Tensors {
    return x[0].split_with_sizes(parts, axis);
  };
}

/// PyTorch steps forwards only: what goes backwards is turned around first, in a copy.
at::Tensor SliceOf(const at::Tensor& x, std::int64_t axis, const AxisSlice& slice) {
  const std::int64_t extent = x.size(axis);
  if (slice.count == extent && slice.step == 1) return x;
  const std::int64_t step = std::abs(slice.step);
  const std::int64_t start = slice.step > 0 ? slice.start : extent - 1 - slice.start;
  const std::int64_t end = slice.count == 0 ? start : start + (slice.count - 1) * step + 1;
  return (slice.step > 0 ? x : x.flip(axis)).slice(axis, start, end, step);
}

Step Make(const LayerSpec&, const Site& site) {
  if (site.node == nullptr) return [](std::span<const at::Tensor> x) -> Tensors { return {x[0]}; };
  if (site.node->op() == "Split") return MakeSplit(*site.node);
  return [slices = ReadSlice(*site.node, site.node->Input(0).shape)](
             std::span<const at::Tensor> x) -> Tensors {
    at::Tensor part = x[0];
    for (std::size_t axis = 0; axis < slices.size(); ++axis) {
      part = SliceOf(part, static_cast<std::int64_t>(axis), slices[axis]);
    }
    return {part};
  };
}

}  // namespace

extern const Twin kSliceTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
