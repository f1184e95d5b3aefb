// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/dropout.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step Make(const LayerSpec&, const Site&) {
  return [](std::span<const at::Tensor> x) -> Tensors { return {x[0]}; };
}

Step MakeForTraining(const LayerSpec&, const Site&) {
  return [](std::span<const at::Tensor> x) -> Tensors {
    return {at::dropout(x[0], /*p=*/0.5, /*train=*/true)};
  };
}

}  // namespace

extern const Twin kDropoutTwin = {
    .operands = Operands, .make = Make, .make_for_training = MakeForTraining};

}  // namespace joulecast
