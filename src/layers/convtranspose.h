// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/conv.h"
#include "layers/product.h"

namespace joulecast {

/// The convolution that goes the other way, from the transposed one's result to its input: the
/// same weights and MACs. nullopt where the result's padding adds a window position, so that it
/// would not arrive at the input's extents.
std::optional<LayerSpec> UntransposedConv(const LayerSpec& spec, const ConvLayout& layout,
                                          const LayerType& conv);

/// What forecasts a transposed convolution: that convolution, or what forecasts it in turn.
template <ConvLayout kLayout, const LayerType& kConv>
std::optional<LayerSpec> UntransposedRelative(const LayerSpec& spec) {
  const auto conv = UntransposedConv(spec, kLayout, kConv);
  return conv && kConv.relative != nullptr ? kConv.relative(*conv) : conv;
}

}  // namespace joulecast
