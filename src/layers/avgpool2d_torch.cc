// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/ones.h>

#include "backends/torch/pool_twin.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::vector<Operand> Operands(const LayerSpec& spec) {
  if (PoolWindow(spec).dilation != Shape{1, 1}) {
    throw Error(ErrorKind::kInput, spec.ToString() + ": PyTorch has no dilated average pool");
  }
  return PoolOperands(spec, Fill::kUniform);
}

at::Tensor Pool(const at::Tensor& x, const PoolWindow& window, bool include_pad) {
  return at::avg_pool2d(x, window.kernel, window.stride, window.padding, window.ceil_mode,
                        include_pad);
}

Step Make(const LayerSpec& spec, const Site& site) {
  const PoolWindow window(spec);
  const bool include_pad = spec.Get("include_pad") != 0;
  if (window.pad_first.empty() || include_pad) {
    return [=](std::span<const at::Tensor> x) -> Tensors {
      return {Pool(window.Padded(x[0], 0), window, include_pad)};
    };
  }
  // What was padded beforehand counts as image: undone by the share of the window that is.
  const Shape image = {1, 1, spec[spec.SlotOf("image")], spec[spec.SlotOf("image") + 1]};
  const at::Tensor ones = site.source.Constant(image, TypeOf(spec), 1);
  const at::Tensor scale = Pool(window.Padded(ones, 0), window, true).reciprocal_();
  return [=](std::span<const at::Tensor> x) -> Tensors {
    return {Pool(window.Padded(x[0], 0), window, true).mul_(scale)};
  };
}

}  // namespace

extern const Twin kAvgPool2dTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = PaddedBytes};

}  // namespace joulecast
