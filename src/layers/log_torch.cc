// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site&) {
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return x.log(); },
      [](const at::Tensor& x) -> at::Tensor { return x.log_(); });
}

}  // namespace

extern const Twin kLogTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
