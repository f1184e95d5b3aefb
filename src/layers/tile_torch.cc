// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& s) {
  CheckMove(s, s[kMoveIn] > 0 && s[kMoveOut] % s[kMoveIn] == 0 && s[kMoveIndices] == 0);
  return {{.shape = {s[kMoveIn]}}};
}

/// How often along each axis: the quotients of what goes in and comes out.
Shape Repeats(const NodeView& node, const Shape& to) {
  Shape repeats = to;
  const Shape& from = node.Input(0).shape;
  for (std::size_t axis = 0; axis < to.size(); ++axis) {
    repeats[axis] = from[axis] > 0 ? to[axis] / from[axis] : 1;
  }
  return repeats;
}

Step Make(const LayerSpec& s, const Site& site) {
  const Shape repeats = site.node != nullptr ? Repeats(*site.node, site.output_shape)
                                             : Shape{s[kMoveOut] / s[kMoveIn]};
  return [repeats](std::span<const at::Tensor> x) -> Tensors { return {x[0].repeat(repeats)}; };
}

}  // namespace

extern const Twin kTileTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
