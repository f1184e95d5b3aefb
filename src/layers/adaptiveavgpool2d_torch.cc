// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/adaptive_avg_pool2d.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

Shape InputShape(const LayerSpec& spec) {
  const std::size_t image = spec.SlotOf("image");
  return {spec.Get("batch"), spec.Get("channels"), spec[image], spec[image + 1]};
}

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = InputShape(spec)}}; }

Step Make(const LayerSpec& spec, const Site& site) {
  const Shape output = spec.OutputShape();
  return [input = InputShape(spec), size = Shape{output[2], output[3]},
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {Seen(at::adaptive_avg_pool2d(Seen(x[0], input), size), shape)};
  };
}

}  // namespace

extern const Twin kAdaptiveAvgPool2dTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
