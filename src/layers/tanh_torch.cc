// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/tanh.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(spec, at::tanh,
                        [](const at::Tensor& x) -> at::Tensor { return x.tanh_(); });
}

}  // namespace

extern const Twin kTanhTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
