// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/layer.h"

namespace joulecast {

#define JOULECAST_LAYER(type) extern const LayerType type;
#include "layers/catalog.inc"
#undef JOULECAST_LAYER

/// A node as a layer of the first type that accepts it, the caller's own before the catalogue's;
/// nullopt if none does. Throws Error{kInput} on nonsense.
std::optional<Lowered> LowerNode(const NodeView& node, OwnLayerTypes own = {});

/// By its name among the caller's own types, then in the catalogue; or nullptr.
const LayerType* FindLayerType(std::string_view name, OwnLayerTypes own);

}  // namespace joulecast
