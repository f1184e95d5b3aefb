// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/elu.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::elu(x); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::elu_out(same, x);
      });
}

}  // namespace

extern const Twin kEluTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
