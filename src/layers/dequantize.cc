// SPDX-License-Identifier: Apache-2.0
// dequantize -- y = (x - zero point) scale: integers of so many bits to numbers of `dtype`. Of
// stored weights it is done before an inference; what an integer kernel does on its way is
// `requantize`, free.
#include "layers/quantization.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.context().is_requantization) return std::nullopt;
  const TensorInfo& x = node.Input(0);
  const DType result = node.Input(1).dtype;  // the scale's
  LayerSpec spec(kDequantize);
  spec.Set(kQuantElements, ElementCount(x.shape))
      .Set(kQuantBits, Bits(x.dtype))
      .Set(kQuantType, static_cast<std::int64_t>(result));
  Lowered lowered = LowerTo(node, spec, x.shape);
  lowered.outputs[0].dtype = result;
  return lowered;
}

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = QuantizedBytes(s), .output_bytes = FloatBytes(s)};
}

constexpr std::string_view kOps[] = {"DequantizeLinear", "com.microsoft::DequantizeLinear"};

}  // namespace

const LayerType kDequantize =
    Quantization("dequantize", "scaled integers to floating-point numbers",
                 "dequantize elements=802816", kOps, CountWork, Lower);

}  // namespace joulecast
