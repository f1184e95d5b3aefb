// SPDX-License-Identifier: Apache-2.0
// Alone, one running sum.
#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

constexpr auto Operands = EqualMoveOperands;

Step Make(const LayerSpec&, const Site& site) {
  std::int64_t axis = 0;
  if (site.node != nullptr) {
    const Shape given = site.node->IntsArgument("axis", 1).value_or(Shape{0});
    axis = given.at(0);
  }
  return [axis](std::span<const at::Tensor> x) -> Tensors { return {x[0].cumsum(axis)}; };
}

}  // namespace

extern const Twin kCumSumTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
