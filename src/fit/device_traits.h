// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "joulecast/layer.h"

namespace joulecast {

/// Traits of a CPU by the name that it gives itself; what most x86-64 machines have, if it is not
/// known.
DeviceTraits TraitsOfCpu(std::string_view cpu);

/// Sets one trait from "name=value". Throws Error{kUsage} for an unknown name (listing all) or a
/// value that is no number >= 0 (>= 1 for vector_block and vector_registers).
void SetTrait(DeviceTraits& traits, std::string_view assignment);

}  // namespace joulecast
