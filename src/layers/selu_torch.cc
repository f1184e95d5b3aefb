// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/selu.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::selu(x); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::selu_(same);
      });
}

}  // namespace

extern const Twin kSeluTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
