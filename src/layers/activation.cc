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

}  // namespace joulecast
