// SPDX-License-Identifier: Apache-2.0
// quantize -- y = saturate(round(x / scale) + zero point): numbers of `dtype` to integers of so
// many bits. What an integer kernel does on its way is `requantize`, free.
#include "layers/quantization.h"

namespace joulecast {
namespace {

/// That of the zero point, else bytes.
DType ResultType(const NodeView& node) {
  return node.HasInput(2) ? node.Input(2).dtype : DType::kU8;
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.context().is_requantization) return std::nullopt;
  const TensorInfo& x = node.Input(0);
  const DType result = ResultType(node);
  LayerSpec spec(kQuantize);
  spec.Set(kQuantElements, ElementCount(x.shape))
      .Set(kQuantBits, Bits(result))
      .Set(kQuantType, static_cast<std::int64_t>(x.dtype));
  Lowered lowered = LowerTo(node, spec, x.shape);
  lowered.outputs[0].dtype = result;
  if (node.op() == "DynamicQuantizeLinear") {
    lowered.outputs.push_back({.dtype = DType::kF32});  // scale
    lowered.outputs.push_back({.dtype = result});       // zero point
  }
  return lowered;
}

Work CountWork(const LayerSpec& s) {
  return {.input_bytes = FloatBytes(s), .output_bytes = QuantizedBytes(s)};
}

constexpr std::string_view kOps[] = {"QuantizeLinear", "DynamicQuantizeLinear",
                                     "com.microsoft::QuantizeLinear"};

}  // namespace

const LayerType kQuantize = Quantization("quantize", "floating-point numbers to scaled integers",
                                         "quantize elements=802816", kOps, CountWork, Lower);

}  // namespace joulecast
