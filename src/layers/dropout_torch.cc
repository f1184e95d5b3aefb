// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step Make(const LayerSpec&, const Site&) {
  return [](std::span<const at::Tensor> x) -> Tensors { return {x[0]}; };
}

}  // namespace

extern const Twin kDropoutTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
