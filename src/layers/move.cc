// SPDX-License-Identifier: Apache-2.0
#include "layers/move.h"

#include "base/checked.h"

namespace joulecast {
namespace {

std::int64_t IndexBytes(const LayerSpec& spec) { return CheckedProduct({8, spec[kMoveIndices]}); }

}  // namespace

Shape MoveShape(const LayerSpec& spec) { return {spec[kMoveOut]}; }

Work CountMove(const LayerSpec& spec) {
  return {.input_bytes = CheckedSum({BytesOf(spec[kMoveIn], spec[kMoveType]), IndexBytes(spec)}),
          .output_bytes = BytesOf(spec[kMoveOut], spec[kMoveType])};
}

Work CountMoveBackward(const LayerSpec& spec, bool /*input_grad*/) {
  return {.input_bytes = CheckedSum({BytesOf(spec[kMoveOut], spec[kMoveType]), IndexBytes(spec)}),
          .output_bytes = BytesOf(spec[kMoveIn], spec[kMoveType])};
}

Lowered LowerMove(const NodeView& node, const LayerType& type, std::int64_t in, const Shape& shape,
                  std::int64_t indices) {
  LayerSpec spec(type);
  spec.Set(kMoveIn, in)
      .Set(kMoveOut, ElementCount(shape))
      .Set(kMoveIndices, indices)
      .Set(kMoveType, static_cast<std::int64_t>(node.Input(0).dtype));
  return LowerTo(node, spec, shape);
}

}  // namespace joulecast
