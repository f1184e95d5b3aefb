// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "layers/node_view.h"
#include "layers/stream.h"

namespace joulecast {

/// What quantize and dequantize share.
enum QuantSlot : std::size_t { kQuantElements, kQuantBits, kQuantType };

inline constexpr Param kQuantParams[] = {
    {.name = "elements"},
    {.name = "bits", .default_value = 8},  // of an integer
    {.name = "dtype", .kind = ParamKind::kDType, .default_value = std::int64_t(DType::kF32)},
};

Shape QuantizationShape(const LayerSpec& spec);
void CheckQuantization(const LayerSpec& spec);
std::int64_t FloatBytes(const LayerSpec& spec);
std::int64_t QuantizedBytes(const LayerSpec& spec);

constexpr LayerType Quantization(std::string_view name, std::string_view summary,
                                 std::string_view example, std::span<const std::string_view> ops,
                                 Work (*work)(const LayerSpec&),
                                 std::optional<Lowered> (*lower)(const NodeView&)) {
  return {.name = name,
          .summary = summary,
          .example = example,
          .params = kQuantParams,
          .ops = ops,
          .check = CheckQuantization,
          .output_shape = QuantizationShape,
          .work = work,
          .lower = lower,
          .terms = kStreamTermList,
          .amounts = MeasureOnePass,
          .backward = nullptr,  // a step function
          .relative = ReluOfEqualBytes,
          .read_amounts = ReadStream};
}

/// Marks the QuantizeLinear and DequantizeLinear nodes that only tell that what lies between them
/// runs in integers: a node all of whose computed inputs are dequantised and all of whose readers
/// quantise again is one integer kernel, and so are chains of them. By node, in the graph's order.
/// (ONNX Runtime forms such node units in its QDQ selectors; the operators are those that it has
/// integer kernels for.)
std::vector<bool> FindRequantizations(const Graph& graph);

}  // namespace joulecast
