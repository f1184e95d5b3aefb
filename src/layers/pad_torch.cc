// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/constant_pad_nd.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = {spec.Get("in")}}}; }

/// What goes before and behind each axis, the last axis first, as PyTorch takes it.
Shape Around(const NodeView& node) {
  const std::size_t rank = node.Input(0).shape.size();
  const auto old = node.Ints("paddings");
  const Shape pads = old ? *old : node.IntsArgument("pads", 1).value();
  const auto axes = node.IntsArgument("axes", 3);
  Shape around(2 * rank, 0);
  for (std::size_t i = 0; i < pads.size() / 2; ++i) {
    const std::size_t axis = axes ? node.Axis((*axes)[i], rank) : i;
    around[2 * (rank - 1 - axis)] = pads[i];
    around[2 * (rank - 1 - axis) + 1] = pads[pads.size() / 2 + i];
  }
  return around;
}

/// Always with zeros: what fills the margin hardly matters to its cost.
Step Make(const LayerSpec& spec, const Site& site) {
  const Shape around =
      site.node != nullptr ? Around(*site.node) : Shape{0, spec.Get("out") - spec.Get("in")};
  return [around](std::span<const at::Tensor> x) -> Tensors {
    return {at::constant_pad_nd(x[0], around)};
  };
}

}  // namespace

extern const Twin kPadTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
