// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"

namespace joulecast {

enum AttentionSlot : std::size_t {
  kAttBatch,
  kAttHeads,
  kAttKvHeads,
  kAttQueries,
  kAttKeys,
  kAttDim,
  kAttValueDim,
  kAttProject,
  kAttBias,
  kAttMask,
  kAttStored,
  kAttType,
};

/// Reads ONNX's Attention (opset 23) and ONNX Runtime's Attention, MultiHeadAttention and
/// GroupQueryAttention.
Lowered LowerAttention(const NodeView& node, const LayerType& type);

}  // namespace joulecast
