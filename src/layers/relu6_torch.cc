// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/hardtanh.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::hardtanh(x, 0, 6); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::hardtanh_(same, 0, 6);
      });
}

}  // namespace

extern const Twin kRelu6Twin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
