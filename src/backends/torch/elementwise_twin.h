// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// Operands of arithmetic with broadcasting (`layers/elementwise.h`), the largest first. Throws
/// Error{kInput} if no operands of together `in` elements give `out`.
std::vector<Operand> ElementwiseOperands(const LayerSpec& spec);

using Pairwise = at::Tensor (*)(const at::Tensor&, const at::Tensor&);

/// Operands are joined from left to right; in place, the first takes each result.
Step MakeElementwise(const LayerSpec& spec, const Site& site, Pairwise join, Pairwise join_into);

}  // namespace joulecast
