// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// Shapes of so many elements each that broadcast to `out` elements: a smaller operand is repeated
/// along the leading dimensions, as a bias is. Throws Error{kInput} if one does not divide the
/// next.
std::vector<Shape> BroadcastingShapes(const LayerSpec& spec, std::int64_t out,
                                      const std::vector<std::int64_t>& elements);

/// Operands of arithmetic with broadcasting (`layers/elementwise.h`), the largest first. Throws
/// Error{kInput} if no operands of together `in` elements give `out`.
std::vector<Operand> ElementwiseOperands(const LayerSpec& spec);

/// What one operator of a layer makes of two operands: elsewhere, and over the first.
struct Pairwise {
  std::string_view op;
  at::Tensor (*join)(const at::Tensor&, const at::Tensor&);
  at::Tensor (*join_into)(const at::Tensor&, const at::Tensor&);
};

/// Joins operands from left to right by the node's operator, by the first of `kinds` where the
/// layer runs alone; in place, the first operand takes each result.
Step MakeElementwise(const LayerSpec& spec, const Site& site, std::span<const Pairwise> kinds);

}  // namespace joulecast
