// SPDX-License-Identifier: Apache-2.0
#include "layers/product.h"

namespace joulecast {

void MeasureProduct(const LayerSpec& spec, const DeviceTraits&, std::span<double> amounts) {
  const Work work = spec.CountWork();
  amounts[kProductMacs] = 1e-9 * static_cast<double>(work.macs);
  amounts[kProductWeights] = 1e-9 * static_cast<double>(work.weight_bytes);
  amounts[kProductInput] = 1e-9 * static_cast<double>(work.input_bytes);
  amounts[kProductOutput] = 1e-9 * static_cast<double>(work.output_bytes);
  amounts[kProductCall] = 1;
}

std::int64_t ProductType(const TensorInfo& operand) {
  return static_cast<std::int64_t>(operand.dtype == DType::kU8 ? DType::kI8 : operand.dtype);
}

Lowered WithResultType(Lowered lowered, DType dtype) {
  lowered.outputs.at(0).dtype = dtype;
  return lowered;
}

}  // namespace joulecast
