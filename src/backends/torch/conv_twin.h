// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "backends/torch/twin.h"
#include "layers/conv.h"

namespace joulecast {

/// Convolutions over any number of axes, transposed or not (`layers/conv.h`).
std::vector<Operand> ConvOperands(const LayerSpec& spec, const ConvLayout& layout);
Step MakeConv(const LayerSpec& spec, const Site& site, const ConvLayout& layout);
std::int64_t ConvScratchBytes(const LayerSpec& spec, const ConvLayout& layout);

/// The same as a twin.
template <ConvLayout kLayout>
constexpr Twin ConvTwin() {
  return {
      .operands = [](const LayerSpec& spec) { return ConvOperands(spec, kLayout); },
      .make = [](const LayerSpec& spec, const Site& site) { return MakeConv(spec, site, kLayout); },
      .scratch_bytes = [](const LayerSpec& spec) { return ConvScratchBytes(spec, kLayout); }};
}

}  // namespace joulecast
