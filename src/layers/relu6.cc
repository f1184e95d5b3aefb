// SPDX-License-Identifier: Apache-2.0
// relu6 -- y = min(max(x, low), high), low 0 and high 6 in most nets, written over x where
// inplace=1.
#include "layers/activation.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) { return LowerActivation(node, kRelu6); }

/// A clamp moves the same bytes as a relu.
std::optional<LayerSpec> Relative(const LayerSpec& s) {
  LayerSpec relu(kRelu);
  for (std::size_t slot = 0; slot < SlotCount(kRelu); ++slot) relu.Set(slot, s[slot]);
  return relu;
}

constexpr std::string_view kOps[] = {"Clip"};

}  // namespace

const LayerType kRelu6 = {.name = "relu6",
                          .summary = "clamp to a range, such as 0 to 6, in place or not",
                          .example = "relu6 batch=8 elements=100352",
                          .params = kActivationParams,
                          .ops = kOps,
                          .output_shape = ActivationShape,
                          .work = CountActivation,
                          .lower = Lower,
                          .terms = kStreamTermList,
                          .amounts = MeasureActivation,
                          .relative = Relative,
                          .read_amounts = ReadStream};

}  // namespace joulecast
