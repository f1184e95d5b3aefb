// SPDX-License-Identifier: Apache-2.0
// maxpool2d -- y[batch, channels, oh, ow] = the largest x in each window; padding never wins.
#include "layers/pool.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const auto spec = ReadPool(node, kMaxPool2d);
  if (!spec) return std::nullopt;
  Lowered lowered = LowerTo(node, *spec);
  lowered.outputs.push_back({.dtype = DType::kI64, .shape = lowered.outputs[0].shape});  // indices
  return lowered;
}

constexpr std::string_view kOps[] = {"MaxPool"};

}  // namespace

const LayerType kMaxPool2d = {
    .name = "maxpool2d",
    .summary = "2-d max pooling",
    .example = "maxpool2d batch=8 channels=64 image=112x112 kernel=3x3 stride=2 padding=1",
    .params = kPoolParams,
    .ops = kOps,
    .check = CheckPool,
    .output_shape = PoolShape,
    .work = CountPool,
    .lower = Lower};

}  // namespace joulecast
