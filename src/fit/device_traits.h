// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "joulecast/layer.h"

namespace joulecast {

/// Traits of a CPU by the name that it gives itself and by facts as `collect` records them (JSON:
/// `l1d_bytes`, `l2_bytes`, `l3_bytes`, `vector_instructions`); what most x86-64 machines have
/// where neither says anything.
DeviceTraits TraitsOfCpu(std::string_view cpu, std::string_view host_facts = "{}");

/// Adds what the software that runs the layers, as a dataset names it, decides.
void AddTraitsOfSoftware(std::string_view software, DeviceTraits& traits);

/// Sets one trait from "name=value". Throws Error{kUsage} for an unknown name (listing all) or a
/// value that is no number >= 0 (>= 1 for vector_block and vector_registers).
void SetTrait(DeviceTraits& traits, std::string_view assignment);

/// The fusion that such facts tell of; none where they are silent.
Fusion FusionOfFacts(std::string_view host_facts);

}  // namespace joulecast
