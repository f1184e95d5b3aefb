// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/activation_twin.h"

#include <algorithm>

#include "layers/activation.h"

namespace joulecast {

std::vector<Operand> ActivationOperands(const LayerSpec& spec) {
  return {{.shape = ActivationShape(spec)}};
}

Step MakeActivation(const LayerSpec& spec, at::Tensor (*apply)(const at::Tensor&),
                    at::Tensor (*apply_into)(const at::Tensor&)) {
  const auto function = spec[kActInplace] != 0 ? apply_into : apply;
  return [function](std::span<const at::Tensor> x) -> Tensors { return {function(x[0])}; };
}

Step MakeActivation(const LayerSpec& spec, const Site& site, std::span<const Mapping> functions) {
  const auto* function = functions.data();
  if (site.node != nullptr) {
    function = &*std::ranges::find(functions, site.node->op(), &Mapping::op);
  }
  return MakeActivation(spec, function->apply, function->apply_into);
}

}  // namespace joulecast
