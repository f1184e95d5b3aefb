// SPDX-License-Identifier: Apache-2.0
// pick -- single elements or rows read where indices say: GatherElements, GatherND. (A Gather along
// one axis is `gather`.)
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

std::optional<Lowered> Lower(const NodeView& node) {
  const Shape& indices = node.Input(1).shape;
  const Shape shape = node.op() == "GatherND" ? PickedRows(node) : indices;
  return LowerMove(node, kPick, ElementCount(shape), shape, ElementCount(indices));
}

constexpr std::string_view kOps[] = {"GatherElements", "GatherND"};

}  // namespace

const LayerType kPick = Move("pick", "elements or rows read where indices say",
                             "pick in=4096 out=4096 indices=4096", kOps, Lower);

}  // namespace joulecast
