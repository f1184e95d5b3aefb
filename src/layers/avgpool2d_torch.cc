// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/constant_pad_nd.h>

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

/// One over the share of each window that counts, where what was padded beforehand passes for
/// image: of the image alone, or with its own padding, but never what ceil mode adds.
at::Tensor CountedShare(const LayerSpec& spec, const PoolWindow& window, const Site& site) {
  const std::size_t image = spec.SlotOf("image");
  const std::size_t pad = spec.SlotOf("padding");  // top, left, bottom, right
  Shape counted(4, 0);                             // left, right, top, bottom
  if (spec.Get("include_pad") != 0) {
    counted = {spec[pad + 1], spec[pad + 3], spec[pad], spec[pad + 2]};
  }
  Shape rest = window.pad_first;
  for (std::size_t side = 0; side < 4; ++side) rest[side] -= counted[side];
  // No weights: nothing of it is trained.
  at::Tensor ones =
      site.source.Untrained().Constant({1, 1, spec[image], spec[image + 1]}, TypeOf(spec), 1);
  ones = at::constant_pad_nd(at::constant_pad_nd(ones, counted, 1), rest, 0);
  return Pool(ones, window, true).reciprocal_();
}

Step Make(const LayerSpec& spec, const Site& site) {
  const PoolWindow window(spec);
  const bool include_pad = spec.Get("include_pad") != 0;
  if (window.pad_first.empty()) {
    return
        [=](std::span<const at::Tensor> x) -> Tensors { return {Pool(x[0], window, include_pad)}; };
  }
  return
      [window, share = CountedShare(spec, window, site)](std::span<const at::Tensor> x) -> Tensors {
        return {Pool(window.Padded(x[0], 0), window, true).mul_(share)};
      };
}

}  // namespace

extern const Twin kAvgPool2dTwin = {
    .operands = Operands, .make = Make, .scratch_bytes = PaddedBytes};

}  // namespace joulecast
