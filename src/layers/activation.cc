// SPDX-License-Identifier: Apache-2.0
#include "layers/activation.h"

#include "base/checked.h"

namespace joulecast {

Shape ActivationShape(const LayerSpec& spec) { return {spec[kActBatch], spec[kActElements]}; }

Work CountActivation(const LayerSpec& spec) {
  const std::int64_t bytes =
      BytesOf(CheckedProduct({spec[kActBatch], spec[kActElements]}), spec[kActType]);
  return {.input_bytes = bytes, .output_bytes = bytes};
}

Lowered LowerActivation(const NodeView& node, const LayerType& type) {
  const TensorInfo& x = node.Input(0);
  const std::int64_t batch = x.shape.empty() ? 1 : x.shape[0];
  if (batch < 1) node.Fail("its input " + ToString(x.shape) + " is empty");
  LayerSpec spec(type);
  spec.Set(kActBatch, batch)
      .Set(kActElements, ElementCount(x.shape) / batch)
      .Set(kActInplace, node.Int("inplace", node.context().input_is_dead ? 1 : 0))
      .Set(kActType, static_cast<std::int64_t>(x.dtype));
  return LowerTo(node, spec, x.shape);
}

void MeasureActivation(const LayerSpec& spec, const DeviceTraits& traits,
                       std::span<double> amounts) {
  const double elements =
      static_cast<double>(spec[kActBatch]) * static_cast<double>(spec[kActElements]);
  const double bytes = elements * Bits(static_cast<DType>(spec[kActType])) / 8.0;
  const bool inplace = spec[kActInplace] != 0;
  StreamAmounts({.filled_bytes = inplace ? bytes : 2 * bytes,
                 .written_bytes = bytes,
                 .fresh_bytes = inplace ? 0 : bytes},
                traits, amounts);
  if (amounts.size() > kStreamTerms) amounts[kStreamTerms] = 1e-9 * elements;
}

}  // namespace joulecast
