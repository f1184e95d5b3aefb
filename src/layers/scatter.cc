// SPDX-License-Identifier: Apache-2.0
// scatter -- a copy of a tensor, with some elements replaced where indices say.
#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& data = node.Input(0).shape;
  const std::int64_t read = CheckedSum({ElementCount(data), ElementCount(node.Input(2).shape)});
  return LowerMove(node, kScatter, read, data, ElementCount(node.Input(1).shape));
}

constexpr std::string_view kOps[] = {"Scatter", "ScatterElements", "ScatterND"};

}  // namespace

const LayerType kScatter = Move("scatter", "a copy with elements replaced where indices say",
                                "scatter in=5120 out=4096 indices=1024", kOps, Lower);

}  // namespace joulecast
