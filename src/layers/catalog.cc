// SPDX-License-Identifier: Apache-2.0
#include "layers/catalog.h"

namespace joulecast {

std::span<const LayerType* const> LayerCatalog() {
  static constexpr const LayerType* kCatalog[] = {
#define JOULECAST_LAYER(type) &type,
#include "layers/catalog.inc"
#undef JOULECAST_LAYER
  };
  return kCatalog;
}

const LayerType* FindLayerType(std::string_view name) {
  for (const LayerType* type : LayerCatalog()) {
    if (type->name == name) return type;
  }
  return nullptr;
}

}  // namespace joulecast
