// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step Make(const LayerSpec& spec, const Site&) {
  const auto type = ScalarTypeOf(static_cast<DType>(spec.Get("to")));
  return [type](std::span<const at::Tensor> x) -> Tensors { return {x[0].to(type)}; };
}

}  // namespace

extern const Twin kCastTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
