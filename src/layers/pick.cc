// SPDX-License-Identifier: Apache-2.0
// pick -- single elements or rows read where indices say: GatherElements, GatherND, and RoiAlign,
// whose boxes say it. (A Gather along one axis is `gather`.)
#include <algorithm>

#include "base/checked.h"
#include "layers/backward.h"
#include "layers/move.h"

namespace joulecast {
namespace {

/// The last axis of the indices walks the axes of the data behind the first `batch_dims`.
Shape PickedRows(const NodeView& node) {
  const Shape& data = node.InputOfRank(0, 1).shape;
  const Shape& indices = node.InputOfRank(1, 1).shape;
  const std::int64_t batch_dims = node.Int("batch_dims", 0);
  const std::int64_t depth = indices.back();
  const auto rank = static_cast<std::int64_t>(data.size());
  if (batch_dims < 0 || depth < 0 || batch_dims + depth > rank) {
    node.Fail("indices " + ToString(indices) + " do not fit the data " + ToString(data));
  }
  Shape shape(indices.begin(), indices.end() - 1);
  shape.insert(shape.end(), data.begin() + batch_dims + depth, data.end());
  return shape;
}

/// Each output pixel of each box [boxes, 4] is the mean of so many samples, each of four pixels. A
/// ratio of 0 adapts to the box; one sample is taken for it.
Lowered LowerBoxes(const NodeView& node) {
  const Shape& x = node.InputOfRank(0, 4).shape;
  const Shape& boxes = node.InputOfRank(1, 2).shape;
  const Shape shape = {boxes[0], x[1], node.Int("output_height", 1), node.Int("output_width", 1)};
  const std::int64_t ratio = std::max<std::int64_t>(1, node.Int("sampling_ratio", 0));
  const std::int64_t read = CheckedProduct({ElementCount(shape), ratio, ratio, 4});
  return LowerMove(node, kPick, read, shape, ElementCount(boxes));
}

std::optional<Lowered> Lower(const NodeView& node) {
  if (node.op() == "RoiAlign") return LowerBoxes(node);
  const Shape& indices = node.Input(1).shape;
  const Shape shape = node.op() == "GatherND" ? PickedRows(node) : indices;
  return LowerMove(node, kPick, ElementCount(shape), shape, ElementCount(indices));
}

std::optional<LayerSpec> GradientAs(const LayerSpec& s, std::int64_t operand_elements,
                                    std::int64_t /*parts*/) {
  return GradientOfRows(s, s[kMoveOut], s[kMoveIndices], operand_elements);
}

constexpr std::string_view kOps[] = {"GatherElements", "GatherND", "RoiAlign"};

}  // namespace

const LayerType kPick = [] {
  LayerType type = Move("pick", "elements or rows read where indices say",
                        "pick in=4096 out=4096 indices=4096", kOps, Lower);
  type.backward = nullptr;
  type.gradient_as = GradientAs;
  return type;
}();

}  // namespace joulecast
