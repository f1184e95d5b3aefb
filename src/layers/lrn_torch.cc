// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/avg_pool3d.h>
#include <ATen/ops/constant_pad_nd.h>

#include "backends/torch/twin.h"
#include "base/checked.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) { return {{.shape = spec.OutputShape()}}; }

/// torch.nn.functional.local_response_norm: it has no kernel of its own.
Step Make(const LayerSpec& spec, const Site& site) {
  const std::int64_t size = spec.Get("size");
  const Shape pad = {0, 0, 0, 0, size / 2, (size - 1) / 2};
  return [=, input = spec.OutputShape(),
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    const at::Tensor image = Seen(x[0], input);
    at::Tensor sums = at::constant_pad_nd(image.mul(image).unsqueeze(1), pad);
    sums = at::avg_pool3d(sums, {size, 1, 1}, 1).squeeze(1);
    // One step a statement, so that each result goes as soon as it goes in Python.
    at::Tensor divisor = sums.mul(1e-4);
    divisor = divisor.add(1);
    divisor = divisor.pow(0.75);
    sums.reset();
    return {Seen(image.div(divisor), shape)};
  };
}

/// The squares, padded, and their sums.
std::int64_t ScratchBytes(const LayerSpec& spec) {
  Shape padded = spec.OutputShape();
  padded[1] = CheckedSum({padded[1], spec.Get("size")});
  const auto type = static_cast<std::int64_t>(TypeOf(spec));
  return CheckedSum({BytesOf(ElementCount(padded), type), spec.CountWork().output_bytes});
}

}  // namespace

extern const Twin kLrnTwin = {.operands = Operands, .make = Make, .scratch_bytes = ScratchBytes};

}  // namespace joulecast
