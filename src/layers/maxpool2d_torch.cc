// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/max_pool2d.h>

#include <limits>

#include "backends/torch/pool_twin.h"
#include "base/checked.h"
#include "layers/pool.h"

namespace joulecast {
namespace {

/// Comparing is quicker where half of the numbers are equal.
std::vector<Operand> Operands(const LayerSpec& spec) {
  return PoolOperands(spec, spec.Get("rectified") != 0 ? Fill::kRelu : Fill::kUniform);
}

Step Make(const LayerSpec& spec, const Site&) {
  return [window = PoolWindow(spec)](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor padded = window.Padded(x[0], -std::numeric_limits<double>::infinity());
    return {at::max_pool2d(padded, window.kernel, window.stride, window.padding, window.dilation,
                           window.ceil_mode)};
  };
}

/// PyTorch notes where each maximum was, though nobody asks at inference.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  const std::int64_t places = CheckedProduct({8, ElementCount(spec.OutputShape())});
  return CheckedSum({places, PaddedBytes(spec)});
}

}  // namespace

extern const Twin kMaxPool2dTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
