// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/batch_norm.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

Step Make(const LayerSpec& spec, const Site& site) {
  const auto stored = [&](double value) {
    return site.source.Constant({spec.Get("channels")}, TypeOf(spec), value);
  };
  return [scale = stored(1), shift = stored(0), mean = stored(0),
          variance = stored(1)](std::span<const at::Tensor> x) -> Tensors {
    return {at::batch_norm(x[0], scale, shift, mean, variance, /*training=*/false,
                           /*momentum=*/0.1, /*eps=*/1e-5, /*cudnn_enabled=*/true)};
  };
}

}  // namespace

extern const Twin kBatchNorm2dTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
