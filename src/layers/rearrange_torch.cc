// SPDX-License-Identifier: Apache-2.0
// Alone, and where a triangle or the ends of sequences are all that changes, a plain copy.
#include <ATen/ops/channel_shuffle.h>
#include <ATen/ops/pixel_shuffle.h>
#include <ATen/ops/pixel_unshuffle.h>

#include "backends/torch/move_twin.h"

namespace joulecast {
namespace {

constexpr auto Operands = EqualMoveOperands;

/// [batch, channels, height, width] and back, with blocks in ONNX's two orders.
at::Tensor DepthToSpace(const at::Tensor& x, std::int64_t block, bool depth_first) {
  if (!depth_first) return at::pixel_shuffle(x, block);
  const std::int64_t channels = x.size(1) / (block * block);
  return x.reshape({x.size(0), block, block, channels, x.size(2), x.size(3)})
      .permute({0, 3, 4, 1, 5, 2})
      .reshape({x.size(0), channels, x.size(2) * block, x.size(3) * block});
}

Step Make(const LayerSpec&, const Site& site) {
  if (site.node == nullptr) {
    return [](std::span<const at::Tensor> x) -> Tensors { return {x[0].clone()}; };
  }
  const NodeView& node = *site.node;
  const std::int64_t block = node.Int("blocksize", 1);
  if (node.op() == "DepthToSpace") {
    const bool depth_first = node.String("mode", "DCR") == "DCR";
    return [=](std::span<const at::Tensor> x) -> Tensors {
      return {DepthToSpace(x[0], block, depth_first)};
    };
  }
  if (node.op() == "SpaceToDepth") {
    return [=](std::span<const at::Tensor> x) -> Tensors {
      return {at::pixel_unshuffle(x[0], block)};
    };
  }
  if (node.op() == "ChannelShuffle") {
    return [groups = node.Int("groups", 2)](std::span<const at::Tensor> x) -> Tensors {
      return {at::channel_shuffle(x[0], groups)};
    };
  }
  return [](std::span<const at::Tensor> x) -> Tensors { return {x[0].clone()}; };
}

}  // namespace

extern const Twin kRearrangeTwin = {.operands = Operands, .make = Make};

}  // namespace joulecast
