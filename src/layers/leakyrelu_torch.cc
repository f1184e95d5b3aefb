// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/leaky_relu.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::leaky_relu(x); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::leaky_relu_out(same, x);
      });
}

}  // namespace

extern const Twin kLeakyReluTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
