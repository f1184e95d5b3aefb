// SPDX-License-Identifier: Apache-2.0
#include "layers/pool.h"

#include "base/checked.h"
#include "joulecast/error.h"

namespace joulecast {
namespace {

std::int64_t OutExtent(const LayerSpec& s, std::size_t axis) {
  return WindowPositions(s[kPoolImageH + axis], s[kPoolKernelH + axis], s[kPoolStrideH + axis],
                         s[kPoolPadTop + axis], s[kPoolPadBottom + axis], s[kPoolDilationH + axis],
                         s[kPoolCeil] != 0);
}

}  // namespace

void CheckPool(const LayerSpec& s) {
  // Windows that lie partly in the padding are looked at one by one.
  constexpr std::int64_t kMostPadding = 1024;
  for (std::size_t side = kPoolPadTop; side <= kPoolPadRight; ++side) {
    if (s[side] <= kMostPadding) continue;
    throw Error(ErrorKind::kInput, std::string(s.type().name) + ": a padding of " +
                                       std::to_string(s[side]) + " is more than " +
                                       std::to_string(kMostPadding));
  }
  if (OutExtent(s, 0) < 1 || OutExtent(s, 1) < 1) {
    throw Error(ErrorKind::kInput,
                std::string(s.type().name) + ": the kernel does not fit into the padded image " +
                    ToString({s[kPoolImageH], s[kPoolImageW]}) + "; make the image larger");
  }
}

Shape PoolShape(const LayerSpec& s) {
  return {s[kPoolBatch], s[kPoolChannels], OutExtent(s, 0), OutExtent(s, 1)};
}

Work CountPool(const LayerSpec& s) {
  return {.input_bytes = BytesOf(
              CheckedProduct({s[kPoolBatch], s[kPoolChannels], s[kPoolImageH], s[kPoolImageW]}),
              s[kPoolType]),
          .output_bytes = BytesOf(ElementCount(PoolShape(s)), s[kPoolType])};
}

std::optional<LayerSpec> ReadPool(const NodeView& node, const LayerType& type) {
  const TensorInfo& x = node.InputOfRank(0, 3);
  if (x.shape.size() != 4) return std::nullopt;
  const Window window = ReadWindow(node, std::span(x.shape).subspan(2), std::nullopt);
  LayerSpec spec(type);
  spec.Set(kPoolBatch, x.shape[0]).Set(kPoolChannels, x.shape[1]);
  for (std::size_t axis = 0; axis < 2; ++axis) {
    spec.Set(kPoolImageH + axis, x.shape[2 + axis])
        .Set(kPoolKernelH + axis, window.kernel[axis])
        .Set(kPoolStrideH + axis, window.stride[axis])
        .Set(kPoolDilationH + axis, window.dilation[axis]);
  }
  for (std::size_t side = 0; side < 4; ++side) spec.Set(kPoolPadTop + side, window.padding[side]);
  spec.Set(kPoolCeil, window.ceil_mode ? 1 : 0).Set(kPoolType, static_cast<std::int64_t>(x.dtype));
  return spec;
}

void MeasureAveragePool(const Work& work, double taps, double windows, const DeviceTraits& traits,
                        std::span<double> amounts) {
  const auto input = static_cast<double>(work.input_bytes);
  const auto output = static_cast<double>(work.output_bytes);
  StreamAmounts({.filled_bytes = input + output, .written_bytes = output, .fresh_bytes = output},
                traits, amounts);
  amounts[kStreamTerms] = 1e-9 * taps;
  amounts[kStreamTerms + 1] = 1e-9 * windows;
}

}  // namespace joulecast
