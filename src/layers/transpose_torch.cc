// SPDX-License-Identifier: Apache-2.0
#include <numeric>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

/// ONNX's default is the reverse order.
Shape Order(const NodeView& node) {
  const std::size_t rank = node.Input(0).shape.size();
  Shape reverse(rank);
  std::iota(reverse.rbegin(), reverse.rend(), 0);
  return node.Ints("perm").value_or(reverse);
}

Step Make(const LayerSpec&, const Site& site) {
  const Shape order = site.node != nullptr ? Order(*site.node) : Shape{0};
  return [order](std::span<const at::Tensor> x) -> Tensors { return {x[0].permute(order)}; };
}

}  // namespace

extern const Twin kTransposeTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
