// SPDX-License-Identifier: Apache-2.0
#include "backends/torch/pool_twin.h"

#include <ATen/ops/constant_pad_nd.h>

#include "layers/pool.h"

namespace joulecast {
namespace {

bool FitsPyTorch(const LayerSpec& s, std::size_t axis) {
  const std::int64_t before = s[kPoolPadTop + axis];
  return before == s[kPoolPadBottom + axis] && 2 * before <= s[kPoolKernelH + axis];
}

/// What behind the image the last window still touches; negative where windows end before it does.
std::int64_t TouchedBehind(const LayerSpec& s, std::size_t axis, std::int64_t positions) {
  const std::int64_t window = (s[kPoolKernelH + axis] - 1) * s[kPoolDilationH + axis] + 1;
  return (positions - 1) * s[kPoolStrideH + axis] + window - s[kPoolImageH + axis] -
         s[kPoolPadTop + axis];
}

}  // namespace

PoolWindow::PoolWindow(const LayerSpec& s)
    : kernel{s[kPoolKernelH], s[kPoolKernelW]},
      stride{s[kPoolStrideH], s[kPoolStrideW]},
      padding{s[kPoolPadTop], s[kPoolPadLeft]},
      dilation{s[kPoolDilationH], s[kPoolDilationW]},
      ceil_mode(s[kPoolCeil] != 0) {
  if (FitsPyTorch(s, 0) && FitsPyTorch(s, 1)) return;
  const Shape output = PoolShape(s);
  pad_first = {padding[1], TouchedBehind(s, 1, output[3]), padding[0],
               TouchedBehind(s, 0, output[2])};
  padding = {0, 0};
  ceil_mode = false;
}

at::Tensor PoolWindow::Padded(const at::Tensor& x, double value) const {
  return pad_first.empty() ? x : at::constant_pad_nd(x, pad_first, value);
}

std::vector<Operand> PoolOperands(const LayerSpec& s, Fill fill) {
  return {
      {.shape = {s[kPoolBatch], s[kPoolChannels], s[kPoolImageH], s[kPoolImageW]}, .fill = fill}};
}

std::int64_t PaddedBytes(const LayerSpec& s) {
  const PoolWindow window(s);
  if (window.pad_first.empty()) return 0;
  const std::int64_t height = s[kPoolImageH] + window.pad_first[2] + window.pad_first[3];
  const std::int64_t width = s[kPoolImageW] + window.pad_first[0] + window.pad_first[1];
  return BytesOf(ElementCount({s[kPoolBatch], s[kPoolChannels], height, width}), s[kPoolType]);
}

}  // namespace joulecast
