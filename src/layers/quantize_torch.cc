// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/quantize_per_tensor.h>

#include "backends/torch/twin.h"
#include "joulecast/error.h"
#include "layers/quantization.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& s) {
  if (s[kQuantBits] != 8) {
    throw Error(ErrorKind::kInput, s.ToString() + ": PyTorch quantises to 8 bits only");
  }
  return {{.shape = {s[kQuantElements]}}};
}

/// One kernel, and a copy of the bytes out of PyTorch's own type for them. Scale and zero point
/// change nothing that costs.
Step Make(const LayerSpec&, const Site& site) {
  const bool is_signed =
      site.node != nullptr && site.node->HasInput(2) && site.node->Input(2).dtype == DType::kI8;
  const auto type = is_signed ? at::kQInt8 : at::kQUInt8;
  return [type](std::span<const at::Tensor> x) -> Tensors {
    return {at::quantize_per_tensor(x[0], /*scale=*/0.01, /*zero_point=*/0, type).int_repr()};
  };
}

}  // namespace

extern const Twin kQuantizeTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
