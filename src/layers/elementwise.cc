// SPDX-License-Identifier: Apache-2.0
#include "layers/elementwise.h"

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {

void CheckElementwise(const LayerSpec& s) {
  if (s[kEwWeights] > s[kEwIn]) {
    throw Error(ErrorKind::kInput,
                std::string(s.type().name) + ": weights=" + std::to_string(s[kEwWeights]) +
                    " exceeds in=" + std::to_string(s[kEwIn]) + ", of which they are a part");
  }
}

Shape ElementwiseShape(const LayerSpec& s) { return {s[kEwOut]}; }

Work CountElementwise(const LayerSpec& s) {
  return {.params = s[kEwWeights],
          .input_bytes = BytesOf(s[kEwIn] - s[kEwWeights], s[kEwType]),
          .output_bytes = BytesOf(s[kEwOut], s[kEwType]),
          .weight_bytes = BytesOf(s[kEwWeights], s[kEwType])};
}

Lowered LowerElementwise(const NodeView& node, const LayerType& type) {
  const Shape shape = BroadcastShape(node);
  std::int64_t in = 0;
  std::int64_t weights = 0;
  for (std::size_t i = 0; i < node.input_count(); ++i) {
    const TensorInfo& operand = node.Input(i);
    const std::int64_t elements = ElementCount(operand.shape);
    in = CheckedSum({in, elements});
    if (IsWeight(operand)) weights = CheckedSum({weights, StoredElements(operand)});
  }
  LayerSpec spec(type);
  spec.Set(kEwOut, ElementCount(shape))
      .Set(kEwIn, in)
      .Set(kEwWeights, weights)
      .Set(kEwInplace, node.Int("inplace", 0))
      .Set(kEwType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, shape);
}

void MeasureElementwise(const LayerSpec& s, const DeviceTraits& traits, std::span<double> amounts) {
  const double element = Bits(static_cast<DType>(s[kEwType])) / 8.0;
  const double in = element * static_cast<double>(s[kEwIn]);
  const double out = element * static_cast<double>(s[kEwOut]);
  const bool inplace = s[kEwInplace] != 0;
  StreamAmounts({.filled_bytes = inplace ? in : in + out,
                 .written_bytes = out,
                 .fresh_bytes = inplace ? 0 : out},
                traits, amounts);
}

}  // namespace joulecast
