// SPDX-License-Identifier: Apache-2.0
// select -- what of a tensor fulfils a condition, and where it stands: NonZero, Compress, Unique,
// NonMaxSuppression. Data decide how much that is; the most it can be is taken, and said.
#include <algorithm>

#include "base/checked.h"
#include "layers/move.h"

namespace joulecast {
namespace {

Lowered AtMost(const NodeView& node, const Shape& shape, DType dtype) {
  LayerSpec spec(kSelect);
  spec.Set(kMoveIn, ElementCount(node.Input(0).shape))
      .Set(kMoveOut, ElementCount(shape))
      .Set(kMoveType, static_cast<std::int64_t>(node.Input(0).dtype));
  Lowered lowered = LowerTo(node, spec, shape);
  lowered.outputs[0].dtype = dtype;
  lowered.assumption =
      "data decide how many elements it selects; taken is the most, " + ToString(shape);
  return lowered;
}

/// The first of `values` elements, their places, and how they map back and repeat.
Lowered LowerUnique(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const bool flat = !node.HasAttribute("axis");
  const std::int64_t most =
      flat ? ElementCount(x.shape) : x.shape[node.Axis(node.Int("axis", 0), x.shape.size())];
  Lowered lowered = AtMost(node, flat ? Shape{most} : x.shape, x.dtype);
  lowered.outputs.resize(4, {.dtype = DType::kI64, .shape = {most}});
  return lowered;
}

/// Boxes [batch, boxes, 4], scores [batch, classes, boxes], and the most boxes of each class.
Lowered LowerBoxes(const NodeView& node) {
  const Shape& boxes = node.InputOfRank(0, 3).shape;
  const Shape& scores = node.InputOfRank(1, 3).shape;
  std::int64_t most = boxes[1];
  if (const auto limit = node.IntsArgument("max_output_boxes_per_class", 2)) {
    if (limit->size() == 1) most = std::min(most, std::max<std::int64_t>(1, limit->front()));
  }
  const Shape shape = {CheckedProduct({scores[0], scores[1], most}), 3};
  return AtMost(node, shape, DType::kI64);
}

std::optional<Lowered> Lower(const NodeView& node) {
  const TensorInfo& x = node.Input(0);
  const std::int64_t elements = ElementCount(x.shape);
  if (node.op() == "NonMaxSuppression") return LowerBoxes(node);
  if (node.op() == "Unique") return LowerUnique(node);
  if (node.op() == "NonZero") {
    const auto rank = static_cast<std::int64_t>(std::max<std::size_t>(1, x.shape.size()));
    return AtMost(node, {rank, elements}, DType::kI64);
  }
  const std::int64_t conditions = ElementCount(node.Input(1).shape);
  if (!node.HasAttribute("axis")) return AtMost(node, {std::min(elements, conditions)}, x.dtype);
  Shape shape = x.shape;
  std::int64_t& extent = shape[node.Axis(node.Int("axis", 0), shape.size())];
  extent = std::min(extent, conditions);
  return AtMost(node, shape, x.dtype);
}

constexpr std::string_view kOps[] = {"NonZero", "Compress", "Unique", "NonMaxSuppression"};

}  // namespace

const LayerType kSelect = [] {
  LayerType type = Move("select", "what of a tensor fulfils a condition, and where it is",
                        "select in=4096 out=8192 dtype=bool", kOps, Lower);
  type.backward = nullptr;  // data decide what it is
  return type;
}();

}  // namespace joulecast
