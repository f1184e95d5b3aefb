// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/relu.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(spec, at::relu,
                        [](const at::Tensor& x) -> at::Tensor { return x.relu_(); });
}

}  // namespace

extern const Twin kReluTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
