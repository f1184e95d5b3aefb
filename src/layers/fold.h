// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/numbers.h"

namespace joulecast {

/// The results of a node that only computes numbers for shapes (Shape, Gather, Concat, ...), or
/// nullopt if it works on data. Only small results are folded. Throws Error{kInput} on nonsense.
Folded Fold(const NodeView& node);

/// The part of that which calculates: arithmetic, comparisons, casts.
std::optional<TensorInfo> FoldMath(const NodeView& node);

/// The part that puts known numbers elsewhere: Gather, Slice, Concat, ...
Folded FoldMove(const NodeView& node);

}  // namespace joulecast
