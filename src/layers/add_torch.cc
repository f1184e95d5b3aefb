// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/add.h>

#include "backends/torch/elementwise_twin.h"

namespace joulecast {
namespace {

Step Make(const LayerSpec& spec, const Site& site) {
  return MakeElementwise(
      spec, site,
      [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return at::add(a, b); },
      [](const at::Tensor& a, const at::Tensor& b) -> at::Tensor { return a.add_(b); });
}

}  // namespace

extern const Twin kAddTwin = {.operands = ElementwiseOperands, .make = Make};

}  // namespace joulecast
