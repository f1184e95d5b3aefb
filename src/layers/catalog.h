// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/layer.h"

namespace joulecast {

#define JOULECAST_LAYER(type) extern const LayerType type;
#include "layers/catalog.inc"
#undef JOULECAST_LAYER

/// A node as a layer of the first type in the catalogue that accepts it; nullopt if none does.
/// Throws Error{kInput} on nonsense.
std::optional<Lowered> LowerNode(const NodeView& node);

}  // namespace joulecast
