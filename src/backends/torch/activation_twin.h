// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// The operand of a pointwise activation (`layers/activation.h`).
std::vector<Operand> ActivationOperands(const LayerSpec& spec);

/// What one operator of a layer maps each element to: elsewhere, and in place.
struct Mapping {
  std::string_view op;
  at::Tensor (*apply)(const at::Tensor&);
  at::Tensor (*apply_into)(const at::Tensor&);
};

/// One function for layers that write their result elsewhere, one for those in place.
Step MakeActivation(const LayerSpec& spec, at::Tensor (*apply)(const at::Tensor&),
                    at::Tensor (*apply_into)(const at::Tensor&));

/// That of the node's operator; the first where the layer runs alone.
Step MakeActivation(const LayerSpec& spec, const Site& site, std::span<const Mapping> functions);

}  // namespace joulecast
