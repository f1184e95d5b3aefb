// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "backends/backend.h"

namespace joulecast {

/// One layer of a net, and the values that pass through it.
struct ScheduledLayer {
  const Layer* layer = nullptr;
  const Node* node = nullptr;
  std::vector<ValueId> inputs;   ///< computed ones, in the node's order: what is stored is left out
  std::vector<ValueId> outputs;  ///< in the node's order; kNoValue where the node names none
  std::vector<ValueId> dead;     ///< nobody reads these later
};

/// The data flow of a net. Borrows it.
struct Schedule {
  std::vector<ScheduledLayer> layers;
  std::vector<ValueId> inputs;   ///< what the caller feeds, and keeps
  std::vector<ValueId> outputs;  ///< alive at the end
};

/// Throws Error{kInput} if a layer is of no known type, naming it.
Schedule MakeSchedule(const Net& net);

/// Most bytes that live at once while the net runs: its inputs, weights, activations, and what
/// `scratch_bytes` says that a layer takes besides while it runs.
std::int64_t PeakBytes(const Net& net,
                       const std::function<std::int64_t(const LayerSpec&)>& scratch_bytes);

/// Bytes of new memory for a layer's result: none where it is written over an operand.
std::int64_t ResultBytes(const LayerSpec& spec);

/// Bytes of a layer alone: operands, weights, result, scratch.
std::int64_t PeakBytes(const LayerSpec& spec, std::int64_t scratch_bytes);

}  // namespace joulecast
