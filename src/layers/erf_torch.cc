// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return x.erf(); },
      [](const at::Tensor& x) -> at::Tensor { return x.erf_(); });
}

}  // namespace

extern const Twin kErfTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
