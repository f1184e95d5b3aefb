// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "joulecast/meter.h"

namespace joulecast {

#define JOULECAST_METER(type) extern const MeterType type;
#include "meters/catalog.inc"
#undef JOULECAST_METER

}  // namespace joulecast
