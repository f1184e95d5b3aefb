// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/mish.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::mish(x); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::mish_out(same, x);
      });
}

}  // namespace

extern const Twin kMishTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
