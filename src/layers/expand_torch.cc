// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step Make(const LayerSpec&, const Site& site) {
  return [shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {x[0].expand(shape)};
  };
}

}  // namespace

extern const Twin kExpandTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
