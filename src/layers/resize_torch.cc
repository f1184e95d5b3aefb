// SPDX-License-Identifier: Apache-2.0
#include <ATen/ops/upsample_bicubic2d.h>
#include <ATen/ops/upsample_bilinear2d.h>
#include <ATen/ops/upsample_nearest2d.h>

#include "backends/torch/twin.h"
#include "joulecast/error.h"
#include "layers/interpolate.h"

namespace joulecast {
namespace {

using Interpolate = at::Tensor (*)(const at::Tensor&, const Shape&);

/// By the pixels that each output pixel is mixed of; null where PyTorch mixes no such number.
Interpolate KernelOf(std::int64_t taps) {
  switch (taps) {
    case 1:
      return [](const at::Tensor& x, const Shape& to) { return at::upsample_nearest2d(x, to); };
    case 2:  // linear, and one side stays as it is
    case 4:
      return [](const at::Tensor& x, const Shape& to) {
        return at::upsample_bilinear2d(x, to, /*align_corners=*/false);
      };
    case 16:
      return [](const at::Tensor& x, const Shape& to) {
        return at::upsample_bicubic2d(x, to, /*align_corners=*/false);
      };
    default:
      return nullptr;
  }
}

Shape InputShape(const LayerSpec& s) {
  return {s[kIpBatch], s[kIpChannels], s[kIpImageH], s[kIpImageW]};
}

void Check(const LayerSpec& s) {
  if (KernelOf(s[kIpTaps]) != nullptr) return;
  throw Error(ErrorKind::kInput, s.ToString() + ": cannot run: an image is interpolated with 1, " +
                                     "4 or 16 taps, and volumes are not run");
}

std::vector<Operand> Operands(const LayerSpec& s) {
  Check(s);
  return {{.shape = InputShape(s)}};
}

Step Make(const LayerSpec& s, const Site& site) {
  Check(s);
  return [kernel = KernelOf(s[kIpTaps]), input = InputShape(s),
          to = Shape{s[kIpOutputH], s[kIpOutputW]},
          shape = site.output_shape](std::span<const at::Tensor> x) -> Tensors {
    return {Seen(kernel(Seen(x[0], input), to), shape)};
  };
}

}  // namespace

extern const Twin kResizeTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
