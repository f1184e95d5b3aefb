// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/gelu.h>

#include "backends/torch/activation_twin.h"

namespace joulecast {
namespace {

bool IsApproximate(const NodeView& node) {
  return node.op() == "FastGelu" || node.String("approximate", "none") == "tanh";
}

Step Make(const LayerSpec& spec, const Site& site) {
  if (site.node != nullptr && IsApproximate(*site.node)) {
    return MakeActivation(
        spec, [](const at::Tensor& x) -> at::Tensor { return at::gelu(x, "tanh"); },
        [](const at::Tensor& x) -> at::Tensor {
          at::Tensor same = x;
          return at::gelu_out(same, x, "tanh");
        });
  }
  return MakeActivation(
      spec, [](const at::Tensor& x) -> at::Tensor { return at::gelu(x); },
      [](const at::Tensor& x) -> at::Tensor {
        at::Tensor same = x;
        return at::gelu_out(same, x);
      });
}

}  // namespace

extern const Twin kGeluTwin = {.operands = ActivationOperands, .make = Make};

}  // namespace joulecast
