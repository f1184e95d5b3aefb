// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"

namespace joulecast {

/// A sliding window (`layers/pool.h`) as PyTorch's pools take it. They pad both sides alike, and by
/// half a window at most: for anything else the image is padded, or cut, beforehand.
struct PoolWindow {
  explicit PoolWindow(const LayerSpec& spec);

  at::Tensor Padded(const at::Tensor& x, double value) const;

  Shape kernel;
  Shape stride;
  Shape padding;  ///< that the pool does itself: height, width
  Shape dilation;
  bool ceil_mode = false;
  Shape pad_first;  ///< left, right, top, bottom; empty if the pool can do it all
};

std::vector<Operand> PoolOperands(const LayerSpec& spec, Fill fill);

/// Bytes of the padded copy, if there is one.
std::int64_t PaddedBytes(const LayerSpec& spec);

}  // namespace joulecast
