// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/activation.h"

namespace joulecast {

/// What forecasts a pointwise function that the device was not measured with: one that takes about
/// as long. A parameter of the function changes nothing that costs.
enum class PointwiseCost {
  kCheap,      ///< comparisons, products, a root: as relu, memory is what takes time
  kExpensive,  ///< exponentials and the like: as tanh
};

/// The same elements through a measured activation. All activations have the same slots.
std::optional<LayerSpec> AsRelu(const LayerSpec& spec);
std::optional<LayerSpec> AsTanh(const LayerSpec& spec);

/// A type that maps each element by a function of its own.
template <const LayerType& kType>
constexpr LayerType Pointwise(std::string_view name, std::string_view summary,
                              std::string_view example, std::span<const std::string_view> ops,
                              PointwiseCost cost) {
  return {.name = name,
          .summary = summary,
          .example = example,
          .params = kActivationParams,
          .ops = ops,
          .output_shape = ActivationShape,
          .work = CountActivation,
          .lower = [](const NodeView& node) { return std::optional(LowerActivation(node, kType)); },
          .terms = kArithmeticActivationTerms,
          .amounts = MeasureActivation,
          .relative = cost == PointwiseCost::kCheap ? AsRelu : AsTanh,
          .read_amounts = ReadStream};
}

}  // namespace joulecast
