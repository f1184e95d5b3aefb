// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/layer.h"

namespace joulecast {

#define JOULECAST_LAYER(type) extern const LayerType type;
#include "layers/catalog.inc"
#undef JOULECAST_LAYER

}  // namespace joulecast
