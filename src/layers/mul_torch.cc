// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/mul.h>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeElementwise(
      spec, site,
      [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return at::mul(a, b); },
      [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.mul_(b); });
}

}  // namespace

extern const Twin kMulTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
