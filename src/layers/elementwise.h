// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What arithmetic between tensors shares: operands are broadcast against each other.
enum ElementwiseSlot : std::size_t { kEwOut, kEwIn, kEwWeights, kEwInplace, kEwType };

inline constexpr Param kElementwiseParams[] = {
    {.name = "out"},  // elements of the result
    {.name = "in"},   // elements of all operands together
    {.name = "weights", .min = 0, .default_value = 0, .shown = false},  // those of `in` in storage
    {.name = "inplace", .kind = ParamKind::kFlag, .min = 0, .default_value = 0},
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

/// Throws Error{kInput} if `in` cannot be what operands of `out` elements have.
void CheckElementwise(const LayerSpec& spec);
Shape ElementwiseShape(const LayerSpec& spec);
Work CountElementwise(const LayerSpec& spec);

/// Stored operands of more than one element count as weights if they are fractions; a stored scalar
/// is a constant of the formula, stored integers are masks and positions. In place only if the node
/// says so (`inplace`).
Lowered LowerElementwise(const NodeView& node, const LayerType& type);

/// Every operand is gone through once.
void MeasureElementwise(const LayerSpec& spec, const DeviceTraits& traits,
                        std::span<double> amounts);

/// A type that is nothing but elementwise arithmetic between tensors.
template <const LayerType& kType>
constexpr LayerType Elementwise(std::string_view name, std::string_view summary,
                                std::string_view example, std::span<const std::string_view> ops) {
  return {
      .name = name,
      .summary = summary,
      .example = example,
      .params = kElementwiseParams,
      .ops = ops,
      .check = CheckElementwise,
      .output_shape = ElementwiseShape,
      .work = CountElementwise,
      .lower = [](const NodeView& node) { return std::optional(LowerElementwise(node, kType)); },
      .terms = kStreamTermList,
      .amounts = MeasureElementwise,
      .relative = ReluOfEqualBytes,
      .read_amounts = ReadStream};
}

}  // namespace joulecast
