// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// The operand of a pointwise activation (`layers/activation.h`).
std::vector<Operand> ActivationOperands(const LayerSpec& spec);

/// One function for layers that write their result elsewhere, one for those in place.
Step MakeActivation(const LayerSpec& spec, at::Tensor (*apply)(const at::Tensor&),
                    at::Tensor (*apply_into)(const at::Tensor&));

}  // namespace joulecast
