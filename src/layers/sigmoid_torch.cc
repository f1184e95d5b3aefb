// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/sigmoid.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(spec, at::sigmoid,
                        [](const at::Tensor& x) -> at::Tensor { return x.sigmoid_(); });
}

}  // namespace

extern const Twin kSigmoidTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
