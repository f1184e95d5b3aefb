// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"
#include "joulecast/error.h"
#include "layers/quantization.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& s) {
  if (s[kQuantBits] != 8) {
    throw Error(ErrorKind::kInput, s.ToString() + ": PyTorch has quantised numbers of 8 bits only");
  }
  return {{.shape = {s[kQuantElements]}, .dtype = DType::kI8, .below = 128}};
}

/// The formula, step by step: PyTorch's own kernel takes a type that only it makes.
Step Make(const LayerSpec& spec, const Site& site) {
  return [type = ScalarTypeOf(TypeOf(spec)),
          stored = StoredInputs(spec, site)](std::span<const at::Tensor> x) -> Tensors {
    return {stored.AmongThem(x)[0].to(type).sub_(1).mul_(0.01)};
  };
}

}  // namespace

extern const Twin kDequantizeTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
