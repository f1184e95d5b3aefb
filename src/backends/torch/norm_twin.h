// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "backends/torch/twin.h"
#include "layers/norm.h"

namespace joulecast {

/// The operand of a normalisation (`layers/norm.h`), and what a fused kernel adds to it.
std::vector<Operand> NormOperands(const LayerSpec& spec);

/// Adds what is to be added, has `normalise` map [batch, rows, length] to the same shape, and hands
/// on the sum. PyTorch has no fused kernel: these are its steps.
Step MakeNorm(const LayerSpec& spec, const Site& site,
              std::function<at::Tensor(const at::Tensor&)> normalise);

/// Scale and shift of so many elements, as far as the layer has weights for them.
struct NormWeights {
  NormWeights(const LayerSpec& spec, const Site& site, std::int64_t elements);

  at::Tensor scale;
  at::Tensor shift;
};

}  // namespace joulecast
