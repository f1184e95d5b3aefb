// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/layer.h"

namespace joulecast {

/// What a layer's gradients take, for `LayerType::backward`; the default, BackwardOfFunction, is
/// beside it. All count each tensor once: the gradient of the result and what was kept of the
/// forward pass are read; gradients of operands (output bytes) and of weights (weight bytes, beside
/// the weights that are read again) are written. docs/counting.md has it in words.

/// Of a layer that only moves or adds up elements: nothing of the forward pass is needed.
Work BackwardOfMove(const LayerSpec& forward, bool input_grad);

/// For `LayerType::gradient_as`. Of a view: what shows a part is laid into zeros, what repeats
/// elements is added up, parts that make up the whole are joined.
std::optional<LayerSpec> GradientOfView(const LayerSpec& view, std::int64_t operand_elements,
                                        std::int64_t parts);
/// Of `rows` rows that were read where as many indices say: they are added to zeros there.
LayerSpec GradientOfRows(const LayerSpec& forward, std::int64_t elements, std::int64_t rows,
                         std::int64_t operand_elements);

}  // namespace joulecast
