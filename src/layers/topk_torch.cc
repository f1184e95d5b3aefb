// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/topk.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) {
  return {{.shape = {spec.Get("rows"), spec.Get("length")}}};
}

Step Make(const LayerSpec& spec, const Site& site) {
  std::int64_t axis = 1;
  bool largest = true;
  if (site.node != nullptr) {
    const NodeView& node = *site.node;
    axis = static_cast<std::int64_t>(node.Axis(node.Int("axis", -1), node.Input(0).shape.size()));
    largest = node.Int("largest", 1) != 0;
  }
  return [axis, largest, kept = spec.Get("k")](std::span<const at::Tensor> x) -> Tensors {
    const auto [values, places] = at::topk(x[0], kept, axis, largest);
    return {values, places};
  };
}

}  // namespace

extern const Twin kTopKTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
