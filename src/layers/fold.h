// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "layers/node_view.h"

namespace joulecast {

/// The result of a node that only computes numbers for shapes (Shape, Gather, Concat, ...), or
/// nullopt if it works on data. Only small results are folded. Throws Error{kInput} on nonsense.
std::optional<TensorInfo> Fold(const NodeView& node);

}  // namespace joulecast
