// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/batch_norm.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

template <bool kTraining>
Step Make(const LayerSpec& spec, const Site& site) {
  const auto stored = [&](const TensorSource& source, double value) {
    return source.Constant({spec.Get("channels")}, TypeOf(spec), value);
  };
  const TensorSource statistics = site.source.Untrained();
  return
      [scale = stored(site.source, 1), shift = stored(site.source, 0), mean = stored(statistics, 0),
       variance = stored(statistics, 1)](std::span<const at::Tensor> x) -> Tensors {
        return {at::batch_norm(x[0], scale, shift, mean, variance, kTraining,
                               /*momentum=*/0.1, /*eps=*/1e-5, /*cudnn_enabled=*/true)};
      };
}

}  // namespace

extern const Twin kBatchNorm2dTwin = {
    .operands = Operands, .make = Make<false>, .make_for_training = Make<true>};

}  // namespace joulecast
