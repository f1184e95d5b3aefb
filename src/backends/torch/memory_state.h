// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "joulecast/layer.h"

namespace joulecast {

// A layer alone meets memory as it would in a net: what it costs must not depend on what this
// process ran before, nor on its weights being alone in the caches.

/// Brings glibc's allocator to where a process that runs large models ends up. It serves blocks
/// above a threshold by fresh pages at each call, gives free memory above another one back, and
/// raises both, up to 32 and 64 MiB, when such a block is freed (mallopt(3), M_MMAP_THRESHOLD).
/// Does nothing where the environment has set them.
void SettleAllocator();

/// Bytes that tensors must fill before they come round again, so that they come from memory: twice
/// the last-level cache of this machine.
std::int64_t ColdBytes();

/// Bytes of a layer's weights as they lie in memory: a table of which a call reads some rows counts
/// whole.
std::int64_t HeldWeightBytes(const LayerSpec& spec);

/// Sets of weights that a layer alone takes turns with at most, which leaves the smallest weights
/// in the outer caches.
inline constexpr std::int64_t kMostWeightSets = 64;

/// Sets of weights, `weight_bytes` each, that a layer alone takes turns with.
std::int64_t WeightSets(std::int64_t weight_bytes);

/// Results that a layer alone takes turns with at most: a net comes back to the memory of one after
/// some layers, and small ones are still in the outer caches then.
inline constexpr std::int64_t kMostResultSets = 8;

/// Results, `result_bytes` each, that lie in memory at a time: a call writes where the one so many
/// calls before did.
std::int64_t ResultSets(std::int64_t result_bytes);

}  // namespace joulecast
