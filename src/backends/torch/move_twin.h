// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"
#include "layers/move.h"

namespace joulecast {

/// Throws Error{kInput}: alone, this layer runs only where `fits` (`layers/move.h` counts elements,
/// and says nothing of shapes).
void CheckMove(const LayerSpec& spec, bool fits);

/// `in` elements; for layers that write as many, or refuse the specification.
std::vector<Operand> EqualMoveOperands(const LayerSpec& spec);

}  // namespace joulecast
