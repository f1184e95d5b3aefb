// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return x.exp(); },
      [](const at::Tensor& x) -> at::Tensor { return x.exp_(); });
}

}  // namespace

extern const Twin kExpTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
