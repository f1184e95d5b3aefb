// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/softmax.h>

#include "backends/torch/twin.h"

namespace joulecast {
namespace {

/// PyTorch takes another, quicker way along the last dimension: no dimension of 1 goes behind it.
Shape InputShape(const LayerSpec& spec) {
  Shape shape = spec.OutputShape();
  if (shape.back() == 1) shape.pop_back();
  return shape;
}

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = InputShape(spec)}}; }

Step Make(const LayerSpec& spec, const Site& site) {
  const bool logarithm = site.node != nullptr && site.node->op() == "LogSoftmax";
  return [logarithm, input = InputShape(spec),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor rows = Seen(x[0], input);
    return {Seen(logarithm ? at::log_softmax(rows, 1) : at::softmax(rows, 1), shape)};
  };
}

}  // namespace

extern const Twin kSoftmaxTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
