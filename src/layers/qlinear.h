// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

/// ONNX Runtime's QLinearAdd, QLinearSigmoid, QLinearConcat and so on: the operator without the
/// prefix, on integers. nullopt for others.
std::optional<Lowered> LowerQLinear(const NodeView& node);

}  // namespace joulecast
