// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

/// In a network it is given nothing, and nobody reads it.
Step Make(const LayerSpec&, const Site&) {
  return [](std::span<const at::Tensor> x) -> Tensors { return {x.begin(), x.end()}; };
}

}  // namespace

extern const Twin kTrainingOnlyTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
